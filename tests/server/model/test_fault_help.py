"""Every fault has words."""

from __future__ import annotations

from ocpp.v16.enums import ChargePointErrorCode

from server.model.fault_help import help_for


def test_all_codes_of_the_protocol_have_meaning_and_first_action() -> None:
    """Capabilities 24.1-24.14: the 16 codes of OCPP 1.6, none missing."""
    for code in ChargePointErrorCode:
        told = help_for(str(code.value))
        assert told.code == code.value
        assert told.meaning
        assert told.first_action


def test_an_unknown_code_has_a_general_word() -> None:
    """A vendor's own code never leaves the technician with nothing."""
    told = help_for("Error", "com.legrand", "0x17")

    assert told.code == "Error"
    assert "manual" in told.first_action
