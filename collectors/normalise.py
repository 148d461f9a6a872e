"""What is measured? Readings of one device to measurements in catalogue terms. Pure, with a memory.

It remembers two things from one answer to the next: the counters, so that they become events and rates; and
which APs the device had seen up, so that one that vanishes is *down* and not forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from campus.model import Entity, Measurement
from collectors.readings import Answer, Counted, Reading

_OWNER = {"ap": "ac", "port": "device", "sensor": "device", "volume": "host", "vm": "host"}
"""The fact by which an entity of a kind names the device that told of it."""


@dataclass(frozen=True, slots=True)
class _Instant:
    """When a counter was read: by our clock, and by the device's own (seconds since its counters began)."""

    at: datetime
    uptime_s: float | None

    def since(self, earlier: "_Instant") -> float | None:
        """Seconds in between, by the device's clock where it has one; ``None`` if it began anew or stood still."""
        if self.uptime_s is not None and earlier.uptime_s is not None:
            seconds = self.uptime_s - earlier.uptime_s
        else:
            seconds = (self.at - earlier.at).total_seconds()
        return seconds if seconds > 0 else None


class Normaliser:
    """Turns the answers of one device into measurements, in order of time.

    ``seen_up`` primes it at a start: ids of the APs that this device had up before.
    """

    def __init__(self, device_id: str, seen_up: Iterable[str] = ()) -> None:
        self._device_id = device_id
        self._seen_up = set(seen_up)
        self._counters: dict[tuple[Entity, str], tuple[_Instant, Counted]] = {}

    def take(self, at: datetime, answer: Answer) -> tuple[Measurement, ...]:
        """Give the measurements of one answer; rates and events only from the second one on."""
        now = _Instant(at, answer.uptime_s)
        certain = "ap" in answer.settled
        given = [self._measurement(now, reading, certain=certain) for reading in answer.readings]
        lost = self._lost(at, answer) if certain else ()
        return (*given, *lost)

    def _measurement(self, now: _Instant, reading: Reading, *, certain: bool) -> Measurement:
        entity = reading.entity
        values = {**reading.values, **dict(self._counted(now, entity, reading.counters))}
        facts = dict(reading.facts)
        if entity.kind == "ap":
            if values.get("ap.up") == 1:
                self._seen_up.add(entity.id)
            elif certain and entity.id in self._seen_up and "ap.up" not in values and "state" not in facts:
                values, facts = {"ap.up": 0}, {**facts, "state": "down"}
        if entity.kind in _OWNER and (values or facts):
            facts[_OWNER[entity.kind]] = self._device_id
        return Measurement(entity, now.at, values, facts)

    def _lost(self, at: datetime, answer: Answer) -> Iterator[Measurement]:
        """Give as down the APs that a complete table no longer lists: controllers drop the rows of lost APs."""
        listed = {reading.entity.id for reading in answer.readings if reading.entity.kind == "ap"}
        for ap_id in sorted(self._seen_up - listed):
            facts = {"state": "down", _OWNER["ap"]: self._device_id}
            yield Measurement(Entity("ap", ap_id), at, {"ap.up": 0}, facts)

    def _counted(self, now: _Instant, entity: Entity, counters: Mapping[str, Counted]) -> Iterator[tuple[str, float]]:
        for metric, counter in counters.items():
            before = self._counters.get((entity, metric))
            self._counters[entity, metric] = (now, counter)
            if before is None:
                continue
            seconds = now.since(before[0])
            value = _between(before[1], counter, seconds) if seconds is not None else None
            if value is not None:
                yield metric, value


def _between(old: Counted, new: Counted, seconds: float) -> float | None:
    """Give the events, or the rate, between two readings of a counter; ``None`` if they cannot be told.

    A counter that wraps may do so once. Without a plausible maximum, half its range is the bound; with one, it
    must not be able to wrap more than once in ``seconds`` (32 bits of a gigabit port do so in 34 s).
    """
    if old.since != new.since or old.bits != new.bits:
        return None
    span = 1 << new.bits
    events = (new.value - old.value) % span
    most = new.most * seconds / new.scale if new.most is not None else span // 2
    if events > most or most > span:
        return None
    return events * new.scale / seconds if new.rate else events
