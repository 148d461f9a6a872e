"""What becomes of counters, and of APs that are no longer listed?"""

from datetime import UTC, datetime, timedelta

import pytest

from campus.model import Entity
from collectors.normalise import Normaliser
from collectors.readings import Answer, Counted, Reading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PORT = Entity("port", "Gi0/1")


def counters(uptime_s: float | None, **metrics: Counted) -> Answer:
    named = {f"port.{name}": counter for name, counter in metrics.items()}
    return Answer((Reading(PORT, {"port.up": 1}, {}, named),), (), frozenset(), uptime_s)


def octets(value: int, bits: int = 64, most: float | None = 1.5e9, since: float | None = None) -> Counted:
    return Counted(value, bits, rate=True, scale=8, most=most, since=since)


def second(normaliser_answers: list[Answer], seconds: float = 60) -> dict[str, float]:
    """Take answers ``seconds`` apart; give the values of the last."""
    normaliser = Normaliser("sw1")
    for number, answer in enumerate(normaliser_answers):
        (measurement,) = normaliser.take(NOON + timedelta(seconds=seconds * number), answer)
    return dict(measurement.values)


def test_the_first_reading_gives_no_rate() -> None:
    assert second([counters(100, in_bps=octets(1000))]) == {"port.up": 1}


def test_a_rate_is_the_difference_over_the_devices_own_seconds() -> None:
    assert second([counters(100, in_bps=octets(1000)), counters(150, in_bps=octets(6000))])["port.in_bps"] == 800


def test_without_the_devices_clock_ours_counts() -> None:
    assert second([counters(None, in_bps=octets(1000)), counters(None, in_bps=octets(7000))])["port.in_bps"] == 800


@pytest.mark.parametrize(
    ("bits", "old", "new"),
    [(32, 2**32 - 1000, 5000), (64, 2**64 - 1000, 5000)],
)
def test_a_counter_may_wrap_once(bits, old, new) -> None:
    answers = [counters(100, in_bps=octets(old, bits, most=1e8)), counters(160, in_bps=octets(new, bits, most=1e8))]

    assert second(answers)["port.in_bps"] == 800


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (counters(100, in_bps=octets(10**12)), counters(20, in_bps=octets(10**12 + 6000))),
        (counters(100, in_bps=octets(10**12)), counters(100, in_bps=octets(10**12))),
        (counters(100, in_bps=octets(1, since=0)), counters(160, in_bps=octets(6001, since=155))),
        (counters(100, in_bps=octets(10**12)), counters(160, in_bps=octets(0))),
        (counters(100, in_bps=octets(10**12, most=None)), counters(160, in_bps=octets(0, most=None))),
        (counters(100, in_bps=octets(1)), counters(160, in_bps=octets(10**12))),
        (counters(100, in_bps=octets(1, bits=64)), counters(160, in_bps=octets(6001, bits=32))),
        (counters(100, in_bps=octets(1, bits=32)), counters(160, in_bps=octets(6001, bits=32))),
    ],
    ids=[
        "device restarted",
        "device clock stood still",
        "counter says that it began anew",
        "counter was cleared",
        "counter was cleared, speed unknown",
        "faster than the port can be",
        "another counter answered",
        "32 bits of a gigabit port wrap faster than we ask",
    ],
)
def test_no_rate_where_the_difference_means_nothing(before, after) -> None:
    assert second([before, after]) == {"port.up": 1}


def test_after_a_restart_the_next_difference_counts_again() -> None:
    answers = [counters(100, in_bps=octets(10**9)), counters(20, in_bps=octets(0)), counters(80, in_bps=octets(6000))]

    assert second(answers)["port.in_bps"] == 800


def test_events_are_counted_since_the_last_reading_that_had_them() -> None:
    controller = Entity("ac", "ac1")
    normaliser = Normaliser("ac1")
    found = []
    for minute, told in enumerate((100, None, 160)):
        told_counters = {} if told is None else {"ac.auth_requests": Counted(told, 32, rate=False)}
        answer = Answer((Reading(controller, {}, {}, told_counters),), (), frozenset(), 1000 + 60 * minute)
        found.append(dict(normaliser.take(NOON + timedelta(minutes=minute), answer)[0].values))

    assert found == [{}, {}, {"ac.auth_requests": 60}]


def aps(settled: bool, **states: int | None) -> Answer:
    readings = tuple(
        Reading(Entity("ap", name), {} if up is None else {"ap.up": up}, {} if up is None else {"state": "run"})
        for name, up in states.items()
    )
    return Answer(readings, (), frozenset({"ap"} if settled else ()))


def states(normaliser: Normaliser, answer: Answer) -> dict[str, tuple[float | None, str | None]]:
    taken = normaliser.take(NOON, answer)
    return {m.entity.id: (m.values.get("ap.up"), m.facts.get("state")) for m in taken}


UP, DOWN, UNKNOWN = (1, "run"), (0, "down"), (None, None)


def test_an_ap_that_was_up_and_has_no_state_now_is_down() -> None:
    normaliser = Normaliser("ac1")

    assert states(normaliser, aps(True, one=1, two=1)) == {"one": UP, "two": UP}
    assert states(normaliser, aps(True, one=None)) == {"one": DOWN, "two": DOWN}
    assert states(normaliser, aps(True, one=1, two=1)) == {"one": UP, "two": UP}


def test_an_ap_that_was_never_up_stays_unknown() -> None:
    assert states(Normaliser("ac1"), aps(True, one=None)) == {"one": UNKNOWN}


def test_in_an_incomplete_table_nothing_goes_down() -> None:
    normaliser = Normaliser("ac1")
    normaliser.take(NOON, aps(True, one=1, two=1))

    assert states(normaliser, aps(False, one=None)) == {"one": UNKNOWN}


def test_what_was_up_before_a_restart_of_ours_is_remembered() -> None:
    assert states(Normaliser("ac1", seen_up=["one"]), aps(True)) == {"one": DOWN}


def test_an_ap_on_standby_is_not_lost() -> None:
    normaliser = Normaliser("ac1", seen_up=["one"])
    standby = Answer((Reading(Entity("ap", "one"), {}, {"state": "standby"}),), (), frozenset({"ap"}))

    assert states(normaliser, standby) == {"one": (None, "standby")}


def test_an_entity_names_the_device_that_told_of_it_unless_nothing_was_told() -> None:
    told = Reading(Entity("ap", "one"), {"ap.up": 1}, {})
    nothing = Reading(Entity("ap", "ac1/element:7"), {}, {})

    first, other = Normaliser("ac1").take(NOON, Answer((told, nothing), (), frozenset()))

    assert first.facts == {"ac": "ac1"}
    assert other.facts == {}
