"""Is no controller asked that must not be, and none too often?"""

from itertools import pairwise

import pytest

from collectors.capwap.codec import decode
from collectors.capwap.consent import Controller, ProbeRefusedError, must_not_repeat, refused, require
from collectors.capwap.pace import LONGEST_S, PATIENT_ROUNDS, PER_SECOND, PERIOD_S, Pace
from tests.capwap_vectors import VECTORS

RICH = VECTORS["V4 rich response"]


@pytest.mark.parametrize(
    "controller",
    [
        Controller("ac-1", "10.1.0.2", opted_in=True),
        Controller("ac-1", "2001:db8::2", opted_in=True),
        Controller("ac-1", "127.0.0.1"),
        Controller("ac-1", "::1"),
    ],
)
def test_who_opted_in_and_loopback_may_be_asked(controller):
    assert require(controller) is None


@pytest.mark.parametrize(
    ("controller", "why"),
    [
        (Controller("ac-1", "10.1.0.2"), "capwap_probe: true"),
        (Controller("ac-1", "255.255.255.255", opted_in=True), "unicast"),
        (Controller("ac-1", "224.0.1.140", opted_in=True), "unicast"),
        (Controller("ac-1", "ff02::18c", opted_in=True), "unicast"),
        (Controller("ac-1", "0.0.0.0", opted_in=True), "unicast"),
        (Controller("ac-1", "ac.example", opted_in=True), "no IP address"),
        (Controller("ac-1", "10.1.0.2", opted_in=True, profile="fortinet_ac"), "never probed"),
        (Controller("ac-1", "127.0.0.1", profile="fortinet"), "never probed"),
    ],
)
def test_others_are_refused(controller, why):
    with pytest.raises(ProbeRefusedError, match=why):
        require(controller)


def test_an_answer_of_a_refused_vendor_is_the_last_one_asked_for():
    vendor = refused()[0].enterprise.to_bytes(4, "big")
    theirs = decode(RICH.octets.replace((25506).to_bytes(4, "big"), vendor))
    assert must_not_repeat(theirs) == refused()[0].why
    assert must_not_repeat(RICH.message) is None


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────


def asked_at(pace, device_id, until_s, *, answered, step_s=1.0):
    """Try each second; give the seconds in which it was the device's turn."""
    turns, now_s = [], 0.0
    while now_s < until_s:
        if pace.take(device_id, now_s):
            turns.append(now_s)
            pace.tell(device_id, answered=answered, now_s=now_s)
        now_s += step_s
    return turns


def gaps(turns):
    return [later - earlier for earlier, later in pairwise(turns)]


def test_an_answering_controller_is_asked_once_a_minute():
    assert set(gaps(asked_at(Pace(lambda: 0.0), "ac-1", 600, answered=True))) == {PERIOD_S}


def test_chance_only_makes_it_later():
    assert set(gaps(asked_at(Pace(lambda: 1.0), "ac-1", 600, answered=True))) == {66.0}


def test_a_silent_controller_is_asked_ever_more_seldom():
    found = gaps(asked_at(Pace(lambda: 0.0), "ac-1", 20000, answered=False))
    assert found[: PATIENT_ROUNDS - 1] == [PERIOD_S] * (PATIENT_ROUNDS - 1)
    assert found[PATIENT_ROUNDS - 1 : PATIENT_ROUNDS + 4] == [120, 240, 480, LONGEST_S, LONGEST_S]


def test_one_answer_brings_the_usual_pace_back():
    pace = Pace(lambda: 0.0)
    asked_at(pace, "ac-1", 20000, answered=False)
    pace.tell("ac-1", answered=True, now_s=20000.0)
    assert not pace.take("ac-1", 20059.0)
    assert pace.take("ac-1", 20060.0)


def test_many_controllers_share_a_few_probes_a_second():
    pace = Pace(lambda: 0.0)
    first = sum(pace.take(f"ac-{number}", 100.0) for number in range(50))
    later = sum(pace.take(f"ac-{number}", 101.0) for number in range(50))
    assert (first, later) == (PER_SECOND, PER_SECOND)
