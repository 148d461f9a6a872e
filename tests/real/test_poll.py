"""Does the poll loop get real answers from agents on loopback into a real store?"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from campus import catalogue
from campus.errors import NotFound
from campus.store.sqlite import SqliteStore
from collectors import reach
from collectors.agent import Agent, Manner, SnmpCollector
from collectors.batches import Target
from collectors.poll import Plan, Poller, Rim
from collectors.snmp import credential
from collectors.snmp.credential import Limits
from inventory import profile
from inventory.profile_language import Tier
from tests.snmp_agents import Mib

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TIERS = {Tier.STATE: MINUTE, Tier.COUNTERS: 5 * MINUTE, Tier.NAMES: timedelta(hours=6)}
IMPATIENT = Limits(timeout_s=0.2, retries=0)
SECOND = timedelta(seconds=1)


def switch(*ports):
    """Cells of a switch with ports of these names."""
    cells = [("1.3.6.1.2.1.1.1.0", 4, b"a switch"), ("1.3.6.1.2.1.1.3.0", 0x43, 4200), ("1.3.6.1.2.1.1.5.0", 4, b"sw")]
    for number, name in enumerate(ports, 1):
        cells += [
            (f"1.3.6.1.2.1.2.2.1.2.{number}", 4, name.encode()),
            (f"1.3.6.1.2.1.2.2.1.8.{number}", 2, 1),
            (f"1.3.6.1.2.1.31.1.1.1.1.{number}", 4, name.encode()),
        ]
    return cells


@pytest.fixture(scope="module")
def profiles():
    return profile.load()


@pytest.fixture
def collector(profiles):
    """Give ``collector(agent, …)``: asks these agents as ``sw-1``, ``sw-2``, …"""

    def make(*agents, profile="auto", tiers=TIERS):
        known = [
            Agent(credential.Target(f"sw-{number}", host, credential.Community("2c", "public"), port), profile)
            for number, (host, port) in enumerate(agents, 1)
        ]
        return SnmpCollector(known, profiles, Manner(tiers, IMPATIENT))

    return make


def ports(result):
    return {one.entity.id for one in result.measurements if one.entity.kind == "port"}


async def test_names_are_read_once_and_known_in_every_poll(replay_agent, collector):
    agent = replay_agent(switch("GigabitEthernet1/0/1", "GigabitEthernet1/0/2"))
    snmp = collector(agent)
    first = await snmp.collect("sw-1", NOON)
    asked = agent.requests
    second = await snmp.collect("sw-1", NOON + MINUTE)
    assert ports(first) == ports(second) == {"GigabitEthernet1/0/1", "GigabitEthernet1/0/2"}
    assert agent.requests - asked < asked / 2


async def test_what_shows_up_between_two_readings_of_the_names_waits_for_its_name(udp_agent, collector):
    mib = {"now": Mib(switch("Gi1"))}

    def answer(data):
        return mib["now"].answer(data)

    snmp = collector(udp_agent(answer))
    await snmp.collect("sw-1", NOON)
    await snmp.collect("sw-1", NOON + MINUTE)
    mib["now"] = Mib(switch("Gi1", "Gi2"))
    assert ports(await snmp.collect("sw-1", NOON + 2 * MINUTE)) == {"Gi1"}
    assert ports(await snmp.collect("sw-1", NOON + 3 * MINUTE)) == {"Gi1", "Gi2"}
    assert ports(await snmp.collect("sw-1", NOON + 4 * MINUTE)) == {"Gi1", "Gi2"}


async def test_a_failed_device_is_a_value(replay_agent, collector):
    silent, gone = replay_agent(switch()), replay_agent(switch())
    silent.silent = True
    closed = tuple(gone)
    gone.close()
    snmp = collector(silent, closed, ("255.255.255.255", 161))
    problems = [(await snmp.collect(f"sw-{number}", NOON)).problem for number in (1, 2, 3)]
    assert [problem and problem.kind for problem in problems] == ["DeviceSilent", "DeviceRefused", "DeviceSilent"]
    assert not any("public" in problem.detail for problem in problems)


async def test_a_device_that_was_silent_is_recognised_anew(replay_agent, collector):
    agent = replay_agent(switch("Gi1"))
    snmp = collector(agent)
    await snmp.collect("sw-1", NOON)
    agent.silent = True
    assert (await snmp.collect("sw-1", NOON + MINUTE)).problem
    agent.silent = False
    back = await snmp.collect("sw-1", NOON + 2 * MINUTE)
    assert (back.problem, back.profile, ports(back)) == (None, "standard_switch", {"Gi1"})


async def test_a_profile_that_is_named_is_the_only_one_tried(replay_agent, collector):
    agent = replay_agent(switch("Gi1"))
    result = await collector(agent, profile="h3c_comware_ac").collect("sw-1", NOON)
    assert (result.profile, result.measurements) == ("", ())
    assert result.gaps
    with pytest.raises(NotFound, match="standard_switch"):
        collector(agent, profile="no_such_profile")


async def test_a_silent_device_costs_the_others_nothing(replay_agent, collector, tmp_path):
    """Real agents, a real store, one slot: by the time that a device was read five times, each other one was too."""
    agents = [replay_agent(switch(f"Gi{number}")) for number in range(1, 7)]
    for agent in agents[:3]:
        agent.silent = True
    words, enough = catalogue.load(), asyncio.Event()
    asked = dict.fromkeys([f"sw-{number}" for number in range(1, 7)], 0)
    targets = tuple(Target(name, "switch", "127.0.0.1") for name in asked)
    async with SqliteStore(tmp_path, words, writer=True) as store:

        async def write(batch):
            await store.write(batch)
            if batch.source in asked:
                asked[batch.source] += 1
            if max(asked.values()) == 5:
                enough.set()

        rim = Rim(collector(*agents, tiers={Tier.STATE: SECOND}), reach.NoEchoes(), write, lambda: datetime.now(UTC))
        poller = Poller(Plan(targets, period=SECOND, reasks=(), concurrency=1), rim, words)
        polling = asyncio.create_task(poller.run())
        await asyncio.wait_for(enough.wait(), 60)
        polling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await polling
        told = {row.entity.id: row.values["reach.up"] for row in await store.latest("reach")}
        up = {row.entity.id: row.values["switch.up"] for row in await store.latest("switch")}
        seen = {row.entity.id for row in await store.latest("port")}
    assert told == {f"sw-{number}/snmp": float(number > 3) for number in range(1, 7)}
    assert up == {"sw-4": 1.0, "sw-5": 1.0, "sw-6": 1.0}
    assert seen == {f"sw-{number}/Gi{number}" for number in (4, 5, 6)}
    assert [asked[f"sw-{number}"] for number in (1, 2, 3)] == [0, 0, 0]
    assert {asked[f"sw-{number}"] for number in (4, 5, 6)} <= {4, 5}
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
