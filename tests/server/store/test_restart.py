"""After a restart the depot is back as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from server.core.core import Core, Policy
from server.model.charger import Charger, Connector
from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    RemoteStart,
    Reset,
    Step,
    StepState,
)
from server.model.configuration import ConfigItem
from server.model.event import EventKind
from server.model.health import Health
from server.model.observation import (
    Booted,
    Connected,
    MeterReported,
    StatusReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.snapshot import Snapshot
from server.model.status import ChargerStatus, ConnectorStatus, Registration, TagStatus, TransactionState
from server.model.tag import IdTag
from server.model.transaction import MeterSample
from server.store.store import Store
from tests.server.store.conftest import NOW, durable, emit, meter_row, rows, transaction

MINUTE = 60_000


def live(core: Core) -> None:
    """A morning at the depot, told to the core as links tell it."""
    core.put_tag(IdTag("Ana", TagStatus.ACCEPTED, NOW + 1, "FLEET", "van"), NOW)
    core.put_tag(IdTag("Tom", TagStatus.BLOCKED), NOW)
    core.put_tag(IdTag("Gone"), NOW)
    core.remove_tag("GONE", NOW)
    for n, charger_id in enumerate(("CP1", "CP2")):
        core.connected(Connected(charger_id, NOW, f"10.0.0.{n}:1", "1.6", secure=True))
        core.booted(Booted(charger_id, NOW, "Acme", "W22", "S1", "1.2"))
        core.status_reported(StatusReported(charger_id, NOW, 0, ConnectorStatus.AVAILABLE))
    core.status_reported(StatusReported("CP1", NOW, 1, ConnectorStatus.PREPARING))
    first = core.transaction_started(TransactionStarted("CP1", NOW, 1, "Ana", 10_000))
    core.transaction_stopped(TransactionStopped("CP1", NOW + MINUTE, first.transaction_id, 10_400))
    core.transaction_started(TransactionStarted("CP1", NOW + 2 * MINUTE, 1, "Ana", 10_400, NOW + 2 * MINUTE))
    core.status_reported(StatusReported("CP1", NOW + 2 * MINUTE, 1, ConnectorStatus.CHARGING))
    for n in range(3, 6):
        at = NOW + n * MINUTE
        sample = MeterSample(at, "Sample.Periodic", 10_400 + n * 100, 7_000 + n, soc_percent=40 + n)
        core.meter_reported(MeterReported("CP1", at, 1, None, (sample,)))
    core.status_reported(
        StatusReported("CP2", NOW, 2, ConnectorStatus.FAULTED, "GroundFailure", "acme", "E42", "RCD tripped")
    )
    core.status_reported(StatusReported("CP2", NOW, 3, ConnectorStatus.AVAILABLE, "WeakSignal"))
    core.status_reported(StatusReported("CP2", NOW, 1, ConnectorStatus.FAULTED, "HighTemperature"))
    core.status_reported(StatusReported("CP2", NOW + MINUTE, 1, ConnectorStatus.AVAILABLE))


def comparable(chargers: list[Charger]) -> list[dict[str, object]]:
    """Everything but what a restart changes: the line, and what flows right now."""
    forgotten_line = ("online", "online_at", "offline_reason", "boots")
    forgotten_flow = ("power_w", "current_ma", "voltage_mv")
    found = []
    for charger in chargers:
        facts = {k: v for k, v in asdict(charger).items() if k not in forgotten_line}
        for connector in (facts["main"], *facts["connectors"].values()):
            for name in forgotten_flow:
                del connector[name]
        found.append(facts)
    return found


async def restarted(path: Path, day: int = NOW) -> Snapshot:
    async with Store.open(path, Health()) as store:
        return await store.load(day)


async def test_the_depot_is_back_as_it_was(path: Path) -> None:
    """Chargers, connectors, open and last transactions with energy, open faults and tags: equal to the live state."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot(last_transaction_id=4_711))
    async with Store.open(path, Health()) as store:
        core.bus.listen(store.on_event)
        live(core)
        expected = comparable(list(core.fleet.chargers.values()))
    snapshot = await restarted(path)

    assert comparable(snapshot.chargers) == expected
    assert snapshot.tags == core.fleet.tags()
    assert (snapshot.last_charger_key, snapshot.last_transaction_id, snapshot.last_fault_id) == (2, 4_713, 3)
    assert snapshot.energy_today_wh == core.fleet.totals().energy_today_wh == 900
    one, two = snapshot.chargers
    assert [c.offline_reason for c in snapshot.chargers] == ["server restarted"] * 2
    assert not one.online and one.online_at == NOW
    assert (one.status, two.status) == (ChargerStatus.OCCUPIED, ChargerStatus.FAULTED)
    running, ended = one.connectors[1].transaction, one.connectors[1].previous
    assert running is not None and (running.transaction_id, running.energy_wh, running.is_open) == (4_713, 500, True)
    assert ended is not None and (ended.transaction_id, ended.state) == (4_712, TransactionState.COMPLETED)
    assert [f.error_code for f in two.open_faults()] == ["GroundFailure", "WeakSignal"]


async def test_the_last_session_of_a_connector_is_found_however_old(path: Path) -> None:
    """Thousands of sessions of others later, an open one of its own beside it; none where there was none."""
    async with Store.open(path, Health()) as store:
        emit(store, EventKind.CHARGER_CONNECTED, Charger("CP1", 1, Registration.ACCEPTED))
        for connector_id in (1, 2, 3):
            emit(store, EventKind.CONNECTOR_CHANGED, Connector("CP1", connector_id))
        for transaction_id, connector_id in ((5, 1), (7, 1), (5_000, 2), (5_001, 2), (9_000, 9)):
            ended = transaction(transaction_id, connector_id=connector_id)
            ended.state = TransactionState.TERMINATED
            emit(store, EventKind.TRANSACTION_STOPPED, ended)
        emit(store, EventKind.TRANSACTION_STARTED, transaction(8_000))
    (found,) = (await restarted(path)).chargers
    last = {n: c.previous and c.previous.transaction_id for n, c in found.connectors.items()}
    assert last == {1: 7, 2: 5_001, 3: None}
    assert [t.transaction_id for t in found.open_transactions()] == [8_000]


async def test_a_core_goes_on_from_the_snapshot(path: Path) -> None:
    """A repeated start gets the id it had before the restart; a new one gets a new id (TX-03, TX-04)."""
    policy = Policy(unknown_chargers="accept")
    core = Core(policy, Snapshot())
    async with Store.open(path, Health()) as store:
        core.bus.listen(store.on_event)
        live(core)
    repeated = TransactionStarted("CP1", NOW + 9 * MINUTE, 1, "Ana", 10_400, NOW + 2 * MINUTE)
    new = TransactionStarted("CP2", NOW + 9 * MINUTE, 1, "Ana", 5)
    again = Core(policy, await restarted(path))
    assert again.transaction_started(repeated) == core.transaction_started(repeated)
    assert again.transaction_started(new).transaction_id == core.transaction_started(new).transaction_id


async def test_energy_of_an_open_transaction_follows_its_newest_reading(path: Path) -> None:
    """Samples without a reading, of other transactions and a zero at the beginning do not count (MV-08, MV-09)."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot())
    async with Store.open(path, Health()) as store:
        core.bus.listen(store.on_event)
        core.connected(Connected("CP1", NOW, "", "1.6"))
        begun = core.transaction_started(TransactionStarted("CP1", NOW, 4, "Ana", 1_000)).transaction_id
        for row in (
            meter_row(NOW + 1, 1_250, begun),
            meter_row(NOW + 2, None, begun, power_w=11_000),
            meter_row(NOW + 3, 9_999, begun + 1),
        ):
            emit(store, EventKind.METER_RECORDED, row._replace(connector_id=4))
        late = meter_row(NOW + 4, 0, begun)
        emit(store, EventKind.METER_RECORDED, late._replace(sample=late.sample._replace(context="Transaction.Begin")))
    (charger,) = (await restarted(path)).chargers
    connector = charger.connectors[4]  # it never reported a status
    assert connector.transaction is not None and connector.transaction.energy_wh == 250
    assert (connector.register_wh, connector.power_w) == (1_250, 0)


async def test_an_interrupted_transaction_stays_interrupted(path: Path) -> None:
    """BOOT-09: a boot during a transaction is remembered over a restart."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot())
    async with Store.open(path, Health()) as store:
        core.bus.listen(store.on_event)
        core.connected(Connected("CP1", NOW, "", "1.6"))
        core.transaction_started(TransactionStarted("CP1", NOW, 1, "Ana", 0))
        assert await durable(store)
        assert rows(path, "SELECT interrupted FROM transactions") == [(0,)]
        core.booted(Booted("CP1", NOW + 1))
        assert await durable(store)
        assert rows(path, "SELECT interrupted FROM transactions") == [(1,)]


async def test_energy_of_today_begins_with_the_day(path: Path) -> None:
    """Transactions that ended before the day began do not count."""
    async with Store.open(path, Health()) as store:
        for n, stopped_at in enumerate((NOW - 1, NOW, NOW + 1), start=1):
            ended = transaction(n)
            ended.state, ended.stopped_at, ended.energy_wh = TransactionState.COMPLETED, stopped_at, 10**n
            emit(store, EventKind.TRANSACTION_STOPPED, ended)
    assert (await restarted(path)).energy_today_wh == 1_100


def command(number: int, change: Callable[[Command], object] = lambda c: None) -> Command:
    made = Command(number, "CP1", Reset("Hard"), "ana", NOW, CommandState.ACCEPTED, NOW + 1, NOW + 2, 1, "m1")
    made.steps = [Step("sent", StepState.DONE, NOW + 1), Step("boot", StepState.DONE, NOW + 2, "1 s")]
    change(made)
    return made


async def test_commands_come_back_as_they_were(path: Path) -> None:
    """Typed operation, steps, items and answer; the newest 500, oldest first."""
    kept = [command(n) for n in range(1, 505)]
    kept[503].operation = RemoteStart("TAG", None)
    kept[502].operation = GetConfiguration(("A", "B"))
    kept[502].response = {"configurationKey": [{"key": "A", "readonly": True, "value": "1"}], "unknownKey": ["B"]}
    kept[502].items = (ConfigItem("A", "1", True), ConfigItem("B", None, False, known=False))
    async with Store.open(path, Health()) as store:
        for c in kept:
            emit(store, EventKind.COMMAND_CHANGED, c)
    snapshot = await restarted(path)
    assert snapshot.commands == kept[4:]
    assert snapshot.last_command_id == 504


async def test_commands_that_waited_have_failed(path: Path) -> None:
    """An operation whose answer the server did not live to see says so, and its steps are missing, for good."""

    def waits(c: Command) -> None:
        c.state, c.answered_at, c.latency_ms = CommandState.SENT, 0, None
        c.steps[1].state = StepState.RUNNING

    def confirmed_late(c: Command) -> None:
        c.steps[1].state = StepState.OPEN

    async with Store.open(path, Health()) as store:
        emit(store, EventKind.COMMAND_CHANGED, command(1, waits))
        emit(store, EventKind.COMMAND_CHANGED, command(2, confirmed_late))
        emit(store, EventKind.COMMAND_CHANGED, command(3))
    for _ in range(2):
        unanswered, unconfirmed, finished = (await restarted(path)).commands
        assert (unanswered.state, unanswered.error) == (CommandState.ERROR, "server restarted before the answer")
        assert (unconfirmed.state, unconfirmed.error) == (CommandState.ACCEPTED, "")
        assert [c.steps[1].state for c in (unanswered, unconfirmed)] == [StepState.MISSING] * 2
        assert finished == command(3)
    assert rows(path, "SELECT state FROM commands ORDER BY command_id") == [("error",), ("accepted",), ("accepted",)]


async def test_secrets_of_commands_never_reach_the_disk(path: Path) -> None:
    """SEC-07: the value of an AuthorizationKey is masked in payload, items and answer, other values are kept."""

    def asks(c: Command) -> None:
        c.operation = GetConfiguration()
        c.items = (ConfigItem("authorizationKEY", "canary-2", False), ConfigItem("Interval", "visible", False))
        c.response = {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": "canary-3"}]}

    async with Store.open(path, Health()) as store:
        change = command(1)
        change.operation = ChangeConfiguration("AuthorizationKey", "canary-1")
        emit(store, EventKind.COMMAND_CHANGED, change)
        emit(store, EventKind.COMMAND_CHANGED, command(2, asks))
        assert await durable(store)
        content = b"".join(p.read_bytes() for p in path.parent.iterdir())
    assert b"canary" not in content
    assert b"visible" in content


async def test_a_row_that_makes_no_sense_does_not_stop_the_start(path: Path) -> None:
    """Somebody edited the file: what cannot be read is left out and logged, the rest is there."""
    core = Core(Policy(unknown_chargers="accept"), Snapshot())
    async with Store.open(path, Health()) as store:
        core.bus.listen(store.on_event)
        live(core)
        emit(store, EventKind.COMMAND_CHANGED, command(1))
        emit(store, EventKind.COMMAND_CHANGED, command(2))
        assert await durable(store)
        db = store._disk.db
        await db.execute("UPDATE connectors SET status = 'Dancing' WHERE charger_id = 'CP1'")
        await db.execute("UPDATE commands SET payload = '{\"kind' WHERE command_id = 1")
        await db.execute("DELETE FROM chargers WHERE charger_id = 'CP2'")
    snapshot = await restarted(path)
    assert [c.charger_id for c in snapshot.chargers] == ["CP1"]
    assert snapshot.chargers[0].connectors[1].transaction is not None
    assert [c.command_id for c in snapshot.commands] == [2]
