"""How does the pace follow what a device does?"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.budget import Budget, Pace


def test_a_burst_goes_at_once_and_then_the_rate_holds():
    budget = Budget(per_second=100, burst=10)
    waits = [budget.reserve(now=50.0) for _ in range(12)]
    assert waits[:10] == [0.0] * 10
    assert [round(wait, 6) for wait in waits[10:]] == [0.0, 0.01]


def test_an_idle_budget_saves_up_no_more_than_a_burst():
    budget = Budget(per_second=10, burst=2)
    budget.reserve(0.0)
    waits = [budget.reserve(1000.0) for _ in range(5)]
    assert waits.count(0.0) == 3


def test_no_limit_never_waits():
    budget = Budget(per_second=math.inf)
    assert {budget.reserve(1.0) for _ in range(1000)} == {0.0}


@given(st.lists(st.floats(0, 0.05), min_size=50, max_size=300), st.sampled_from([5.0, 40.0, 100.0]))
def test_no_second_ever_sees_more_than_rate_and_burst(gaps, rate):
    budget, now, sent = Budget(rate, burst=5), 0.0, []
    for gap in gaps:
        now += gap
        now += budget.reserve(now)
        sent.append(now)
    for start in sent:
        assert sum(start <= at < start + 1 for at in sent) <= rate + 5 + 1


def test_a_busy_device_is_asked_half_as_often_down_to_a_sixteenth():
    budget = Budget(per_second=80)
    for _ in range(10):
        budget.halve()
    assert budget.per_second == 5
    for _ in range(100):
        budget.recover()
    assert budget.per_second == 80


def answers(pace, seconds, rounds=1):
    for _ in range(16 * rounds):
        pace.answered(seconds)


def test_the_window_grows_from_2_to_8_while_the_round_trip_stays_flat():
    pace = Pace()
    assert pace.window == 2
    answers(pace, 0.01, rounds=3)
    assert pace.window == 5
    answers(pace, 0.01, rounds=50)
    assert pace.window == 8


def test_a_doubled_round_trip_halves_window_and_budget():
    pace = Pace(Budget(100))
    answers(pace, 0.01, rounds=6)
    answers(pace, 0.03)
    assert (pace.window, pace.budget.per_second) == (4, 50)


def test_one_late_answer_changes_nothing():
    pace = Pace()
    answers(pace, 0.01, rounds=2)
    pace.answered(2.0)
    for _ in range(15):
        pace.answered(0.01)
    assert (pace.window, pace.budget.per_second) == (5, 100)


def test_a_path_that_became_longer_for_good_is_learned():
    pace = Pace()
    answers(pace, 0.01, rounds=6)
    answers(pace, 0.05, rounds=1700)
    assert (pace.window, pace.budget.per_second) == (8, 100)


def test_many_answers_lost_at_once_cut_the_window_once():
    pace = Pace(window=8)
    for _ in range(8):
        pace.timed_out(sent_at=1.0, now=2.5)
    assert pace.window == 4
    pace.timed_out(sent_at=2.6, now=4.1)
    assert pace.window == 2


def test_the_window_is_never_shut():
    pace = Pace()
    for second in range(20):
        pace.timed_out(sent_at=second, now=second + 0.5)
    assert pace.window == 1


def test_a_size_that_a_device_answered_is_remembered_and_grows_back_slowly():
    pace = Pace()
    pace.shrink(12)
    answers(pace, 0.01, rounds=63)
    assert pace.repetitions == 12
    answers(pace, 0.01)
    assert pace.repetitions == 13


def test_a_size_only_shrinks_by_evidence_and_never_to_nothing():
    pace = Pace()
    pace.shrink(6)
    pace.shrink(12)
    assert pace.repetitions == 6
    pace.shrink(0)
    assert pace.repetitions == 1


def test_a_controller_above_70_percent_halves_the_budget():
    pace = Pace(Budget(100))
    pace.load(0.69)
    assert pace.budget.per_second == 100
    pace.load(0.71)
    assert pace.budget.per_second == 50


@pytest.mark.parametrize("service_s", [0.005, 0.008, 0.02])
def test_an_agent_that_tells_its_load_stays_under_70_percent_and_is_not_starved(service_s):
    pace, background, loads = Pace(Budget(100)), 0.2, []
    for _poll in range(120):
        loads.append(background + pace.budget.per_second * service_s)
        answers(pace, service_s, rounds=20)
        pace.load(loads[-1])
    assert max(loads[3:]) <= 0.7
    assert min(loads[60:]) >= 0.4


@pytest.mark.parametrize("service_s", [0.008, 0.02])
def test_an_agent_that_only_slows_down_stays_under_70_percent(service_s):
    """One server with a queue: the round trip is service ÷ (1 - load); each poll begins with the agent idle."""
    pace, loads = Pace(Budget(100)), []
    for _poll in range(40):
        pace.answered(service_s)
        for _answer in range(960):
            loads.append(min(pace.budget.per_second * service_s, 0.95))
            pace.answered(service_s / (1 - loads[-1]))
    assert 0.3 <= sum(loads) / len(loads) <= 0.7
