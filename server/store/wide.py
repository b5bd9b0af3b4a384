"""Rows of meter samples, the table that grows most. The hot path: tuples in, tuples out."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import orjson

from server.model.transaction import MeterRow

#: A charger that got no answer sends its samples again: an equal one is there already.
INSERT_METER_VALUE = """
INSERT INTO meter_values (
    charger_key, connector_id, at, digest, transaction_id, received_at, context,
    energy_wh, power_w, offered_w, current_ma, current_l1_ma, current_l2_ma, current_l3_ma,
    voltage_mv, voltage_l1_mv, voltage_l2_mv, voltage_l3_mv, soc_percent, temperature_c10, extra
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (charger_key, connector_id, at, digest) DO NOTHING
"""

#: The reading contexts of OCPP 1.6 (edition 2, section 7.36) as small numbers. Never renumber.
CONTEXT_CODES = {
    "": 0,
    "Interruption.Begin": 1,
    "Interruption.End": 2,
    "Other": 3,
    "Sample.Clock": 4,
    "Sample.Periodic": 5,
    "Transaction.Begin": 6,
    "Transaction.End": 7,
    "Trigger": 8,
}


def meter_params(row: MeterRow) -> tuple[Any, ...]:
    """Row of one sample. Two different samples of the same connector and millisecond get different keys."""
    charger_key, connector_id, transaction_id, received_at, sample = row
    context, *values, extra = sample[1:]
    stored_extra = to_json(extra) if extra else None
    return (
        charger_key,
        connector_id,
        sample[0],
        # 32 bits as a signed number are four bytes in the row. Samples that differ within 32 consecutive bits never
        # share a digest, others once in four thousand million.
        crc32(to_json((transaction_id, context, *values, stored_extra)).encode()) - 0x8000_0000,
        transaction_id,
        received_at,
        CONTEXT_CODES.get(context, context),
        *values,
        stored_extra,
    )


def to_json(value: object) -> str:
    """JSON text of plain values. What orjson refuses (an integer over 64 bits) is left for SQLite to judge."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)
