"""Do exact segments give the same counts as a dull recount, minute by minute?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from campus import catalogue
from campus.indicators import definition
from campus.indicators.tally import classify, hourly
from campus.model import CAMPUS, Entity, Membership, Scope, Series, Service, Span, Tally

W01 = definition.load(catalogue.load())["W01"]
START = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
LENGTH = 75
UNITS = ("ac-1", "ac-2")
APS = ("a", "b")

told = st.lists(st.sampled_from([0, 1, None]), min_size=LENGTH // 5, max_size=LENGTH // 5)
history = st.fixed_dictionaries(
    {f"{unit}/{witness}": told for unit in UNITS for witness in ("snmp", "icmp")}
    | {"anchor:gw/icmp": told}
    | {f"{ap}@{unit}": told for ap in APS for unit in UNITS}
)


def value(history, name, minute):
    return history[name][minute // 5]


def recount(history, ap, minute):
    """The rules of an AP in an HA pair, written once more and as plainly as possible."""

    def device(unit):
        snmp, echo = value(history, f"{unit}/snmp", minute), value(history, f"{unit}/icmp", minute)
        if snmp == 1:
            return "good"
        if snmp == 0 and echo == 0 and value(history, "anchor:gw/icmp", minute) == 1:
            return "bad"
        return "unknown"

    says = {unit: value(history, f"{ap}@{unit}", minute) for unit in UNITS}
    if 1 in says.values():
        return "good"
    devices = {unit: device(unit) for unit in UNITS}
    if set(devices.values()) == {"bad"}:
        return "bad"
    if "unknown" in devices.values():
        return "unknown"
    serving = {unit for unit in UNITS if any(value(history, f"{other}@{unit}", minute) == 1 for other in APS)}
    counted = {unit for unit, said in says.items() if said == 0 and (unit in serving or not serving)}
    return "bad" if counted else "unknown"


def series(history):
    for name, values in history.items():
        spans = tuple(
            Span(START + timedelta(minutes=5 * slot), START + timedelta(minutes=5 * slot + 5), float(number))
            for slot, number in enumerate(values)
            if number is not None
        )
        ap, at, unit = name.partition("@")
        if at:
            yield Series(Entity("ap", ap), unit, "ap.up", spans)
        else:
            yield Series(Entity("reach", name), "collector", "reach.up", spans)


@settings(max_examples=150, deadline=None)
@given(history)
def test_segments_count_like_a_recount_by_the_minute(history):
    members = [
        Membership(
            Entity("ap", ap), (CAMPUS, Scope("building", f"B{ap}")), Service.IN_SERVICE, None, None, UNITS, "pair"
        )
        for ap in APS
    ]
    cells = classify(W01, members, series(history), (START, START + timedelta(minutes=LENGTH)))
    rows = hourly("W01", cells)
    total = Tally()
    for ap in APS:
        states = [recount(history, ap, minute) for minute in range(LENGTH)]
        expected = Tally(states.count("good"), states.count("bad"), states.count("unknown"))
        counted = sum((row.tally for row in rows if row.scope == Scope("ap", ap)), Tally())
        assert counted == expected
        assert sum((row.tally for row in rows if row.scope == Scope("building", f"B{ap}")), Tally()) == expected
        total += expected
    assert sum((row.tally for row in rows if row.scope == CAMPUS), Tally()) == total


def test_hours_are_cut_on_the_hour():
    member = Membership(Entity("ap", "a"), (CAMPUS,), sources=("ac-1",), group="ac-1")
    up = Series(Entity("ap", "a"), "ac-1", "ap.up", (Span(START, START + timedelta(minutes=75), 1.0),))
    rows = hourly("W01", classify(W01, [member], [up], (START, START + timedelta(minutes=75))))
    assert [(row.hour.hour, row.tally.good) for row in rows if row.scope == CAMPUS] == [(8, 30), (9, 45)]
