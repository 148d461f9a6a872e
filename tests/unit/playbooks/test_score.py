"""From verdicts to items, from items to the result by the rule of 2025."""

from dataclasses import replace
from datetime import date

import pytest

from playbooks.check import CHECKS
from playbooks.judge import Verdict, judge_all
from playbooks.score import Met, Result, Statement, item_results, joined, score

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("out", "met", "partly", "unmet", "hazards", "rate", "result"),
    [
        (10, 152, 10, 6, 0, 90.48, Result.MEETS),
        (10, 152, 10, 6, 1, 90.48, Result.BASICALLY_MEETS),
        (10, 151, 11, 6, 0, 89.88, Result.BASICALLY_MEETS),
        (0, 80, 30, 25, 3, 59.26, Result.FAILS),
        (0, 81, 30, 24, 3, 60.00, Result.BASICALLY_MEETS),
        (0, 90, 0, 10, 0, 90.00, Result.MEETS),
    ],
)
def test_the_result_by_the_rule_of_2025(out, met, partly, unmet, hazards, rate, result):
    items = [Met.NOT_APPLICABLE] * out + [Met.MET] * met + [Met.PARTLY] * partly + [Met.UNMET] * unmet
    told = score(items, hazards)
    assert round(told.strict * 100, 2) == rate
    assert told.result is result
    assert told.lenient == (met + partly / 2) / (met + partly + unmet)


def test_while_an_item_is_pending_there_is_no_rate_only_a_least_one():
    told = score([Met.MET] * 9 + [Met.PENDING])
    assert (told.strict, told.lenient, told.result) == (None, None, None)
    assert told.least == 0.9


def test_where_nothing_applies_there_is_no_rate():
    told = score([Met.NOT_APPLICABLE])
    assert (told.strict, told.least, told.result) == (None, None, None)


@pytest.mark.parametrize(
    ("voices", "together"),
    [
        ([Met.MET, Met.MET], Met.MET),
        ([Met.UNMET, Met.UNMET], Met.UNMET),
        ([Met.MET, Met.UNMET], Met.PARTLY),
        ([Met.PARTLY, Met.MET], Met.PARTLY),
        ([Met.MET, Met.NOT_APPLICABLE], Met.MET),
        ([Met.NOT_APPLICABLE], Met.NOT_APPLICABLE),
        ([Met.MET, Met.PENDING], Met.PENDING),
        ([], Met.PENDING),
    ],
)
def test_voices_are_joined(voices, together):
    assert joined(voices) is together


@pytest.fixture(scope="module")
def passing(baseline, read_case):
    """A VRP device on which every check passes."""
    facts = read_case(CHECKS / "vrp-password/tests/vrp-vrp5.pass.cfg")[1]
    return [replace(one, verdict=Verdict.PASS) for one in judge_all(baseline, facts, (), DAY) if one.expected]


def _states(baseline, findings, **statements):
    given = {name: _stated(name, met) for name, met in statements.items()}
    return {one.item: one.met for one in item_results(baseline, findings, given)}


def _stated(item: str, met: Met) -> Statement:
    return Statement(item, met, "duty officer", DAY, "record.pdf", "0" * 64)


def test_checks_alone_decide_an_item_that_machines_can_tell(baseline, passing):
    assert _states(baseline, passing)["7.1.4.1.b"] is Met.MET


def test_one_failing_check_of_several_is_partly(baseline, passing):
    failing = [replace(one, verdict=Verdict.FAIL) if one.check == "vrp-idle" else one for one in passing]
    assert _states(baseline, failing)["7.1.4.1.b"] is Met.PARTLY


def test_a_check_that_could_not_read_leaves_the_item_pending(baseline, passing):
    unread = [replace(one, verdict=Verdict.ERROR) if one.check == "vrp-idle" else one for one in passing]
    assert _states(baseline, unread)["7.1.4.1.b"] is Met.PENDING


def test_a_second_object_that_fails_makes_it_partly(baseline, passing):
    second = [replace(one, object="sw2", verdict=Verdict.FAIL) for one in passing]
    assert _states(baseline, [*passing, *second])["7.1.4.1.b"] is Met.PARTLY


def test_an_item_of_people_is_pending_until_somebody_states_it(baseline, passing):
    assert _states(baseline, passing)["7.1.1.2"] is Met.PENDING
    assert _states(baseline, passing, **{"7.1.1.2": Met.MET})["7.1.1.2"] is Met.MET


def test_a_partial_item_needs_the_person_beside_the_machine(baseline, passing):
    item = "7.1.4.2.c"
    assert _states(baseline, passing)[item] is Met.PENDING
    assert _states(baseline, passing, **{item: Met.MET})[item] is Met.MET
    assert _states(baseline, passing, **{item: Met.UNMET})[item] is Met.PARTLY


def test_nobody_can_state_a_failure_away(baseline, passing):
    failing = [replace(one, verdict=Verdict.FAIL) for one in passing]
    assert _states(baseline, failing, **{"7.1.4.2.c": Met.MET})["7.1.4.2.c"] is Met.PARTLY
    assert _states(baseline, failing, **{"7.1.4.1.b": Met.NOT_APPLICABLE})["7.1.4.1.b"] is Met.UNMET


def test_a_platform_without_a_check_leaves_its_items_pending(baseline, passing):
    stranger = [replace(passing[0], object="kc", platform="keycloak", clauses=("7.1.4.10.a",), verdict=Verdict.MANUAL)]
    assert _states(baseline, [*passing, *stranger])["7.1.4.1.b"] is Met.PENDING


def test_a_waiver_changes_no_item(baseline, passing):
    failing = [replace(one, verdict=Verdict.FAIL) for one in passing]
    waived = [replace(one, waiver=object()) for one in failing]
    assert _states(baseline, failing) == _states(baseline, waived)
