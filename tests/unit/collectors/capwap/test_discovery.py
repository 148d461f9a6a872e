"""What does a probe say of itself, and what is made of an answer?"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campus.model import Entity
from collectors.capwap.codec import ControlMessage, decode, encode
from collectors.capwap.discovery import (
    CAP,
    PROBE,
    Agreement,
    Counts,
    Outcome,
    State,
    answers,
    cross_check,
    measurement,
    request,
    service,
)
from collectors.capwap.elements import type_of
from collectors.capwap.shapes import AC_HARDWARE, AC_SOFTWARE, AcName, RawElement
from tests.capwap_vectors import VECTORS

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
RICH, ACTUBE = VECTORS["V4 rich response"].message, VECTORS["V6 answer of actube"].message
OPENCAPWAP = VECTORS["V5 answer of openCAPWAP"].message


def test_a_request_is_whole_small_and_asks_for_nothing_more():
    octets = encode(request(PROBE, 9))
    message = decode(octets)
    assert (message.kind, message.sequence, message.anomalies) == (1, 9, ())
    assert [type_of(one) for one in message.elements] == [20, 38, 39, 41, 44, 1048]
    assert len(octets) < 500


def test_the_probe_has_a_mac_that_no_vendor_gave():
    assert PROBE.mac[0] & 0b11 == 0b10
    assert PROBE.mac in encode(request(PROBE, 0))
    assert PROBE.serial in encode(request(PROBE, 0))


def test_a_rich_answer_is_read():
    told = service(RICH)
    assert (told.name, told.radios) == ("教学楼AC-1", 2)
    assert told.addresses == ("192.0.2.10", "192.0.2.11", "2001:db8::10")
    assert (told.version(AC_HARDWARE), told.version(AC_SOFTWARE)) == ("WX3540X", "7.1.064")


def test_a_version_that_is_no_text_is_shown_in_hexadecimal():
    assert service(OPENCAPWAP).version(AC_HARDWARE) == "0012dac8"


def test_what_an_answer_does_not_say_is_unknown():
    told = service(ControlMessage(2, 1, (AcName(b"AC"),)))
    assert (told.load, told.addresses, told.version(AC_SOFTWARE)) == (None, (), None)


def test_an_answer_becomes_a_measurement():
    found = measurement("ac-1", Outcome(State.ANSWERING, 0.004, RICH), AT)
    assert found.entity == Entity("ac", "ac-1")
    assert found.values == {"ac.capwap_rtt_s": 0.004, "ac.capwap_stations": 1234, "ac.capwap_wtps": 187}


def test_an_answer_without_a_descriptor_tells_its_round_trip_alone():
    bare = replace(RICH, elements=(RawElement(1, b""), AcName(b"AC")))
    assert measurement("ac-1", Outcome(State.ANSWERING, 0.004, bare), AT).values == {"ac.capwap_rtt_s": 0.004}


@pytest.mark.parametrize("state", [State.SILENT, State.UNREACHABLE, State.MALFORMED])
def test_no_answer_is_no_measurement(state):
    assert measurement("ac-1", Outcome(state), AT) is None


@pytest.mark.parametrize(
    ("message", "useful"),
    [
        (ACTUBE, True),
        (VECTORS["V1 request"].message, False),
        (replace(RICH, kind=20), False),
        (replace(RICH, elements=()), False),
    ],
)
def test_only_a_discovery_response_with_content_answers(message, useful):
    assert answers(message) is useful


# ── cross-check ──────────────────────────────────────────────────────────────────────────────────────────────

SAME, CLOSE, APART, UNHEARD = Counts(100, 100), Counts(95, 100), Counts(94, 100), Counts(None, 100)


@pytest.mark.parametrize(
    ("rounds", "judged"),
    [
        ([SAME] * 3, Agreement.AGREE),
        ([CLOSE] * 3, Agreement.AGREE),
        ([APART] * 3, Agreement.DIFFER),
        ([SAME, APART, APART, APART], Agreement.DIFFER),
        ([APART, APART, SAME], Agreement.AGREE),
        ([APART, APART], Agreement.UNKNOWN),
        ([APART, UNHEARD, APART], Agreement.UNKNOWN),
        ([APART, APART, APART, UNHEARD], Agreement.UNKNOWN),
        ([UNHEARD] * 3, Agreement.UNKNOWN),
        ([], Agreement.UNKNOWN),
        ([Counts(0, 0)] * 3, Agreement.AGREE),
        ([Counts(2, 0)] * 3, Agreement.DIFFER),
        ([Counts(CAP, 90000)] * 3, Agreement.AGREE),
        ([Counts(CAP, 100)] * 3, Agreement.DIFFER),
    ],
)
def test_two_counts_differ_once_they_did_for_three_rounds(rounds, judged):
    assert cross_check(rounds) is judged
