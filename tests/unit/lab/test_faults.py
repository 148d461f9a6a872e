from datetime import timedelta

import pytest

from campus.errors import NotFound
from lab.faults import FaultKind, Outages, outage


def test_a_fault_is_for_its_own_kind_of_target(campus, noon):
    with pytest.raises(NotFound, match="of kind host"):
        outage(campus, FaultKind.AC_SILENT, "host-1", noon)
    with pytest.raises(NotFound, match="no access point"):
        outage(campus, FaultKind.AP_DOWN, "ac-2", noon)
    with pytest.raises(NotFound, match="ac-1a"):
        outage(campus, FaultKind.AC_SILENT, "ac-9", noon)


def test_an_access_point_that_is_only_planned_cannot_break(campus, noon):
    with pytest.raises(NotFound):
        outage(campus, FaultKind.AP_DOWN, "TYG-F1-01", noon)


def test_an_outage_holds_from_its_first_instant_until_before_its_end(broken, noon):
    outages = broken(("ac-silent", "ac-2", 10, 4))
    ends = noon - timedelta(minutes=10), noon - timedelta(minutes=6)
    assert [outages.down("ac-2", end) for end in ends] == [True, False]


def test_silence_on_snmp_alone_is_not_being_down(broken, noon):
    outages = broken(("ac-silent", "ac-2", 10, None, "snmp only"))
    assert (outages.mute("ac-2", noon), outages.down("ac-2", noon)) == (True, False)
    assert outages.edges(["ac-2"]) == []


def test_clearing_one_target_leaves_the_others_broken(broken, noon):
    outages = broken(("ac-silent", "ac-2", 10, None), ("switch-down", "sw-tsg", 5, None)).clearing(noon, "ac-2")
    assert (outages.down("ac-2", noon), outages.down("sw-tsg", noon)) == (False, True)


def test_overlapping_outages_are_one_silence(broken, noon):
    outages = broken(("ac-silent", "ac-2", 30, 20), ("ac-silent", "ac-2", 20, 15), ("ac-silent", "ac-2", 2, None))
    spans = outages.silences(["ac-2"], noon)
    assert sum((end - start for start, end in spans), timedelta()) == timedelta(minutes=27)


def test_no_outage_no_silence(noon):
    assert Outages().silences(["ac-2"], noon) == []
