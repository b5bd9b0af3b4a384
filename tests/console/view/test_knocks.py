"""Who knocks and is not let in."""

from __future__ import annotations

from console.view.knocks import RECENT_MS, knocks, refusals
from server.model.charger import Charger
from server.model.connection import Cause, ConnectionAttempt

NOW = 1_795_000_000_000


def tried(cause: Cause, charger_id: str = "CP-1", ago: int = 5_000, peer: str = "10.0.0.9:5000") -> ConnectionAttempt:
    return ConnectionAttempt(ago, NOW - ago, peer, charger_id, cause, seen_at=NOW - ago)


def nobody(charger_id: str) -> Charger | None:
    return None


def found(*attempts: ConnectionAttempt, charger: Charger | None = None) -> list[Cause]:
    return [a.cause for a in knocks(attempts, lambda _: charger, NOW)]


def test_failures_count_and_connections_and_noise_do_not() -> None:
    """A port scan or a browser calls nobody."""
    assert found(*(tried(cause) for cause in (Cause.CONNECTED, Cause.ODD, Cause.TCP_PROBE, Cause.PLAIN_HTTP))) == []
    assert found(tried(Cause.WRONG_PASSWORD), tried(Cause.NO_ID, "")) == [Cause.WRONG_PASSWORD, Cause.NO_ID]


def test_what_is_long_ago_is_history() -> None:
    """The header speaks of now."""
    assert found(tried(Cause.PROFILE, ago=RECENT_MS)) == [] and found(tried(Cause.PROFILE, ago=RECENT_MS - 1))


def test_one_charger_that_tries_again_and_again_is_one() -> None:
    """Its newest try; from another address it may be another device."""
    newest, before = tried(Cause.UNKNOWN, ago=1_000, peer="10.0.0.9:6"), tried(Cause.UNKNOWN, ago=500_000)
    assert knocks([newest, before], nobody, NOW) == [newest]
    assert len(found(newest, tried(Cause.UNKNOWN, peer="10.0.0.8:5"))) == 2


def test_what_was_overcome_is_over() -> None:
    """The charger is in since; one that was in before may have a stranger at its door. Two on one id are not over."""
    charger = Charger("CP-1", 1, online=True, online_at=NOW - 1_000)
    assert found(tried(Cause.WRONG_PASSWORD), charger=charger) == []
    assert found(tried(Cause.TAKEN_OVER), charger=charger) == [Cause.TAKEN_OVER]
    charger.online_at = NOW - 60_000
    assert found(tried(Cause.WRONG_PASSWORD), charger=charger) == [Cause.WRONG_PASSWORD]


def test_a_takeover_is_to_repair_and_was_not_refused() -> None:
    """WS-14: the newest link of a charger is let in, the other one was."""
    both = [tried(Cause.TAKEN_OVER), tried(Cause.IN_USE)]
    assert knocks(both, nobody, NOW) == both
    assert refusals(both, nobody, NOW) == both[1:]
