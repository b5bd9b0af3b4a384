"""Bounds on who dials without being let in: guesses of passwords and handshakes that do not end (T3, T8)."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import Generic, TypeVar

from server.model.connection import host_of

T = TypeVar("T")

#: Wrong passwords a minute: of one address for one charger, and of one address for all.
OF_PAIR, OF_ADDRESS = 5, 30
REMEMBERED = 10_000  #: addresses and pairs; the ones that were quiet longest are forgotten
#: Handshakes under way, in all and of one address. Beyond it the oldest are cut, if they are not young.
WAITING, WAITING_OF_ONE = 1_024, 512
YOUNG_S = 1.0
HARD_FACTOR = 4  #: beyond so many times the limits youth does not help


def address_of(peer: str) -> str:
    """What counts as one address: an IPv6 line has a whole /64 of them."""
    host = host_of(peer).strip("[]")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else host


class Buckets:
    """Token buckets by key: `size` at once, `size` more a minute. Time is monotonic seconds."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._levels: OrderedDict[object, tuple[float, float]] = OrderedDict()  #: key -> (tokens, when)

    def level(self, key: object, now: float) -> float:
        tokens, at = self._levels.get(key, (float(self._size), now))
        return min(self._size, tokens + (now - at) * self._size / 60)

    def take(self, key: object, now: float, tokens: float = 1) -> None:
        """Never below zero; negative `tokens` are given back."""
        self._levels[key] = (max(0.0, min(self._size, self.level(key, now) - tokens)), now)
        self._levels.move_to_end(key)
        if len(self._levels) > REMEMBERED:
            self._levels.popitem(last=False)

    def is_full(self, key: object, now: float) -> bool:
        return self.level(key, now) >= self._size


class Remembered:
    """The newest so many of what was seen."""

    def __init__(self) -> None:
        self._seen: OrderedDict[object, None] = OrderedDict()

    def __contains__(self, item: object) -> bool:
        return item in self._seen

    def add(self, item: object) -> None:
        self._seen[item] = None
        self._seen.move_to_end(item)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


class Guesses:
    """May this address try this password for this charger? Never by the charger alone: a stranger could lock it out.

    A charger that made no mistake lately is heard although others behind its address guess (NAT, proxy). One that
    they have used up all tries of is heard when it says the same again: who guesses says something new each time, and
    what was found wrong is never looked at twice. A try that is refused uses nothing up.
    """

    def __init__(self) -> None:
        self._pairs = Buckets(OF_PAIR)
        self._addresses = Buckets(OF_ADDRESS)
        self._repeats = Buckets(OF_ADDRESS)
        self._refused = Remembered()

    def take(self, address: str, charger_id: str, password: bytes, now: float) -> bool:
        """Count one try, before it is looked at: many at once count as many. `password`: a digest of it."""
        pair = (address, charger_id.casefold())
        has_room = self._pairs.level(pair, now) >= 1 and self._addresses.level(address, now) >= 1
        if not has_room and not self._pairs.is_full(pair, now):
            return self._take_again(address, (pair, password), now)
        self._pairs.take(pair, now)
        self._addresses.take(address, now)
        return True

    def was_right(self, address: str, charger_id: str, now: float) -> None:
        self._pairs.take((address, charger_id.casefold()), now, -1)
        self._addresses.take(address, now, -1)

    def _take_again(self, address: str, said: object, now: float) -> bool:
        """One that was refused before, while there is room for those."""
        is_again = said in self._refused and self._repeats.level(address, now) >= 1
        if is_again:
            self._repeats.take(address, now)
        self._refused.add(said)
        return is_again


class Waiting(Generic[T]):
    """Handshakes under way, oldest first."""

    def __init__(self) -> None:
        self._since: OrderedDict[T, tuple[str, float]] = OrderedDict()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._since)

    def __iter__(self) -> Iterator[T]:
        return iter(self._since)

    def came(self, item: T, address: str, now: float) -> T | None:
        """Add one. The answer is the one to cut for it, if there are too many."""
        self._since[item] = (address, now)
        self._of[address] += 1
        crowded = self._of[address] > WAITING_OF_ONE
        if not crowded and len(self._since) <= WAITING:
            return None
        too_many = self._of[address] > HARD_FACTOR * WAITING_OF_ONE or len(self._since) > HARD_FACTOR * WAITING
        for other, (where, since) in self._since.items():
            if not too_many and now - since < YOUNG_S:
                return None
            if not crowded or where == address:
                return other
        return None

    def left(self, item: T) -> float:
        """It was let in, or is gone; when it came, 0.0 = it had left before."""
        address, since = self._since.pop(item, ("", 0.0))
        if address:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]
        return since
