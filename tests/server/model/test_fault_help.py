"""Every fault has words."""

from __future__ import annotations

import importlib
import pkgutil

from ocpp.v16.enums import ChargePointErrorCode

from server import core
from server.model.fault_help import help_for


def test_all_codes_of_the_protocol_have_meaning_and_first_action() -> None:
    """Capabilities 24.1-24.14: the 16 codes of OCPP 1.6, none missing."""
    for code in ChargePointErrorCode:
        told = help_for(str(code.value))
        assert told.code == code.value
        assert told.meaning
        assert told.first_action


def test_every_code_of_our_own_has_help_and_no_reset_first() -> None:
    """What we notice ourselves stands in no manual of the charger; a reset would hide why it reboots (BOOT-11)."""
    modules = [importlib.import_module(f"server.core.{found.name}") for found in pkgutil.iter_modules(core.__path__)]
    own = {module.CODE for module in modules if hasattr(module, "CODE")}
    assert "RebootLoop" in own
    for code in own:
        told = help_for(code)
        assert "not in the catalogue" not in told.meaning
        assert told.checks and "reset" not in f"{told.first_action} {told.checks[0]}".lower()


def test_an_unknown_code_has_a_general_word() -> None:
    """A vendor's own code never leaves the technician with nothing."""
    told = help_for("Error", "com.legrand", "0x17")

    assert told.code == "Error"
    assert "manual" in told.first_action
