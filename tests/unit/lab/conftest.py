from datetime import UTC, datetime, timedelta

import pytest

from lab.agent import tables
from lab.faults import FaultKind, Outages, outage
from lab.mib import Snapshot
from lab.model import Moment
from lab.plan import plan

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def noon():
    """A Monday, 12:00 on the campus."""
    return NOON


@pytest.fixture
def campus():
    return plan(1)


@pytest.fixture
def broken(campus):
    """Give outages from (kind, target, minutes before noon, minutes long or None, SNMP alone)."""

    def make(*faults):
        outages = Outages()
        for kind, target, ago, lasted, *snmp_only in faults:
            since = NOON - timedelta(minutes=ago)
            outages = outages.adding(outage(campus, FaultKind(kind), target, since, snmp_only=bool(snmp_only)))
            if lasted is not None:
                outages = outages.clearing(since + timedelta(minutes=lasted), outages.spans[-1].target)
        return outages

    return make


@pytest.fixture
def look(campus):
    """Give one device's MIB at noon (plus seconds) under outages."""

    def make(device_id, outages=None, seconds=0, seed=1):
        at = NOON + timedelta(seconds=seconds)
        device = campus.device(device_id)
        return Snapshot(tables(device), Moment(plan(seed), outages or Outages(), at), device, {})

    return make
