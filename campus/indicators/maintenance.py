"""When is something under maintenance, and what does that take along?

A window is written in wall time of its zone and repeats by a rule of RFC 5545; it is judged in UTC. It covers what
it names, all that lies in a place or hangs on an HA group that it names, and what only devices tell of that are
under maintenance themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rruleset, rrulestr

from campus.model import Cause, Membership, Scope, Segment, State
from campus.store.contracts import Record

KIND = "maintenance"
DEVICES = ("ac", "switch", "host")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAY = timedelta(days=1)

Over = tuple[Segment, ...]
"""Maintenance segments, in order and apart."""


@dataclass(frozen=True, slots=True)
class Window:
    """A planned work on ``scope``: from the wall time ``start`` in ``zone`` for ``duration``, again by ``rule``.

    ``duration`` is elapsed time. ``rule`` is an RRULE value like ``FREQ=WEEKLY;BYDAY=SU``; empty = once.
    From ``ended_at`` on nothing is under maintenance any more.
    """

    id: str
    scope: Scope
    zone: str
    start: datetime
    duration: timedelta
    reason: str
    principal: str
    registered_at: datetime
    rule: str = ""
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be meant.

        Raises:
            ValueError: no such zone, a start with an offset, no time at all, a rule that never comes true.
        """
        if self.start.tzinfo is not None:
            raise ValueError("the start is wall time in its zone, without an offset")
        if self.duration < timedelta(minutes=1):
            raise ValueError("a window lasts a minute at least")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{self.zone!r} is no time zone; write an IANA name like Asia/Shanghai") from None
        if self.rule:
            parts = dict(part.partition("=")[::2] for part in self.rule.upper().split(";"))
            if parts.get("FREQ") not in FREQUENCIES:
                raise ValueError(f"a rule repeats by {', '.join(FREQUENCIES)}, like FREQ=WEEKLY;BYDAY=SU")
            if not list(islice(self._rule(), 1)):
                raise ValueError(f"the rule {self.rule} never comes true")

    def during(self, start: datetime, end: datetime) -> Iterator[Segment]:
        """The maintenance within ``[start, end)``, in order; a long window may reach into its next turn."""
        cause = Cause(KIND, self.id)
        for begin in self._begins(start, end):
            finish = min(begin + self.duration, end, self.ended_at or end)
            if max(begin, start) < finish:
                yield Segment(max(begin, start), finish, State.MAINTENANCE, cause)

    def _begins(self, start: datetime, end: datetime) -> Iterator[datetime]:
        zone = ZoneInfo(self.zone)
        if not self.rule:
            walls = [self.start]
        else:
            first = start.astimezone(zone).replace(tzinfo=None) - self.duration - DAY
            walls = self._rule().between(first, end.astimezone(zone).replace(tzinfo=None) + DAY, inc=True)
        return (wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls)

    def _rule(self) -> rrule | rruleset:
        return rrulestr(self.rule, dtstart=self.start)

    def record(self, at: datetime, principal: str) -> Record:
        """The window as it is kept; ``principal`` says who changed it at ``at``."""
        body = {
            "scope": str(self.scope),
            "zone": self.zone,
            "start": self.start.isoformat(),
            "duration_s": self.duration.total_seconds(),
            "rule": self.rule,
            "reason": self.reason,
            "registered_by": self.principal,
            "registered_at": self.registered_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }
        return Record(KIND, self.id, at, principal, body)


def of_record(record: Record) -> Window:
    """Read a window as `Window.record` keeps it."""
    body = {key: str(value) for key, value in record.body.items() if value is not None}
    return Window(
        id=record.id,
        scope=Scope.parse(body["scope"]),
        zone=body["zone"],
        start=datetime.fromisoformat(body["start"]),
        duration=timedelta(seconds=float(body["duration_s"])),
        reason=body["reason"],
        principal=body["registered_by"],
        registered_at=datetime.fromisoformat(body["registered_at"]),
        rule=body["rule"],
        ended_at=datetime.fromisoformat(body["ended_at"]) if "ended_at" in body else None,
    )


class Maintenance:
    """What is under maintenance during ``[start, end)``?"""

    def __init__(self, windows: Iterable[Window], start: datetime, end: datetime) -> None:
        found: dict[Scope, list[Segment]] = defaultdict(list)
        for window in windows:
            found[window.scope] += window.during(start, end)
        self._by_scope: Mapping[Scope, Sequence[Segment]] = {scope: told for scope, told in found.items() if told}

    def over(self, members: Sequence[Membership]) -> Over:
        """When is a cell of these ``members`` under maintenance? An HA group is while all its units are."""
        return _common([self._of_one(member) for member in members]) if self._by_scope else ()

    def _of_one(self, member: Membership) -> Over:
        """Its own, and the time in which all devices that tell of it are: while one is not, its word counts."""
        units = [self._of(Scope(kind, unit) for kind in DEVICES) for unit in member.sources]
        return apart((*self._of((*member.scopes, *_names(member))), *_common([apart(unit) for unit in units])))

    def _of(self, scopes: Iterable[Scope]) -> list[Segment]:
        return [segment for scope in scopes for segment in self._by_scope.get(scope, ())]


def _common(each: Sequence[Over]) -> Over:
    common = each[0] if each else ()
    for other in each[1:]:
        common = tuple(
            replace(left, start=max(left.start, right.start), end=min(left.end, right.end))
            for left in common
            for right in other
            if max(left.start, right.start) < min(left.end, right.end)
        )
    return common


def _names(member: Membership) -> Iterator[Scope]:
    """What a window may call an entity, or the HA group whose loss takes it along."""
    yield Scope(member.entity.kind, member.entity.id)
    if member.group:
        yield from (Scope(kind, member.group) for kind in DEVICES)


def apart(segments: Iterable[Segment]) -> Over:
    """Order segments and cut what an earlier one covers already."""
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda one: (one.start, -one.end.timestamp(), str(one.cause))):
        start = max(segment.start, kept[-1].end) if kept else segment.start
        if start < segment.end:
            kept.append(replace(segment, start=start))
    return tuple(kept)
