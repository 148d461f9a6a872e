"""Is an entity good, bad or unknown at an instant, and what is that charged to?

Two rules. A *device* is judged by its witnesses; an entity that a controller *reports* on (an AP) by what the
units of its HA group say, and by whether those units answer at all.

============================  ======================  ================================
a device's SNMP and echo      anchors                 state (cause)
============================  ======================  ================================
SNMP answers                  –                       good
SNMP silent, echo answers     –                       unknown (``snmp``)
SNMP silent, no echo witness  –                       unknown (``snmp``)
both silent                   one answers             bad (``device``)
both silent                   silent, or none         unknown (``collector``)
not asked                     –                       unknown (``collector``)
============================  ======================  ================================
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from campus.indicators.expression import Expression
from campus.indicators.timeline import Timeline, Verdict, judge, of_segments, of_spans, union
from campus.model import Cause, Membership, Segment, Series, Span, State

COLLECTOR = Cause("collector")
ANCHOR = "anchor:"


class Witnesses:
    """Which devices answered during ``[start, end)``, judged from the ``reach.up`` series of all witnesses."""

    def __init__(self, reach: Iterable[Series], start: datetime, end: datetime) -> None:
        self._start = start
        self._end = end
        self._told: dict[tuple[str, str], Timeline[float]] = {}
        anchors: list[Span] = []
        for series in reach:
            target, _, witness = series.entity.id.rpartition("/")
            self._told[target, witness] = of_spans(series.spans)
            if target.startswith(ANCHOR):
                anchors.extend(span for span in series.spans if span.value)
        self._anchored = union(anchors)
        self._judged: dict[str, Timeline[Segment]] = {}

    def device(self, device_id: str) -> Timeline[Segment]:
        """The judged timeline of one device."""
        if device_id not in self._judged:
            self._judged[device_id] = of_segments(self.segments(device_id))
        return self._judged[device_id]

    def segments(self, device_id: str) -> tuple[Segment, ...]:
        """The judged segments of one device; they cover the whole window."""
        asked = self._told.get((device_id, "snmp"), _NOTHING)
        echo = self._told.get((device_id, "icmp"), _NOTHING)

        def verdict(instant: datetime) -> Verdict:
            return _device_verdict(device_id, asked.at(instant), echo.at(instant), self._anchored.at(instant))

        changes = [*asked.changes, *echo.changes, *self._anchored.changes]
        return judge(self._start, self._end, changes, verdict)


_NOTHING: Timeline[float] = Timeline(())


def _device_verdict(device_id: str, snmp: float | None, echo: float | None, anchored: object) -> Verdict:
    if snmp:
        return State.GOOD, None
    if snmp is None:
        return State.UNKNOWN, COLLECTOR
    if echo or echo is None:
        return State.UNKNOWN, Cause("snmp", device_id)
    return (State.BAD, Cause("device", device_id)) if anchored else (State.UNKNOWN, COLLECTOR)


def group_segments(
    witnesses: Witnesses, units: Sequence[str], cause: Cause, window: tuple[datetime, datetime]
) -> tuple[Segment, ...]:
    """Judge an HA group: good while one unit answers, bad while all are down, else unknown."""
    timelines = [witnesses.device(unit) for unit in units]

    def verdict(instant: datetime) -> Verdict:
        states = [found for timeline in timelines if (found := timeline.at(instant))]
        return group_verdict(states, cause)

    return judge(*window, (change for timeline in timelines for change in timeline.changes), verdict)


def group_verdict(units: Sequence[Segment], cause: Cause) -> Verdict:
    """The verdict on an HA group of these ``units`` at one instant."""
    if any(unit.state is State.GOOD for unit in units):
        return State.GOOD, None
    unknown = [unit for unit in units if unit.state is State.UNKNOWN]
    if unknown or not units:
        return State.UNKNOWN, unknown[0].cause if unknown else COLLECTOR
    return State.BAD, cause


class Reports:
    """What sources report of entities during one window: readings judged by ``good_when``.

    Standby is never inferred from emptiness alone: a unit's "not good" is set aside only while the unit has
    no AP connected and another unit of its group answers with APs connected.
    """

    def __init__(self, series: Iterable[Series], good_when: Expression, witnesses: Witnesses) -> None:
        self._good_when = good_when
        self._witnesses = witnesses
        self._readings: dict[tuple[str, str], dict[str, Timeline[float]]] = defaultdict(dict)
        connected: dict[str, list[Span]] = defaultdict(list)
        for one in series:
            self._readings[one.entity.id, one.source][one.metric] = of_spans(one.spans)
            connected[one.source] += [span for span in one.spans if good_when.holds({one.metric: span.value})]
        self._connected = {source: union(spans) for source, spans in connected.items()}

    def segments(self, member: Membership, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The judged segments of one reported entity; they cover ``[start, end)``."""
        units = {unit: self._witnesses.device(unit) for unit in member.sources}
        readings = {unit: self._readings.get((member.entity.id, unit), {}) for unit in units}
        changes = {change for timeline in units.values() for change in timeline.changes}
        changes.update(
            change for told in readings.values() for timeline in told.values() for change in timeline.changes
        )
        if len(units) > 1:
            changes.update(
                change for unit in units if unit in self._connected for change in self._connected[unit].changes
            )

        def verdict(instant: datetime) -> Verdict:
            answers = {unit: found for unit, timeline in units.items() if (found := timeline.at(instant))}
            told = {unit: self._told(metrics, instant) for unit, metrics in readings.items()}
            return self._verdict(member, answers, told, instant)

        return judge(start, end, changes, verdict)

    def _verdict(
        self, member: Membership, answers: Mapping[str, Segment], told: Mapping[str, bool | None], instant: datetime
    ) -> Verdict:
        if True in told.values():
            return State.GOOD, None
        itself, lost = Cause(member.entity.kind, member.entity.id), Cause("controller", member.group)
        state, cause = group_verdict(list(answers.values()), lost)
        if state is not State.GOOD:
            return state, cause
        unheard = [unit.cause for unit in answers.values() if unit.state is State.UNKNOWN]
        if unheard:  # the unit that nobody hears may be the one that serves it
            return State.UNKNOWN, unheard[0]
        serving = {unit for unit in answers if self._serves(unit, instant)}
        denied = {unit for unit, good in told.items() if good is False}
        if not any(unit in serving or not serving for unit in denied):
            return State.UNKNOWN, itself
        return State.BAD, itself if serving else lost

    def _told(self, metrics: Mapping[str, Timeline[float]], instant: datetime) -> bool | None:
        found = ((name, timeline.at(instant)) for name, timeline in metrics.items())
        return self._good_when.holds({name: value for name, value in found if value is not None})

    def _serves(self, unit: str, instant: datetime) -> bool:
        connected = self._connected.get(unit)
        return bool(connected and connected.at(instant))
