"""How does one device fare from poll to poll: detection, tiers, failures, and the JSON that people read?"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from campus.errors import DeviceNonsense, DeviceRefused, DeviceSilent
from campus.model import Entity, Measurement, PollResult, Problem
from collectors.snmp import ber
from collectors.snmp.collect import DevicePoll, poll_json, poll_once
from collectors.snmp.detect import detect
from collectors.snmp.fetch import Ask
from collectors.snmp.recording import RecordedSession
from collectors.snmp.walk import Column, VarBind
from inventory import profile
from inventory.profile import Profiles
from inventory.profile_language import ALL_TIERS, Tier

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATE = Ask(frozenset({Tier.STATE}))
H3C_OLD, H3C_NEW = "1.3.6.1.4.1.2011.10.2.75", "1.3.6.1.4.1.25506.2.75"
SERIAL = "2.115.49"


def cell(oid: str, value: int | str) -> VarBind:
    tag = ber.INTEGER if isinstance(value, int) else ber.OCTET_STRING
    return VarBind(ber.encode_oid(oid), tag, value.encode() if isinstance(value, str) else value)


def switch(uptime: int = 10_000, octets: int = 1000, descr: str = "a switch", oper: int = 1) -> list[VarBind]:
    table, more = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
    return [
        cell("1.3.6.1.2.1.1.1.0", descr),
        cell("1.3.6.1.2.1.1.3.0", uptime),
        cell("1.3.6.1.2.1.1.5.0", "sw"),
        cell(f"{table}.2.7", "port seven"),
        cell(f"{table}.8.7", oper),
        cell(f"{more}.1.7", "Gi0/7"),
        cell(f"{more}.6.7", octets),
        cell(f"{more}.10.7", octets),
        cell(f"{more}.15.7", 1000),
    ]


def controller(arc: str = H3C_OLD) -> list[VarBind]:
    return [
        *switch(),
        cell(f"{arc}.4.3.1.1.2.2.110.49", "s1"),
        cell(f"{arc}.2.1.10.1.7.{SERIAL}", 1),
        cell(f"{arc}.2.1.3.1.5.{SERIAL}.1", 36),
    ]


class Device(RecordedSession):
    """A recording that notes what it was asked, and fails where told."""

    def __init__(self, cells: Sequence[VarBind], silent: Sequence[str] = ()) -> None:
        super().__init__(cells)
        self._silent = silent
        self.asked: list[str] = []

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        self.asked += oids
        if "get" in self._silent:
            raise DeviceSilent("dev", "no answer to GET")
        return await super().get(oids)

    async def walk(self, oid: str) -> Column:
        self.asked.append(oid)
        if "walk" in self._silent or oid in self._silent:
            raise DeviceSilent("dev", "no answer")
        return await super().walk(oid)


class Mute(RecordedSession):
    """A device that gives nothing but ``error``."""

    def __init__(self, error: Exception) -> None:
        super().__init__([])
        self._error = error
        self.questions = 0

    async def get_next(self, oid: str) -> VarBind | None:
        self.questions += 1
        raise self._error


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return profile.load()


async def test_a_profile_that_another_match_extends_is_dropped(profiles) -> None:
    assert [match.profile.name for match in await detect(RecordedSession(controller()), profiles)] == ["h3c_comware_ac"]


@pytest.mark.parametrize(
    ("arc", "variant", "evidence"), [(H3C_OLD, "comware5", "recorded"), (H3C_NEW, "comware7", "derived")]
)
async def test_the_arc_that_answers_names_variant_and_evidence(arc, variant, evidence, profiles) -> None:
    result = await poll_once("ac1", RecordedSession(controller(arc)), profiles, NOON)

    assert (result.profile, result.variant, result.evidence) == ("h3c_comware_ac", variant, evidence)


async def test_a_card_of_one_vendor_in_a_host_is_read_by_both_profiles_and_each_entity_once(profiles) -> None:
    both = [*controller(), cell("1.3.6.1.2.1.25.1.1.0", 500)]

    result = await poll_once("dev", RecordedSession(both), profiles, NOON)

    assert (result.profile, result.profiles) == ("h3c_comware_ac", ("standard_host",))
    entities = [str(m.entity) for m in result.measurements]
    assert sorted(entities) == ["ac:dev", "ap:s1", "host:dev", "port:Gi0/7", "radio:s1/1"]


async def test_a_device_that_nothing_fits_says_where_was_looked(profiles) -> None:
    result = await poll_once("dev", RecordedSession([cell("1.3.6.1.2.1.1.1.0", "?")]), profiles, NOON)

    assert result.problem is None
    assert result.measurements == ()
    assert result.gaps[0].startswith("no profile fits: nothing answers under 1.3.6.1.2.1.2.2.1, ")


@pytest.mark.parametrize("error", [DeviceSilent, DeviceRefused, DeviceNonsense])
async def test_a_device_that_fails_is_a_value(error, profiles) -> None:
    result = await poll_once("dev", Mute(error("dev", "why")), profiles, NOON)

    assert result.problem == Problem(error.__name__, "why")
    assert result.measurements == ()


class Unreachable(RecordedSession):
    """A device to whose address no socket can be opened."""

    async def __aenter__(self):
        raise DeviceSilent("dev", "no such host")


async def test_a_device_whose_address_leads_nowhere_is_a_value(profiles) -> None:
    result = await poll_once("dev", Unreachable([]), profiles, NOON)

    assert result.problem == Problem("DeviceSilent", "no such host")


async def test_a_device_that_is_down_is_asked_one_thing_only(profiles) -> None:
    down = Mute(DeviceSilent("dev", "no answer"))
    await poll_once("dev", down, profiles, NOON)

    assert down.questions == 1


@pytest.mark.parametrize("asked", [True, False])
async def test_stations_are_read_only_when_asked_for(asked, profiles) -> None:
    column, mac = f"{H3C_OLD}.3.1.1.1.6", "2.0.0.0.0.1"
    device = Device([*controller(), cell(f"{column}.{mac}", -60)])
    result = await poll_once("dev", device, profiles, NOON, Ask(optional=frozenset({"station"} if asked else ())))

    assert (column in device.asked) is asked
    assert (Entity("station", "02:00:00:00:00:01") in {m.entity for m in result.measurements}) is asked


async def test_a_column_that_fails_costs_only_itself(profiles) -> None:
    lost = f"{H3C_OLD}.2.1.3.1.5"
    result = await poll_once("dev", Device(controller(), silent=[lost]), profiles, NOON)

    assert result.problem is None
    assert {m.entity.kind for m in result.measurements} == {"ac", "ap", "port"}
    assert f"radio.channel: incomplete: no answer ({lost})" in result.gaps


async def test_a_device_that_answers_no_column_after_detection_is_silent(profiles) -> None:
    result = await poll_once("dev", Device(switch(), silent=["get", "walk"]), profiles, NOON)

    assert result.problem is not None
    assert result.problem.kind == "DeviceSilent"


async def test_only_columns_of_the_asked_tiers_are_read_and_names_are_remembered(profiles) -> None:
    poll = DevicePoll("dev", profiles)
    await poll.poll(Device(switch()), Ask(ALL_TIERS), NOON)
    second = Device(switch(oper=2))
    result = await poll.poll(second, STATE, NOON + timedelta(minutes=1))

    assert second.asked == ["1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.2.2.1.8"]
    port = next(m for m in result.measurements if m.entity.kind == "port")
    assert (port.entity.id, port.values) == ("Gi0/7", {"port.up": 0, "port.speed_bps": 1e9})


async def test_the_first_poll_reads_names_even_if_only_state_is_asked(profiles) -> None:
    result = await DevicePoll("dev", profiles).poll(Device(switch()), STATE, NOON)

    assert Entity("port", "Gi0/7") in {m.entity for m in result.measurements}


async def test_names_that_came_incomplete_are_asked_again_and_the_known_ones_stay(profiles) -> None:
    poll, name = DevicePoll("dev", profiles), "1.3.6.1.2.1.31.1.1.1.1"
    await poll.poll(Device(switch()), Ask(), NOON)
    broken = await poll.poll(Device(switch(), silent=[name]), Ask(), NOON + timedelta(minutes=1))
    third = Device(switch())
    result = await poll.poll(third, STATE, NOON + timedelta(minutes=2))

    assert any(gap.startswith("ifx.name: incomplete") for gap in broken.gaps)
    assert name in third.asked
    assert Entity("port", "Gi0/7") in {m.entity for m in result.measurements}


async def test_a_port_that_is_new_waits_for_its_name_and_names_are_read_next(profiles) -> None:
    poll, name = DevicePoll("dev", profiles), "1.3.6.1.2.1.31.1.1.1.1"
    await poll.poll(Device(switch()), Ask(), NOON)
    grown = [*switch(), cell("1.3.6.1.2.1.2.2.1.8.8", 1), cell(f"{name}.8", "Gi0/8")]
    devices = [Device(grown) for _ in range(3)]
    told = [
        {one.entity.id for one in (await poll.poll(device, STATE, NOON + timedelta(minutes=minute))).measurements}
        for minute, device in enumerate(devices, 1)
    ]

    assert [name in device.asked for device in devices] == [False, True, False]
    assert told == [{"dev", "Gi0/7"}, {"dev", "Gi0/7", "Gi0/8"}, {"dev", "Gi0/7", "Gi0/8"}]


async def test_counters_become_rates_from_the_second_poll_on(profiles) -> None:
    poll = DevicePoll("dev", profiles)
    first = await poll.poll(Device(switch(uptime=10_000, octets=1000)), Ask(), NOON)
    second = await poll.poll(Device(switch(uptime=16_000, octets=7000)), Ask(), NOON + timedelta(minutes=1))

    def rates(result):
        return [m.values.get("port.in_bps") for m in result.measurements if m.entity.kind == "port"]

    assert (rates(first), rates(second)) == ([None], [800])


async def test_after_a_restart_the_device_is_detected_anew_before_anything_is_called_lost(profiles) -> None:
    poll = DevicePoll("ac1", profiles)
    await poll.poll(Device(controller(H3C_OLD)), Ask(), NOON)
    moved = [*controller(H3C_NEW), cell("1.3.6.1.2.1.1.3.0", 500)]
    result = await poll.poll(Device(moved), STATE, NOON + timedelta(minutes=1))

    assert result.variant == "comware7"
    assert [m.values.get("ap.up") for m in result.measurements if m.entity.kind == "ap"] == [1]


async def test_after_a_failure_the_device_is_detected_anew(profiles) -> None:
    poll = DevicePoll("ac1", profiles)
    await poll.poll(Device(controller(H3C_OLD)), Ask(), NOON)
    await poll.poll(Device(controller(H3C_NEW), silent=["get", "walk"]), STATE, NOON + timedelta(minutes=1))
    result = await poll.poll(Device(controller(H3C_NEW)), STATE, NOON + timedelta(minutes=2))

    assert result.variant == "comware7"


def test_the_json_is_that_of_the_contract() -> None:
    result = PollResult(
        device_id="ac1",
        at=datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(0),
        took_s=1.24,
        profile="p",
        variant="v",
        profiles=("q",),
        measurements=(Measurement(Entity("ap", "s1"), NOON, {"ap.up": 1.0, "ap.cpu_ratio": 0.5}, {"name": "n"}),),
        gaps=("one",),
    )

    assert json.loads(json.dumps(poll_json(result))) == {
        "device": "ac1",
        "profile": "p",
        "variant": "v",
        "evidence": None,
        "profiles": ["q"],
        "at": "2026-11-23T12:00:00Z",
        "took_s": 1.24,
        "problem": None,
        "measurements": [
            {"kind": "ap", "id": "s1", "values": {"ap.up": 1, "ap.cpu_ratio": 0.5}, "facts": {"name": "n"}}
        ],
        "gaps": ["one"],
    }


def test_the_json_of_a_failed_poll_names_the_problem() -> None:
    result = PollResult("ac1", NOON, 2.0, problem=Problem("DeviceSilent", "community, view, ACL, or down"))

    assert poll_json(result)["problem"] == {"kind": "DeviceSilent", "detail": "community, view, ACL, or down"}


class Slow(RecordedSession):
    """A device on whose ``stuck`` columns one may wait for ever."""

    def __init__(self, cells: Sequence[VarBind], stuck: Sequence[str]) -> None:
        super().__init__(cells)
        self._stuck = stuck

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        if "get" in self._stuck:
            await asyncio.Event().wait()
        return await super().get(oids)

    async def walk(self, oid: str) -> Column:
        if any(oid.startswith(prefix) for prefix in self._stuck):
            await asyncio.Event().wait()
        return await super().walk(oid)


async def test_a_column_that_is_not_whole_in_time_costs_the_others_nothing(profiles) -> None:
    alias = "1.3.6.1.2.1.31.1.1.1.10"
    whole = await poll_once("dev", RecordedSession(switch()), profiles, NOON)
    late = await poll_once("dev", Slow(switch(), [alias]), profiles, NOON, Ask(within_s=0.05))
    assert late.problem is None
    assert [one.entity for one in late.measurements] == [one.entity for one in whole.measurements]
    assert any("not whole within 0.05 s" in gap and alias in gap for gap in late.gaps), late.gaps


async def test_a_device_of_which_nothing_is_whole_in_time_is_silent(profiles) -> None:
    result = await poll_once("dev", Slow(switch(), ["1.3.6.1", "get"]), profiles, NOON, Ask(within_s=0.05))
    assert result.problem == Problem("DeviceSilent", "no column was whole within 0.05 s")
    assert result.measurements == ()
