"""What is due when? The poll loop's decisions as plain functions of the clock, with no clock of their own.

A *cycle* is one period of the wall clock, counted from the epoch: everything that is asked in it stands for it.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def snap(moment: datetime, period: timedelta) -> datetime:
    """Give the start of the period that ``moment`` lies in."""
    return moment - (moment - EPOCH) % period


def jitter(name: str, spread: timedelta) -> timedelta:
    """Give the place of ``name`` in ``[0, spread)``: the same in every process, so that a device keeps its beat."""
    return spread * (zlib.crc32(name.encode()) / 2**32)


@dataclass(frozen=True, slots=True)
class Cycle:
    """One round over a pool of devices; its readings stand for ``[at, ends)``."""

    at: datetime
    ends: datetime

    def reasks(self, missed_at: datetime, delays: Sequence[timedelta], took: timedelta) -> list[datetime]:
        """Say when a device that missed is asked again: only while an asking that takes as long ends in time."""
        return [missed_at + delay for delay in delays if missed_at + delay + took < self.ends]


@dataclass(frozen=True, slots=True)
class Beat:
    """The pace of one pool: its last cycle, and how many were skipped because the one before was still running.

    A cycle that can still begin within its own period is begun late; one whose whole period passed is skipped.
    """

    period: timedelta
    last: datetime | None = None
    skipped: int = 0

    def wait(self, now: datetime) -> timedelta:
        """Say how long until a cycle may begin; zero = now. A clock that was set back begins anew at once."""
        current = snap(now, self.period)
        return current + self.period - now if current == self.last else timedelta()

    def begin(self, now: datetime) -> tuple["Beat", Cycle]:
        """Begin the cycle that ``now`` lies in; to be called when `wait` is zero and no cycle is running."""
        at = snap(now, self.period)
        missed = 0 if self.last is None else max(0, (at - self.last) // self.period - 1)
        return replace(self, last=at, skipped=self.skipped + missed), Cycle(at, at + self.period)


class Roster:
    """Which devices answer, and which are known to be silent? Each is in exactly one of the two pools."""

    def __init__(self, device_ids: Iterable[str]) -> None:
        self._answering = dict.fromkeys(device_ids, True)

    def pool(self, *, answering: bool) -> list[str]:
        """Give the pool's devices, in the order of the list."""
        return [device_id for device_id, answers in self._answering.items() if answers is answering]

    def note(self, device_id: str, *, answered: bool) -> bool:
        """Move a device to the pool where it belongs; true when that is a change."""
        changed = self._answering[device_id] is not answered
        self._answering[device_id] = answered
        return changed


class Tiers:
    """Which tiers of columns does a device owe now? ``periods`` by tier's name; the shortest is the cycle.

    A tier falls due once in each of its periods, at a phase of the device's own, so that the slow tiers of
    many devices do not meet in one cycle. It stays due until `done`, and everything is due at first.
    """

    def __init__(self, periods: Mapping[str, timedelta]) -> None:
        self._periods = dict(periods)
        self._cycle = min(self._periods.values())
        self._done: dict[tuple[str, str], datetime] = {}

    def due(self, device_id: str, now: datetime) -> frozenset[str]:
        """Give the names of the tiers to ask."""
        slots = {tier: self._slot(device_id, tier, now) for tier in self._periods}
        return frozenset(tier for tier, slot in slots.items() if self._done.get((device_id, tier)) != slot)

    def done(self, device_id: str, tiers: Iterable[str], now: datetime) -> None:
        """Note that these tiers were answered."""
        self._done.update({(device_id, tier): self._slot(device_id, tier, now) for tier in tiers})

    def _slot(self, device_id: str, tier: str, now: datetime) -> datetime:
        period = self._periods[tier]
        return snap(snap(now, self._cycle) + jitter(f"{device_id}/{tier}", period), period)
