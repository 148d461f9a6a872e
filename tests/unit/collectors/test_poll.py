"""Does the poll loop keep its promises? Played through in simulated time: hours pass while nothing waits."""

import asyncio
import logging
import selectors
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from campus import catalogue
from campus.errors import ServiceError
from campus.model import Batch, Entity, Measurement, PollResult, Problem
from collectors.batches import SOURCE, Target
from collectors.echo import Echo
from collectors.poll import Plan, Poller, Rim
from collectors.schedule import jitter

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CATALOGUE = catalogue.load()
SILENT = Problem("DeviceSilent", "no answer")


class SimulatedTime(selectors.DefaultSelector):
    """Instead of waiting for the next timer, lets that much time pass."""

    elapsed_s = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("nothing is ever going to happen any more")
        self.elapsed_s += max(timeout, 0)
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.simulated = SimulatedTime()
        super().__init__(self.simulated)

    def time(self):
        return self.simulated.elapsed_s


def now():
    return NOON + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass
class Campus:
    """Devices that answer in ``takes_s`` or are silent from when to when; they note each asking."""

    takes_s: float = 0.1
    silent: dict = field(default_factory=dict)  # device → list of (from, to) in seconds since noon
    unreachable: dict = field(default_factory=dict)  # address → the same, for echoes
    slow: dict = field(default_factory=dict)  # device → seconds
    broken: set = field(default_factory=set)
    gaps: dict = field(default_factory=dict)
    echoes: bool = True
    name: str = "icmp"
    asked: list = field(default_factory=list)  # (seconds since noon, device)
    in_flight: int = 0
    most_in_flight: int = 0

    async def collect(self, device_id, now):
        began = asyncio.get_running_loop().time()
        self.asked.append((began, device_id))
        self.in_flight += 1
        self.most_in_flight = max(self.in_flight, self.most_in_flight)
        try:
            return await self._answer(device_id, now, began)
        finally:
            self.in_flight -= 1

    async def _answer(self, device_id, now, began):
        if device_id in self.broken:
            raise ZeroDivisionError("community s3cret")
        if _during(self.silent.get(device_id, ()), began):
            await asyncio.sleep(3)
            return PollResult(device_id, now, 3, problem=SILENT)
        await asyncio.sleep(self.slow.get(device_id, self.takes_s))
        own = Measurement(Entity("host", device_id), now, {"host.load1": 0.5})
        port = Measurement(Entity("port", "eth0"), now, {"port.up": 1})
        return PollResult(device_id, now, 0.1, measurements=(own, port), gaps=self.gaps.get(device_id, ()))

    async def ask(self, addresses):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.3)
        answers = {one: not _during(self.unreachable.get(one, ()), began) for one in addresses}
        return {one: Echo(3, (0.001,) * 3 if up else ()) for one, up in answers.items()} if self.echoes else {}


def _during(spans, moment):
    return any(start <= moment < end for start, end in spans)


class Store:
    """Keeps batches in a list; refuses them ``full`` seconds after noon."""

    def __init__(self, full=()):
        self.batches: list[Batch] = []
        self.full = full

    async def write(self, batch):
        if _during(self.full, asyncio.get_running_loop().time()):
            raise ServiceError("the disk is full")
        self.batches.append(batch)

    def told(self, entity_id, metric="reach.up"):
        """The value that was told of each minute; a store keeps the first."""
        told = {}
        for one in (one for batch in self.batches for one in batch.measurements if one.entity.id == entity_id):
            if metric in one.values:
                told.setdefault((one.at - NOON) // MINUTE, one.values[metric])
        return told


def devices(*names):
    return tuple(Target(name, "host", f"192.0.2.{number}") for number, name in enumerate(names, 1))


def play(campus, minutes, *targets, store=None, before_end=None, **plan):
    """Poll for so many minutes; give the store and the poller."""
    store = store or Store()
    poller = Poller(Plan(targets, **plan), Rim(campus, campus, store.write, now), CATALOGUE)

    async def story():
        running = asyncio.create_task(poller.run())
        await asyncio.sleep(minutes * 60 - 0.5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        runner.run(story())
    return store, poller


NAMES = [f"host-{number}" for number in range(40)]


def test_each_device_is_asked_once_in_each_minute():
    campus = Campus()
    _, poller = play(campus, 30, *devices(*NAMES))
    assert Counter(device for _, device in campus.asked) == dict.fromkeys(NAMES, 30)
    assert {int(at // 60) for at, device in campus.asked if device == "host-7"} == set(range(30))
    stats = poller.stats()
    assert (stats.cycles, stats.skipped, stats.slow_skipped, stats.unwritten) == (30, 0, 0, 0)
    assert {one.result.device_id for one in stats.standings if one.answered} == set(NAMES)


def test_a_device_keeps_its_place_in_the_minute():
    campus = Campus()
    play(campus, 5, *devices(*NAMES))
    for at, device in campus.asked:
        assert at % 60 == pytest.approx(jitter(device, timedelta(seconds=10)).total_seconds(), abs=1e-3)


def test_readings_bear_the_start_of_their_minute_and_stand_for_it():
    store, _ = play(Campus(), 3, *devices("host-1"))
    assert {batch.holds for batch in store.batches} == {MINUTE}
    assert {one.at for batch in store.batches for one in batch.measurements} == {NOON + n * MINUTE for n in range(3)}


def test_what_a_device_told_is_kept_under_its_name_and_what_we_witnessed_under_ours():
    store, _ = play(Campus(), 1, *devices("host-1"))
    own, ours = store.batches
    assert own.source == "host-1"
    assert {str(one.entity): one.values for one in own.measurements} == {
        "host:host-1": {"host.load1": 0.5, "host.up": 1.0},
        "port:host-1/eth0": {"port.up": 1},
    }
    assert ours.source == SOURCE
    assert {one.entity.id: (one.values, one.facts) for one in ours.measurements} == {
        "host-1/snmp": ({"reach.up": 1.0}, {"target": "host-1", "witness": "snmp"}),
        "host-1/icmp": (
            {"reach.up": 1.0, "reach.loss_ratio": 0.0, "reach.rtt_s": 0.001},
            {"target": "host-1", "witness": "icmp"},
        ),
    }


def test_a_device_that_misses_is_asked_again_after_5_15_and_30_seconds_with_an_echo_beside():
    campus = Campus(silent={"host-1": [(0, 60)]}, unreachable={"192.0.2.1": [(0, 60)]})
    store, _ = play(campus, 1, *devices("host-1"))
    moments = [at for at, _ in campus.asked]
    missed = moments[0] + 3
    assert [round(at - missed, 3) for at in moments] == [-3, 5, 15, 30]
    assert store.told("host-1/snmp") == {0: 0.0}
    assert store.told("host-1/icmp") == {0: 0.0}
    assert store.told("host-1/icmp", "reach.loss_ratio") == {0: 1.0}


def test_the_reading_of_a_minute_is_the_first_that_answers():
    first = jitter("host-1", timedelta(seconds=10)).total_seconds()
    campus = Campus(silent={"host-1": [(0, first + 10)]})
    store, poller = play(campus, 1, *devices("host-1"))
    assert store.told("host-1/snmp") == {0: 1.0}
    assert store.told("host-1", "host.up") == {0: 1.0}
    assert len(campus.asked) == 3
    assert poller.stats().standings[0].answered


def test_a_silent_device_is_never_told_to_be_down_by_snmp_alone():
    store, _ = play(Campus(silent={"host-1": [(0, 999)]}), 2, *devices("host-1"))
    assert {batch.source for batch in store.batches} == {SOURCE}
    assert store.told("host-1/snmp") == {0: 0.0, 1: 0.0}
    assert store.told("host-1/icmp") == {0: 1.0, 1: 1.0}


def test_a_device_known_to_be_silent_is_asked_once_a_minute_and_heard_when_it_is_back():
    campus = Campus(silent={"host-1": [(0, 600)]})
    store, poller = play(campus, 20, *devices("host-1"))
    assert Counter(int(at // 60) for at, _ in campus.asked) == {0: 4} | dict.fromkeys(range(1, 20), 1)
    assert store.told("host-1/snmp") == dict.fromkeys(range(10), 0.0) | dict.fromkeys(range(10, 20), 1.0)
    standing = poller.stats().standings[0]
    assert ((standing.since - NOON) // MINUTE, (standing.result.at - NOON) // MINUTE) == (10, 19)
    assert standing.result.measurements == ()


def test_silence_and_return_are_logged_once_each(caplog):
    caplog.set_level(logging.INFO)
    play(Campus(silent={"host-1": [(100, 1000)]}), 30, *devices("host-1", "host-2"))
    assert [record.getMessage() for record in caplog.records] == [
        "device_silent device=host-1 problem=DeviceSilent detail=no answer",
        "device_back device=host-1",
    ]


def test_gaps_are_logged_once_for_each_change(caplog):
    caplog.set_level(logging.INFO)
    play(Campus(gaps={"host-1": ("no answer for the battery",)}), 10, *devices("host-1"))
    assert [record.getMessage() for record in caplog.records] == [
        "device_gaps device=host-1 gaps=no answer for the battery"
    ]


def test_silent_devices_cost_the_others_nothing():
    """More silent devices than all slots together: the answering ones are asked at the very same moments."""
    dead = [f"dead-{number}" for number in range(100)]
    alone, beside = Campus(), Campus(silent={name: [(0, 10**6)] for name in dead})
    play(alone, 10, *devices(*NAMES), concurrency=4)
    play(beside, 10, *devices(*dead, *NAMES), concurrency=4)

    def asked(campus):
        return sorted((one, round(at, 3)) for at, one in campus.asked if one in NAMES and at >= 120)

    assert len(asked(alone)) == 40 * 8
    assert asked(beside) == asked(alone)


def test_no_more_devices_are_asked_at_once_than_there_are_slots():
    campus = Campus(takes_s=8, silent={f"host-{number}": [(0, 900)] for number in range(8)})
    play(campus, 10, *devices(*NAMES), concurrency=5, slow_concurrency=2)
    assert campus.most_in_flight == 7


def test_a_device_that_never_ends_is_cut_off_and_tells_nothing():
    campus = Campus(slow={"host-1": 10**6})
    store, poller = play(campus, 3, *devices("host-1", "host-2"))
    assert store.told("host-1/snmp") == {}
    assert store.told("host-1/icmp") == dict.fromkeys(range(3), 1.0)
    assert store.told("host-2/snmp") == dict.fromkeys(range(3), 1.0)
    problems = {one.result.device_id: one.result.problem for one in poller.stats().standings}
    assert problems == {"host-1": Problem("DeviceSilent", "no complete answer within 30 s"), "host-2": None}


def test_a_bug_that_one_device_uncovers_stops_no_other_and_shows_no_secret(caplog):
    store, poller = play(Campus(broken={"host-1"}), 3, *devices("host-1", "host-2"))
    assert store.told("host-1/snmp") == {}
    assert store.told("host-2/snmp") == dict.fromkeys(range(3), 1.0)
    broken = next(one for one in poller.stats().standings if not one.answered)
    assert broken.result.problem == Problem("Bug", "ZeroDivisionError; the log has more")
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["poll_failed device=host-1"]
    assert not any("s3cret" in record.getMessage() for record in caplog.records)


def test_cycles_never_overlap_and_the_skipped_ones_are_counted():
    campus = Campus(takes_s=25)
    store, poller = play(campus, 60, *devices(*NAMES[:12]), concurrency=2)
    times = Counter(device for _, device in campus.asked)
    assert max(times.values()) - min(times.values()) <= 1, "nobody starves"
    stats = poller.stats()
    assert (stats.cycle_s, stats.cycles) == (150, 3600 // 150 - 1), "the last one is still running"
    assert stats.skipped == 57 - 23, "the last one began in minute 57; 23 others were begun before"
    assert campus.most_in_flight == 2
    for device in NAMES[:12]:
        for at, up in store.told(f"{device}/snmp").items():
            assert up == 1.0
            assert any(one == device and at == int(moment // 60) for moment, one in campus.asked)


def test_a_store_that_refuses_stops_no_polling_and_is_logged_once(caplog):
    store = Store(full=[(60, 300)])
    _, poller = play(Campus(), 10, *devices("host-1"), store=store)
    assert store.told("host-1/snmp") == dict.fromkeys([0, *range(5, 10)], 1.0)
    assert poller.stats().unwritten == 8
    assert [record.getMessage() for record in caplog.records] == ["store_refuses error=the disk is full"]


def test_where_no_echo_can_be_asked_nothing_is_told_of_it():
    store, _ = play(Campus(echoes=False), 2, *devices("host-1"), anchors=("192.0.2.254",))
    assert {one.entity.id for batch in store.batches for one in batch.measurements if one.entity.kind == "reach"} == {
        "host-1/snmp"
    }


def test_anchors_are_asked_in_each_minute():
    store, _ = play(Campus(), 3, *devices("host-1"), anchors=("192.0.2.254",))
    assert store.told("anchor:192.0.2.254/icmp") == dict.fromkeys(range(3), 1.0)


def test_a_collector_cut_off_in_mid_minute_is_told_from_a_dead_device():
    """The anchors answered at the start of the minute; by the time of the misses they no longer did."""
    cut = [(61, 120)]
    campus = Campus(silent={"host-3": cut}, unreachable={"192.0.2.1": cut, "192.0.2.254": cut})
    store, _ = play(campus, 3, *devices("host-3"), anchors=("192.0.2.254",))
    assert store.told("host-3/snmp") == {0: 1.0, 1: 0.0, 2: 1.0}
    assert store.told("anchor:192.0.2.254/icmp") == {0: 1.0, 1: 0.0, 2: 1.0}


def test_nobody_reads_a_miss_before_the_anchors_of_its_minute():
    campus = Campus(silent={"host-1": [(0, 60)]})
    store, _ = play(campus, 1, *devices("host-1", "host-2"), anchors=("192.0.2.254",))
    told = [one.entity.id for batch in store.batches for one in batch.measurements]
    assert told.index("host-2/snmp") < told.index("anchor:192.0.2.254/icmp") < told.index("host-1/snmp")


class Pair(Campus):
    """Two units of an HA group; each tells when it was asked, so that it can be seen which answer was kept."""

    async def _answer(self, device_id, now, began):
        result = await super()._answer(device_id, now, began)
        own = Measurement(Entity("ac", device_id), now, {"ac.aps_up": began})
        return result if result.problem else PollResult(device_id, now, 0.1, measurements=(own,))


PAIR = (Target("ac-1", "ac", "192.0.2.1", "pair"), Target("ac-2", "ac", "192.0.2.2", "pair"))


def test_units_of_a_group_are_asked_at_the_same_moment():
    campus = Pair()
    play(campus, 2, *PAIR)
    first, second, *_ = campus.asked
    assert first[0] == second[0]


def test_what_an_heir_tells_is_kept_from_after_the_other_unit_was_found_silent():
    campus = Pair(silent={"ac-1": [(60, 10_000)]})
    store, _ = play(campus, 4, *PAIR)
    told = store.told("ac-2", "ac.aps_up")
    assert told[0] < 15
    assert told[1] > 60 + 30, "the last re-ask of ac-1 came 30 s after its miss"
    assert told[2] < 2 * 60 + 15, "once it is known to be silent nobody waits for it"
    assert store.told("ac-1/snmp") == {0: 1, 1: 0, 2: 0, 3: 0}


def test_an_heir_that_falls_silent_too_keeps_its_first_answer():
    campus = Pair(silent={"ac-1": [(60, 10_000)], "ac-2": [(80, 110)]})
    store, _ = play(campus, 3, *PAIR)
    assert store.told("ac-2/snmp") == {0: 1, 1: 1, 2: 1}
