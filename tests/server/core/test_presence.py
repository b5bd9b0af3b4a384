"""Chargers come, go, fall silent and are let in."""

from __future__ import annotations

from server.core.core import Core, Policy
from server.model.charger import Charger
from server.model.observation import Booted, Connected, Disconnected, TransactionStarted
from server.model.snapshot import Snapshot
from server.model.status import Registration
from tests.server.core.conftest import MINUTE, T0


def test_an_unknown_charger_waits_until_it_is_adopted() -> None:
    """WS-12: it may connect, its boot is answered Pending, after adoption Accepted."""
    core = Core(Policy(unknown_chargers="ask"), Snapshot())
    charger = core.connected(Connected("NEW", T0, "", "1.6"))
    assert charger is not None

    before = core.booted(Booted("NEW", T0))
    core.adopt(charger, T0)
    after = core.booted(Booted("NEW", T0))

    assert (before.registration, after.registration) == (Registration.PENDING, Registration.ACCEPTED)
    assert 0 < before.interval_s < after.interval_s == 300


def test_refuse_knows_only_known_chargers() -> None:
    """`unknown_chargers = "refuse"`: no charger appears out of nothing."""
    core = Core(Policy(unknown_chargers="refuse"), Snapshot(chargers=[Charger("CP-0001", 1)]))

    assert core.connected(Connected("NEW", T0, "", "1.6")) is None
    assert core.connected(Connected("cp-0001", T0, "", "1.6")) is core.fleet.chargers["CP-0001"]


def test_ids_are_compared_without_case_and_keep_their_first_spelling(core: Core, charger: Charger) -> None:
    """WS-13."""
    assert core.connected(Connected("cp-0001", T0, "", "1.6")) is charger
    assert list(core.fleet.chargers) == ["CP-0001"]


def test_any_frame_is_a_sign_of_life(core: Core, charger: Charger) -> None:
    """WS-17, WS-18: silent only after two heartbeat intervals and half a minute without any frame."""
    core.heard(charger, T0 + 4 * MINUTE)

    assert not core.is_silent(charger, T0 + 14 * MINUTE)
    assert core.is_silent(charger, T0 + 15 * MINUTE)


def test_going_offline_keeps_what_was_open(core: Core, charger: Charger) -> None:
    """The transaction goes on at the charger; its power is unknown and counts as none."""
    core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0))
    charger.connectors[1].power_w = 7_000

    core.disconnected(Disconnected("CP-0001", T0 + MINUTE, "link closed by the charger (1000)"))

    assert not charger.online
    assert charger.offline_reason == "link closed by the charger (1000)"
    assert charger.connectors[1].transaction is not None
    assert core.fleet.totals().power_w == 0


def test_a_boot_during_a_transaction_marks_it_interrupted(core: Core, charger: Charger) -> None:
    """BOOT-09: the charger may resume it or stop it later; nothing is closed."""
    core.transaction_started(TransactionStarted("CP-0001", T0, 1, "A1B2C3", 0))

    core.booted(Booted("CP-0001", T0 + MINUTE, vendor="ABB", model="Terra 54", firmware="1.6.22"))

    transaction = charger.connectors[1].transaction
    assert transaction is not None
    assert transaction.interrupted
    assert (charger.vendor, charger.model, charger.firmware) == ("ABB", "Terra 54", "1.6.22")


def test_a_boot_takes_away_the_reboot_badge(core: Core, charger: Charger) -> None:
    """CFG-05: sticky until the charger has booted."""
    core.need_reboot("CP-0001", T0)
    assert charger.reboot_needed

    core.booted(Booted("CP-0001", T0 + MINUTE))

    assert not charger.reboot_needed
