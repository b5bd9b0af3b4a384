"""Payloads of the messages a charge point sends: values in, JSON objects out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.connector import Connector, Face, Session
from simulator.words import NO_ERROR, Payload


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What stands on the label of the charge point."""

    vendor: str = "Simulator"
    model: str = "SIM-2"
    serial: str = "SIM-0001"
    firmware: str = "1.0.0"
    meter_type: str = ""
    meter_serial: str = ""
    iccid: str = ""
    imsi: str = ""


@dataclass(frozen=True, slots=True)
class Wiggle:
    """How far this moment is off the ideal: factors near 1, so that curves look measured."""

    power: float = 1.0
    voltage: float = 1.0


def utc(ms: int) -> str:
    """`2026-11-21T10:42:06.050Z`."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def boot(plate: Nameplate) -> Payload:
    optional = {
        "chargePointSerialNumber": plate.serial,
        "firmwareVersion": plate.firmware,
        "meterType": plate.meter_type,
        "meterSerialNumber": plate.meter_serial,
        "iccid": plate.iccid,
        "imsi": plate.imsi,
    }
    return {"chargePointVendor": plate.vendor, "chargePointModel": plate.model} | {
        k: v for k, v in optional.items() if v
    }


def status(connector_id: int, face: Face, at: int) -> Payload:
    payload: Payload = {
        "connectorId": connector_id,
        "errorCode": face.error_code,
        "status": face.status.value,
        "timestamp": utc(at),
    }
    if face.info:
        payload["info"] = face.info[:50]
    if face.error_code != NO_ERROR and face.vendor_id:
        payload["vendorId"] = face.vendor_id
    if face.error_code != NO_ERROR and face.vendor_error_code:
        payload["vendorErrorCode"] = face.vendor_error_code
    return payload


def start(session: Session) -> Payload:
    payload: Payload = {
        "connectorId": session.connector_id,
        "idTag": session.id_tag,
        "meterStart": session.meter_start_wh,
        "timestamp": utc(session.started_at),
    }
    if session.reservation_id is not None:
        payload["reservationId"] = session.reservation_id
    return payload


def stop(session: Session, meter_wh: int, at: int, id_tag: str, data: Sequence[Payload]) -> Payload:
    """`data`: meter values. The transaction id is filled in when the message leaves: it may not be known yet."""
    payload: Payload = {"meterStop": meter_wh, "timestamp": utc(at)}
    if session.stop_reason is not None:
        payload["reason"] = session.stop_reason.value
    if id_tag:
        payload["idTag"] = id_tag
    if data:
        payload["transactionData"] = list(data)
    return payload


def begin_value(session: Session) -> Payload:
    """What the register showed when the transaction began."""
    return meter_value(session.started_at, [_register(session.meter_start_wh, "Transaction.Begin")])


def meter_values(connector_id: int, values: Sequence[Payload]) -> Payload:
    return {"connectorId": connector_id, "meterValue": list(values)}


def meter_value(at: int, sampled: Sequence[Payload]) -> Payload:
    return {"timestamp": utc(at), "sampledValue": list(sampled)}


def past_sample(energy_wh: float, power_w: float) -> list[Payload]:
    """What a charge point remembers of a moment it could not report."""
    return [
        _register(int(energy_wh), "Sample.Periodic"),
        _sample("Power.Active.Import", f"{power_w:.0f}", "W"),
    ]


def samples(
    connector: Connector, measurands: Iterable[str], wiggle: Wiggle, context: str = "Sample.Periodic"
) -> list[Payload]:
    """Sampled values of this moment, in the order of `measurands`."""
    return [sample | {"context": context} for sample in _samples(connector, measurands, wiggle)]


def _samples(connector: Connector, measurands: Iterable[str], wiggle: Wiggle) -> list[Payload]:
    power_w = connector.power_w * wiggle.power
    result: list[Payload] = []
    for measurand in measurands:
        match measurand:
            case "Energy.Active.Import.Register":
                result.append(_register(int(connector.register_wh), "Sample.Periodic"))
            case "Power.Active.Import":
                result.append(_sample(measurand, f"{power_w:.0f}", "W"))
            case "Current.Import" | "Voltage" if connector.rating.phases:
                result += _ac_electrical(measurand, connector, power_w, wiggle)
            case "Current.Import" | "Voltage":
                result.append(_dc_electrical(measurand, connector, power_w, wiggle))
            case "SoC" if connector.vehicle is not None and connector.rating.phases == 0:
                result.append(_sample(measurand, f"{connector.vehicle.soc:.0f}", "Percent", location="EV"))
            case "Power.Offered":
                result.append(_sample(measurand, f"{connector.offered_w():.0f}", "W"))
            case "Current.Offered":
                amps = connector.offered_w() / 230.0 / (connector.rating.phases or 3)
                result.append(_sample(measurand, f"{amps:.1f}", "A"))
            case "Temperature":
                degrees = 25.0 * wiggle.voltage + connector.power_w / 1000
                result.append(_sample(measurand, f"{degrees:.1f}", "Celsius", location="Body"))
    return result


def _ac_electrical(measurand: str, connector: Connector, power_w: float, wiggle: Wiggle) -> list[Payload]:
    """One value per phase of the outlet; phases the car does not use carry no current."""
    outlet = connector.rating.phases
    used = min(outlet, connector.vehicle.phases) if connector.vehicle is not None else outlet
    result = []
    for phase in range(outlet):
        volts = 230.0 * wiggle.voltage + (0.0, 0.7, -0.5)[phase]
        if measurand == "Voltage":
            result.append(_sample(measurand, f"{volts:.1f}", "V", phase=f"L{phase + 1}-N"))
        else:
            amps = power_w / used / volts if phase < used else 0.0
            result.append(_sample(measurand, f"{amps:.1f}", "A", phase=f"L{phase + 1}"))
    return result


def _dc_electrical(measurand: str, connector: Connector, power_w: float, wiggle: Wiggle) -> Payload:
    soc = connector.vehicle.soc if connector.vehicle is not None else 0.0
    volts = (350.0 + 0.7 * soc) * wiggle.voltage
    if measurand == "Voltage":
        return _sample(measurand, f"{volts:.1f}", "V")
    return _sample(measurand, f"{power_w / volts:.1f}", "A")


def _register(wh: int, context: str) -> Payload:
    return _sample("Energy.Active.Import.Register", str(wh), "Wh", context=context)


def _sample(
    measurand: str,
    value: str,
    unit: str,
    *,
    context: str = "Sample.Periodic",
    location: str = "Outlet",
    phase: str = "",
) -> Payload:
    sample: Payload = {
        "value": value,
        "context": context,
        "measurand": measurand,
        "location": location,
        "unit": unit,
    }
    if phase:
        sample["phase"] = phase
    return sample
