"""Is an entity good, judged by its own readings: by each as long as it stands, or by being there at all?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from campus.indicators.expression import Expression
from campus.indicators.state import COLLECTOR, Witnesses, group_verdict
from campus.indicators.timeline import Timeline, Verdict, judge, of_spans
from campus.model import Cause, Entity, Membership, Segment, Series, State

Readings = Mapping[str, Timeline[float]]
"""The readings of one source by metric."""


_DECISIVE = (State.BAD, State.GOOD, State.UNKNOWN, State.EXCLUDED)
"""Of what several sources tell, the first of these counts: a standby unit excludes nothing that another serves."""


class Samples:
    """Judges each reading while it stands; several sources must all find it good.

    Where ``counts_when`` is known not to hold (a radio that is switched off), the entity is excluded; without
    a reading it is unknown.
    """

    def __init__(
        self, series: Iterable[Series], good_when: Expression, counts_when: Expression | None, witnesses: Witnesses
    ) -> None:
        self._good_when = good_when
        self._counts_when = counts_when
        self._witnesses = witnesses
        self._told = _by_entity(series)

    def segments(self, member: Membership, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The judged segments of one entity; they cover ``[start, end)``."""
        sources = list(self._told.get(member.entity, {}).values())
        units = [self._witnesses.device(unit) for unit in member.sources]
        itself = Cause(member.entity.kind, member.entity.id)
        changes = {change for readings in sources for timeline in readings.values() for change in timeline.changes}
        changes.update(change for unit in units for change in unit.changes)

        def verdict(instant: datetime) -> Verdict:
            told = [values for readings in sources if (values := _values(readings, instant))]
            answers = {self._answer(values) for values in told}
            state = next((state for state in _DECISIVE if state in answers), State.UNKNOWN)
            if state is not State.UNKNOWN:
                return state, itself if state is State.BAD else None
            lost = Cause("controller", member.group)
            state, cause = group_verdict([found for unit in units if (found := unit.at(instant))], lost)
            return State.UNKNOWN, self._missing(told) if state is State.GOOD else cause

        return judge(start, end, changes, verdict)

    def _missing(self, told: Iterable[Mapping[str, float]]) -> Cause:
        """The readings that nobody gave although the entity's controller answers."""
        return Cause(
            "reading", " ".join(sorted(self._good_when.metrics() - {name for values in told for name in values}))
        )

    def _answer(self, values: Mapping[str, float]) -> State:
        if self._counts_when and self._counts_when.holds(values) is False:
            return State.EXCLUDED
        good = self._good_when.holds(values)
        return State.UNKNOWN if good is None else State.GOOD if good else State.BAD


class Holdings:
    """Good while a reading for which ``good_when`` holds stands in the store; what is not there is bad."""

    def __init__(self, series: Iterable[Series], good_when: Expression, witnesses: Witnesses) -> None:
        self._good_when = good_when
        self._witnesses = witnesses
        self._told = _by_entity(series)

    def segments(self, member: Membership, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The judged segments of one entity; they cover ``[start, end)``."""
        sources = list(self._told.get(member.entity, {}).values())
        units = [self._witnesses.device(unit) for unit in member.sources]
        changes = {change for readings in sources for timeline in readings.values() for change in timeline.changes}
        changes.update(change for unit in units for change in unit.changes)

        def verdict(instant: datetime) -> Verdict:
            if any(self._good_when.holds(_values(readings, instant)) for readings in sources):
                return State.GOOD, None
            causes = [found.cause for unit in units if (found := unit.at(instant)) and found.cause]
            return State.BAD, causes[0] if causes else COLLECTOR

        return judge(start, end, changes, verdict)


def _by_entity(series: Iterable[Series]) -> Mapping[Entity, Mapping[str, Readings]]:
    told: dict[Entity, dict[str, dict[str, Timeline[float]]]] = defaultdict(lambda: defaultdict(dict))
    for one in series:
        told[one.entity][one.source][one.metric] = of_spans(one.spans)
    return told


def _values(readings: Readings, instant: datetime) -> Mapping[str, float]:
    found = ((name, timeline.at(instant)) for name, timeline in readings.items())
    return {name: value for name, value in found if value is not None}
