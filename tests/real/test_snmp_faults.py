"""Which rows or which error does a misbehaving agent get? Its datagrams are octets, not our encoder's."""

import asyncio
import socket

import pytest

from campus.errors import DeviceNonsense, DeviceRefused, DeviceSilent
from collectors.snmp import ber
from collectors.snmp.budget import Budget, Pace
from collectors.snmp.credential import Community, Limits, Target
from collectors.snmp.engine import open_session
from tests.snmp_agents import GET_BULK, Mib, Request, integer, oid, response, tlv, varbind

COLUMN = "1.3.6.1.4.1.9.1"
TABLE = [(f"{COLUMN}.{row}", 4, b"row %d" % row) for row in range(1, 101)]
PATIENT = Limits(timeout_s=30, retries=0)
HASTY = Limits(timeout_s=0.3, retries=1)


def unlimited(**changes):
    return Pace(Budget(per_second=float("inf")), **changes)


def session(agent, limits=PATIENT, pace=None, version="2c", engine="builtin"):
    host, port = agent
    return open_session(Target("d1", host, Community(version, "public"), port, engine), limits, pace or unlimited())


def answering(answer):
    """An agent's answer function that sees parsed requests."""
    return lambda data: answer(Request(data))


def rows(column):
    return [int(ber.decode_oid(cell.oid).rpartition(".")[2]) for cell in column.varbinds]


def asked_after(request):
    """The row after which the walk asks; 0 at its start."""
    return int(ber.decode_oid(request.oids[0]).rpartition(".")[2]) if len(request.oids[0]) > 7 else 0


def cells(numbers):
    return b"".join(varbind(f"{COLUMN}.{number}", 2, number) for number in numbers)


@pytest.fixture(params=["builtin", "pysnmp"])
def engine(request):
    """What is no matter of octets must come out the same with both engines."""
    return request.param


async def walk(agent, limits=PATIENT, pace=None, engine="builtin"):
    async with asyncio.timeout(60), session(agent, limits, pace, engine=engine) as device:
        return await device.walk(COLUMN)


# ── OIDs that do not lead on ─────────────────────────────────────────────────────────────────────────────────


async def test_an_agent_that_repeats_an_oid_ends_the_column_as_incomplete(udp_agent, engine):
    agent = udp_agent(answering(lambda request: [response(request, cells([1, 2, 3]))]))
    column = await walk(agent, engine=engine)
    assert rows(column) == [1, 2, 3]
    assert f"gave {COLUMN}.1 a second time" in column.problem
    assert agent.requests == 2


async def test_an_agent_in_a_loop_of_many_rows_is_left_at_the_first_repeat(udp_agent, engine):
    def answer(request):
        after = asked_after(request)
        return [response(request, cells([after % 50 + 1]))]

    column = await walk(udp_agent(answering(answer)), engine=engine)
    assert rows(column) == list(range(1, 51))
    assert "a second time" in column.problem


async def test_smaller_but_new_oids_are_kept_and_counted(udp_agent, engine):
    order = [10, 20, 15, 16, 30]

    def answer(request):
        after = asked_after(request)
        left = order[order.index(after) + 1 :] if after else order
        return [response(request, cells(left[:2]) if left else varbind("1.3.6.1.4.1.9.2.1", 2, 1))]

    column = await walk(udp_agent(answering(answer)), engine=engine)
    assert (rows(column), column.backward, column.problem) == (order, 1, None)


async def test_an_agent_that_jumps_back_to_the_system_group_leaves_the_column_incomplete(udp_agent, engine):
    pairs = cells([1, 2]) + varbind("1.3.6.1.2.1.1.1.0", 4, b"agent")
    column = await walk(udp_agent(answering(lambda request: [response(request, pairs)])), engine=engine)
    assert rows(column) == [1, 2]
    assert "jumped back to 1.3.6.1.2.1.1.1.0" in column.problem


async def test_an_agent_that_never_ends_meets_the_row_cap(udp_agent):
    def answer(request):
        after = asked_after(request)
        return [response(request, cells(range(after + 1, after + 26)))]

    column = await walk(udp_agent(answering(answer)), Limits(timeout_s=30, max_rows=500))
    assert (len(column.varbinds), column.problem) == (500, f"more than 500 rows after {COLUMN}.500")


async def test_the_end_of_the_mib_ends_a_column_regularly(replay_agent, engine):
    column = await walk(replay_agent(TABLE), engine=engine)
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


async def test_an_empty_varbind_list_ends_a_column_regularly(udp_agent, engine):
    def answer(request):
        return [response(request, b"" if asked_after(request) else cells([1, 2]))]

    column = await walk(udp_agent(answering(answer)), engine=engine)
    assert (rows(column), column.problem) == ([1, 2], None)


# ── error-status ─────────────────────────────────────────────────────────────────────────────────────────────


def failing_at(row, status):
    """A table whose agent gives an error-status instead of the rows behind ``row``."""
    mib = Mib(TABLE)

    def answer(data):
        request = Request(data)
        if request.kind == GET_BULK and asked_after(request) >= row:
            return [response(request, request.varbinds, status=status, index=1)]
        return mib.answer(data)

    return answer


@pytest.mark.parametrize(("status", "word"), [(5, "genErr (5)"), (16, "authorizationError (16)"), (13, "resource")])
async def test_an_error_in_mid_table_keeps_the_rows_so_far_and_names_the_oid(udp_agent, status, word, engine):
    column = await walk(udp_agent(failing_at(25, status)), engine=engine)
    assert rows(column) == list(range(1, 26))
    assert column.problem.startswith(word)
    assert column.problem.endswith(f" after {COLUMN}.25")


async def test_an_error_at_the_first_request_is_an_incomplete_column_not_an_empty_one(udp_agent, engine):
    column = await walk(udp_agent(failing_at(0, 5)), engine=engine)
    assert (rows(column), column.problem) == ([], f"genErr (5) after {COLUMN}")


async def test_too_big_is_halved_and_the_size_is_remembered(udp_agent, engine):
    mib = Mib(TABLE)

    def answer(data):
        request = Request(data)
        if request.kind == GET_BULK and request.repetitions > 6:
            return [response(request, b"", status=1)]
        return mib.answer(data)

    pace = unlimited()
    agent = udp_agent(answer)
    column = await walk(agent, pace=pace, engine=engine)
    assert (rows(column), column.problem) == (list(range(1, 101)), None)
    assert pace.repetitions == 6
    before = agent.requests
    await walk(agent, pace=pace, engine=engine)
    assert agent.requests - before == 17


async def test_too_big_even_for_one_row_is_an_incomplete_column(udp_agent, engine):
    column = await walk(udp_agent(answering(lambda request: [response(request, b"", status=1)])), engine=engine)
    assert (rows(column), column.problem) == ([], f"tooBig (1) after {COLUMN}")


async def test_too_big_parts_a_get(udp_agent):
    mib = Mib(TABLE)

    def answer(data):
        request = Request(data)
        return [response(request, b"", status=1)] if len(request.oids) > 3 else mib.answer(data)

    async with session(udp_agent(answer)) as device:
        got = await device.get([f"{COLUMN}.{row}" for row in range(1, 12)])
    assert [cell.value for cell in got] == [b"row %d" % row for row in range(1, 12)]


@pytest.mark.parametrize("index", [2, 0, 99], ids=["named", "unnamed", "absurd"])
async def test_a_gen_err_on_one_oid_does_not_lose_the_others(udp_agent, index):
    mib = Mib(TABLE)

    def answer(data):
        request = Request(data)
        if oid(f"{COLUMN}.2") in request.oids:
            place = request.oids.index(oid(f"{COLUMN}.2")) + 1
            return [response(request, request.varbinds, status=5, index=place if index == 2 else index)]
        return mib.answer(data)

    async with session(udp_agent(answer)) as device:
        got = await device.get([f"{COLUMN}.{row}" for row in (1, 2, 3, 4)])
    assert [cell.value for cell in got] == [b"row 1", None, b"row 3", b"row 4"]
    assert got[1].tag == ber.NULL


async def test_authorization_error_is_a_refusal(udp_agent):
    async with session(udp_agent(answering(lambda request: [response(request, b"", status=16)]))) as device:
        with pytest.raises(DeviceRefused, match=r"authorizationError \(16\)"):
            await device.get(["1.3.6.1.2.1.1.1.0"])


async def test_a_getnext_that_fails_is_no_end_of_the_mib(udp_agent):
    async with session(udp_agent(answering(lambda request: [response(request, b"", status=5)]))) as device:
        with pytest.raises(DeviceRefused, match=r"genErr \(5\) after 1\.3\.6\.1"):
            await device.get_next("1.3.6.1")


async def test_a_getnext_whose_varbind_cannot_be_read_is_no_end_of_the_mib(udp_agent):
    agent = udp_agent(answering(lambda request: [response(request, tlv(0x30, b"\x06\x7f"))]))
    async with session(agent) as device:
        with pytest.raises(DeviceNonsense):
            await device.get_next("1.3.6.1")


@pytest.mark.parametrize("version", ["1", "2c"])
async def test_a_missing_oid_in_a_get_does_not_lose_the_others(replay_agent, version):
    async with session(replay_agent(TABLE), version=version) as device:
        got = await device.get([f"{COLUMN}.1", "1.3.6.1.9.9", f"{COLUMN}.3", "1.3.6.1.9.8"])
    assert [cell.value for cell in got] == [b"row 1", None, b"row 3", None]
    assert [cell.tag for cell in got] == [4, ber.NO_SUCH_INSTANCE, 4, ber.NO_SUCH_INSTANCE]


async def test_version_1_walks_to_the_end_of_the_mib(replay_agent):
    agent = replay_agent(TABLE)
    async with session(agent, version="1") as device:
        column = await device.walk(COLUMN)
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


# ── datagrams that are lost, late, foreign or broken ─────────────────────────────────────────────────────────


async def test_a_lost_reply_is_asked_for_again(udp_agent):
    seen = []

    def answer(data):
        seen.append(Request(data).id)
        return [] if len(seen) == 1 else Mib(TABLE).answer(data)

    column = await walk(udp_agent(answer), Limits(timeout_s=0.2, retries=2))
    assert (len(column.varbinds), column.problem) == (100, None)
    assert seen[0] == seen[1]


async def test_a_late_answer_to_the_first_try_counts(udp_agent):
    held = []

    def answer(data):
        request = Request(data)
        if not held:
            held.append(data)
            return []
        first = Request(held[0])
        held[0] = data
        return [response(first, varbind("1.3.6.1.2.1.1.3.0", 0x43, 5))] if first.id == request.id else []

    async with session(udp_agent(answer), Limits(timeout_s=0.2, retries=1)) as device:
        assert (await device.get(["1.3.6.1.2.1.1.3.0"]))[0].value == 5


@pytest.mark.parametrize(
    "stray",
    [
        lambda request: response(request, cells([7]), request_id=request.id ^ 0x5555),
        lambda _request: b"\x00garbage\xff",
        lambda _request: b"",
        lambda request: response(request, cells([7]))[:-1],
        lambda request: tlv(0x30, integer(1) + tlv(4, b"public") + tlv(0xA2, integer(request.id))),
    ],
    ids=["wrong request-id", "garbage", "empty", "cut off", "half a pdu"],
)
async def test_a_stray_datagram_before_the_answer_is_dropped(udp_agent, stray):
    mib = Mib(TABLE)
    column = await walk(udp_agent(lambda data: [stray(Request(data)), *mib.answer(data)]))
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


async def test_an_answer_that_comes_twice_counts_once(udp_agent):
    mib = Mib(TABLE)
    column = await walk(udp_agent(lambda data: [*mib.answer(data), *mib.answer(data)]))
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


async def test_an_answer_from_another_socket_is_not_the_devices(udp_agent):
    def answer(data):
        request = Request(data)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(response(request, varbind("1.3.6.1.2.1.1.1.0", 4, b"stranger")), agent.sender)
        return [response(request, varbind("1.3.6.1.2.1.1.1.0", 4, b"device"))]

    agent = udp_agent(answer)
    async with session(agent) as device:
        assert (await device.get(["1.3.6.1.2.1.1.1.0"]))[0].value == b"device"


async def test_only_garbage_is_nonsense(udp_agent):
    async with session(udp_agent(lambda _data: [b"SSH-2.0-nothing"]), HASTY) as device:
        with pytest.raises(DeviceNonsense, match="2 datagrams came"):
            await device.get(["1.3.6.1.2.1.1.1.0"])


async def test_only_answers_to_what_nobody_asked_are_nonsense(udp_agent):
    agent = udp_agent(answering(lambda request: [response(request, b"", request_id=request.id + 1)]))
    async with session(agent, HASTY) as device:
        with pytest.raises(DeviceNonsense):
            await device.walk(COLUMN)


@pytest.mark.parametrize("verb", ["get", "get_next", "walk"])
async def test_silence_names_its_causes(udp_agent, verb, engine):
    async with session(udp_agent(lambda _data: []), HASTY, engine=engine) as device:
        with pytest.raises(DeviceSilent) as caught:
            await getattr(device, verb)([COLUMN] if verb == "get" else COLUMN)
    for cause in ("community", "view", "ACL", "down"):
        assert cause in caught.value.detail
    assert "public" not in str(caught.value)


async def test_a_wrong_community_is_silence(replay_agent):
    async with session(replay_agent(TABLE, community="other"), HASTY) as device:
        with pytest.raises(DeviceSilent):
            await device.get(["1.3.6.1.2.1.1.1.0"])


@pytest.mark.parametrize("engine", ["builtin", "pysnmp"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_closed_port_is_a_refusal(host, engine):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((host, 0))
        port = taken.getsockname()[1]
    async with asyncio.timeout(20), session((host, port), HASTY, engine=engine) as device:
        with pytest.raises(DeviceRefused, match="closed"):
            await device.get(["1.3.6.1.2.1.1.1.0"])


async def test_a_name_that_does_not_resolve_is_silence():
    with pytest.raises(DeviceSilent, match=r"nowhere\.invalid"):
        async with session(("nowhere.invalid", 161)):
            pass


async def test_a_device_that_falls_silent_in_mid_table_keeps_its_rows(udp_agent):
    mib = Mib(TABLE)
    agent = udp_agent(lambda data: mib.answer(data) if asked_after(Request(data)) < 50 else [])
    column = await walk(agent, HASTY)
    assert rows(column) == list(range(1, 51))
    assert column.problem.startswith("no answer from ")
    assert column.problem.endswith(f" after {COLUMN}.50")


async def test_a_device_that_fell_silent_is_not_asked_for_every_column(udp_agent, engine):
    mib = Mib(TABLE)
    agent = udp_agent(lambda data: mib.answer(data) if Request(data).kind != GET_BULK else [])
    async with session(agent, Limits(timeout_s=0.5, retries=0), unlimited(window=1), engine=engine) as device:
        await device.get([f"{COLUMN}.1"])
        columns = await asyncio.gather(*(device.walk(f"1.3.6.1.4.1.9.{number}") for number in range(1, 31)))
    assert all(column.problem for column in columns)
    assert agent.requests == 4


async def test_a_size_that_times_out_is_halved_and_remembered(udp_agent):
    mib = Mib(TABLE)
    agent = udp_agent(lambda data: mib.answer(data) if Request(data).repetitions <= 10 else [])
    pace = unlimited()
    column = await walk(agent, Limits(timeout_s=0.2, retries=3), pace)
    assert (rows(column), column.problem) == (list(range(1, 101)), None)
    assert pace.repetitions == 6


async def test_a_dead_device_teaches_nothing_about_sizes(udp_agent):
    pace = unlimited()
    async with session(udp_agent(lambda _data: []), HASTY, pace) as device:
        with pytest.raises(DeviceSilent):
            await device.walk(COLUMN)
    assert pace.repetitions == 25


# ── values and sizes ─────────────────────────────────────────────────────────────────────────────────────────


async def test_one_malformed_varbind_does_not_lose_its_answer(udp_agent):
    odd = [
        tlv(0x30, tlv(6, oid(f"{COLUMN}.2")) + b"\x41\x04\xff\xff\xff\xff"),
        tlv(0x30, tlv(6, oid(f"{COLUMN}.3")) + b"\x06\x00"),
        tlv(0x30, tlv(6, oid(f"{COLUMN}.4")) + b"\x40\x00"),
        tlv(0x30, tlv(6, oid(f"{COLUMN}.5")) + b"\x46\x08\xff\xff\xff\xff\xff\xff\xff\xff"),
        tlv(0x30, tlv(6, oid(f"{COLUMN}.6")) + b"\x02\x7f\x01"),
    ]
    pairs = cells([1]) + b"".join(odd) + cells([7])
    agent = udp_agent(answering(lambda r: [response(r, pairs if not asked_after(r) else b"")]))
    column = await walk(agent)
    assert [cell.value for cell in column.varbinds] == [1, 2**32 - 1, "0.0", b"", 2**64 - 1, None, 7]
    assert column.problem is None


EVERY_KIND = [
    (f"{COLUMN}.1", 0x02, -5),
    (f"{COLUMN}.2", 0x04, b"\x00\xff"),
    (f"{COLUMN}.3", 0x04, b""),
    (f"{COLUMN}.4", 0x06, "1.3.6.1.4.1.4294967295"),
    (f"{COLUMN}.5", 0x40, "10.0.0.1"),
    (f"{COLUMN}.6", 0x41, 4294967295),
    (f"{COLUMN}.7", 0x42, 0),
    (f"{COLUMN}.8", 0x43, 128),
    (f"{COLUMN}.9", 0x44, bytes.fromhex("9f780442280000")),
    (f"{COLUMN}.10", 0x44, bytes.fromhex("9f79084045000000000000")),
    (f"{COLUMN}.11", 0x46, 2**64 - 1),
    (f"{COLUMN}.16384", 0x02, 2**31 - 1),
    (f"{COLUMN}.4294967295", 0x04, b"x" * 300),
]


async def test_every_kind_of_value_decodes_as_in_pysnmp(replay_agent):
    agent = replay_agent(EVERY_KIND)
    ours, theirs = await walk(agent), await walk(agent, engine="pysnmp")
    assert ours == theirs
    assert [cell.value for cell in ours.varbinds][:3] == [-5, b"\x00\xff", b""]
    assert len(ours.varbinds) == len(EVERY_KIND)


async def test_a_varbind_without_an_oid_makes_the_column_incomplete(udp_agent):
    pairs = cells([1]) + tlv(0x30, b"\x06\x7f\x2b") + cells([3])
    agent = udp_agent(answering(lambda r: [response(r, pairs if not asked_after(r) else b"")]))
    column = await walk(agent)
    assert (rows(column), column.problem) == ([1, 3], "1 varbinds could not be read")


async def test_an_opaque_float_is_a_float(replay_agent):
    agent = replay_agent([(f"{COLUMN}.1", 0x44, bytes.fromhex("9f780442280000"))])
    assert [cell.value for cell in (await walk(agent)).varbinds] == [42.0]


async def test_a_reply_of_60_kilobytes_is_read(replay_agent):
    wide = [(f"{COLUMN}.{row}", 4, b"x" * 2000) for row in range(1, 51)]
    column = await walk(replay_agent(wide, largest=60_000))
    assert (rows(column), column.problem) == (list(range(1, 51)), None)


async def test_fewer_rows_than_asked_for_are_legal(replay_agent):
    agent = replay_agent(TABLE, largest=150)
    column = await walk(agent)
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


async def test_a_get_of_more_oids_than_a_pdu_holds_keeps_their_order(replay_agent):
    async with session(replay_agent(TABLE)) as device:
        got = await device.get([f"{COLUMN}.{row}" for row in range(100, 0, -1)])
    assert [cell.value for cell in got] == [b"row %d" % row for row in range(100, 0, -1)]


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_as_many_columns_are_in_flight_as_the_window_says(udp_agent):
    waiting, most = [], []

    def answer(data):
        waiting.append(Request(data))
        most.append(len(waiting))
        if len(waiting) < 3:
            return []
        batch = waiting[:]
        waiting.clear()
        return [response(request, b"") for request in batch]

    async with asyncio.timeout(20), session(udp_agent(answer), pace=unlimited(window=3, most=3)) as device:
        columns = await asyncio.gather(*(device.walk(f"1.3.6.1.4.1.9.{number}") for number in range(1, 10)))
    assert [column.problem for column in columns] == [None] * 9
    assert max(most) == 3


async def test_columns_that_are_cancelled_leave_room_for_others(udp_agent):
    mib = Mib(TABLE)
    agent = udp_agent(lambda data: mib.answer(data) if oid("1.3.6.1.4.1.9.1") in Request(data).oids[0] else [])
    async with session(agent) as device:
        stuck = [asyncio.create_task(device.walk(f"1.3.6.1.4.1.8.{number}")) for number in range(5)]
        await asyncio.sleep(0)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        async with asyncio.timeout(20):
            assert len((await device.walk(COLUMN)).varbinds) == 100


async def test_an_agent_over_ipv6_is_asked(udp_agent):
    column = await walk(udp_agent(Mib(TABLE).answer, host="::1"))
    assert (rows(column), column.problem) == (list(range(1, 101)), None)


async def test_the_budget_bounds_what_a_device_is_sent(replay_agent, engine):
    agent = replay_agent(TABLE)
    pace = Pace(Budget(per_second=1e-9, burst=3), repetitions=10)
    async with session(agent, pace=pace, engine=engine) as device:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await device.walk(COLUMN)
    assert agent.requests == 4
