"""The collectors and the lab share no line of code; here the one reads what the other tells."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from collectors.snmp.collect import DevicePoll
from collectors.snmp.credential import Community, Limits, Target
from collectors.snmp.engine import open_session
from collectors.snmp.fetch import ALL_TIERS, Ask
from inventory import profile
from lab.faults import FaultKind
from lab.model import TAKEOVER
from lab.world import start

DEVICES = Ask(ALL_TIERS)
PEOPLE = Ask(ALL_TIERS, frozenset({"station"}))
LATER = timedelta(minutes=5)


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def lab(tmp_path, clock):
    async with start(tmp_path, mode="loopback", clock=clock) as lab:
        yield lab


@pytest.fixture
def poll(lab, clock):
    """Give ``poll(device)``: what the collectors make of a device now, remembering the poll before."""
    profiles, polls = profile.load(), {}

    async def ask(device, wanted=DEVICES):
        address, port = lab.address(device)
        polls.setdefault(device, DevicePoll(device, profiles))
        target = Target(device, address, Community("2c", "lab"), port)
        session = open_session(target, Limits(timeout_s=0.3, retries=0))
        return await polls[device].poll(session, wanted, clock())

    return ask


def values(result, kind, name):
    return [m.values[name] for m in result.measurements if m.entity.kind == kind and name in m.values]


@pytest.mark.parametrize(
    ("device", "variant", "counts"),
    [
        ("ac-1a", "comware7", {"ac": 1, "ap": 36, "radio": 72, "port": 2}),
        ("ac-1b", "comware7", {"ac": 1, "ap": 36, "port": 2}),
        ("ac-2", "comware5", {"ac": 1, "ap": 24, "radio": 48, "port": 2}),
        ("sw-tsg", "", {"switch": 1, "port": 28}),
        ("host-1", "", {"host": 1, "port": 2, "volume": 3}),
    ],
)
async def test_the_collectors_find_what_stands_on_the_lab_campus(poll, device, variant, counts):
    result = await poll(device)
    found = Counter(measurement.entity.kind for measurement in result.measurements)
    assert (result.problem, result.variant, found) == (None, variant, counts)


async def test_stations_are_those_that_the_model_seats(lab, poll):
    result = await poll("ac-2", PEOPLE)
    seated = {station.mac.hex(":") for station in lab.moment().stations(lab.plan.device("ac-2"))}
    assert {m.entity.id for m in result.measurements if m.entity.kind == "station"} == seated
    assert values(result, "ac", "ac.stations") == [len(seated)]


async def test_a_takeover_moves_all_access_points_of_the_pair(lab, poll, clock):
    assert sum(values(await poll("ac-1a"), "ap", "ap.up")) == 36
    await lab.fault(FaultKind.AC_SILENT, "ac-1a")
    clock.now += TAKEOVER
    assert (await poll("ac-1a")).problem.kind == "DeviceSilent"
    assert sum(values(await poll("ac-1b"), "ap", "ap.up")) == 36


async def test_an_access_point_that_went_down_is_down_with_its_name(lab, poll):
    await lab.fault(FaultKind.AP_DOWN, "SX1-F3-04")
    down = [m for m in (await poll("ac-1a")).measurements if m.values.get("ap.up") == 0]
    assert [m.facts["name"] for m in down] == ["SX1-F3-04"]


async def test_rates_are_those_by_which_the_model_counts(lab, poll, clock):
    first, before = await poll("sw-tsg"), lab.moment()
    clock.now += LATER
    second, after = await poll("sw-tsg"), lab.moment()
    grown = (after.count(1.2e7, "library") - before.count(1.2e7, "library")) * 8 / LATER.total_seconds()
    rates = {m.facts["name"]: m.values.get("port.out_bps") for m in second.measurements if m.entity.kind == "port"}
    assert values(first, "port", "port.out_bps") == []
    assert rates["Ten-GigabitEthernet1/0/28"] == pytest.approx(grown)


async def test_one_changed_cell_is_one_changed_measurement(lab, poll):
    before = await poll("ac-2")
    lab.override("ac-2", "1.3.6.1.4.1.2011.10.2.75.1.1.2.1.0", 7)
    after = await poll("ac-2")
    changed = [
        (new.entity.kind, name, value)
        for old, new in zip(before.measurements, after.measurements, strict=True)
        for name, value in new.values.items()
        if name in old.values and old.values[name] != value
    ]
    assert changed == [("ac", "ac.aps_up", 7)]
