"""Does the echo witness tell silence from an answer, and say nothing where it may not ask?"""

import asyncio
import contextlib
import json
import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from collectors import reach

ROOT = Path(__file__).parents[2]

ASK = """
import asyncio, json, sys
from collectors import reach
async def ask():
    async with reach.icmp(b"8 octets") as witness:
        echoes = await witness.ask(sys.argv[1:])
        counts = {address: [echo.sent, len(echo.rtts)] for address, echo in echoes.items()}
        print(json.dumps({"gap": witness.gap, "echoes": counts}))
asyncio.run(ask())
"""

NETWORK = """
set -e
ip link set lo up
ip link add quiet type veth peer name other
ip link set other up
ip address add 198.18.0.1/24 dev quiet
ip address add fd00::1/64 dev quiet nodad
ip link set quiet up
"""


@pytest.fixture
def in_a_network(need):
    """Ask addresses over ICMP inside a network of the test's own: 198.18.0.0/24 and fd00::/64 lead to nobody."""
    need("ip", "iproute2")
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        pytest.skip("network namespaces need root and CAP_SYS_ADMIN")

    def ask(*addresses, prepare="", prefix=""):
        python = shlex.join([sys.executable, "-c", ASK, *addresses])
        script = f"{NETWORK}\n{prepare}\nexec {prefix} {python}"
        done = subprocess.run(
            ["unshare", "--net", "sh", "-c", script], check=False, capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        return told["gap"], told["echoes"]

    return ask


KINDS = {
    "raw sockets, as root": "echo 1 0 > /proc/sys/net/ipv4/ping_group_range",
    "unprivileged sockets": "echo 0 0 > /proc/sys/net/ipv4/ping_group_range",
}


@pytest.mark.parametrize("prepare", KINDS.values(), ids=KINDS.keys())
def test_an_address_that_answers_is_told_from_a_silent_one(in_a_network, prepare):
    gap, echoes = in_a_network("127.0.0.1", "198.18.0.77", "::1", "fd00::77", "198.18.0.1", prepare=prepare)
    assert gap is None
    assert echoes == {
        "127.0.0.1": [3, 3],
        "198.18.0.1": [3, 3],
        "198.18.0.77": [3, 0],
        "::1": [3, 3],
        "fd00::77": [3, 0],
    }


def test_unprivileged_sockets_need_no_root(in_a_network):
    gap, echoes = in_a_network(
        "127.0.0.1", prepare=KINDS["unprivileged sockets"], prefix="setpriv --bounding-set=-net_raw"
    )
    assert (gap, echoes) == (None, {"127.0.0.1": [3, 3]})


def test_without_permission_nothing_is_told_but_what_to_set(in_a_network):
    gap, echoes = in_a_network(
        "127.0.0.1", prepare=KINDS["raw sockets, as root"], prefix="setpriv --bounding-set=-net_raw"
    )
    assert "net.ipv4.ping_group_range" in gap
    assert echoes == {}


def test_no_way_to_an_address_is_no_answer(in_a_network):
    _, echoes = in_a_network("203.0.113.1", prepare=KINDS["raw sockets, as root"])
    assert echoes == {"203.0.113.1": [3, 0]}


def test_a_name_is_not_asked(in_a_network):
    _, echoes = in_a_network("no.such.name", "127.0.0.1")
    assert echoes == {"127.0.0.1": [3, 3]}


class Peer(asyncio.DatagramProtocol):
    """Answers each datagram with what ``reply`` makes of it; ``None`` = silence."""

    def __init__(self, reply):
        self._reply = reply

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, address):
        if (answer := self._reply(data)) is not None:
            self._transport.sendto(answer, address)


@contextlib.asynccontextmanager
async def peers(**replies):
    """UDP peers at 127.66.0.1, .2, … on one port; gives the witness that asks them."""
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        with socket.create_server(("127.66.0.1", 0), family=socket.AF_INET) as free:
            port = free.getsockname()[1]
        for number, reply in enumerate(replies.values(), 1):
            transport, _ = await loop.create_datagram_endpoint(
                lambda reply=reply: Peer(reply), local_addr=(f"127.66.0.{number}", port)
            )
            stack.callback(transport.close)
        witness = await stack.enter_async_context(reach.udp(os.urandom(8), port))
        yield witness, {f"127.66.0.{number}": name for number, name in enumerate(replies, 1)}


async def test_over_udp_only_the_own_payload_counts():
    seen = []
    async with peers(
        honest=lambda data: data,
        silent=lambda _: None,
        liar=lambda data: data[:-1] + bytes([data[-1] ^ 1]) + b"!",
        parrot=lambda data: seen.append(data) or seen[0],
        mumbler=lambda _: b"",
    ) as (witness, names):
        echoes = await witness.ask(list(names))
    assert {names[address]: (echo.sent, len(echo.rtts)) for address, echo in echoes.items()} == {
        "honest": (3, 3),
        "silent": (3, 0),
        "liar": (3, 0),
        "parrot": (3, 1),
        "mumbler": (3, 0),
    }


async def test_an_answer_from_another_address_does_not_count():
    """The second peer gets to know the payloads of the first and answers in its place."""
    async with peers(silent=lambda _: None, honest=lambda data: data) as (witness, names):
        silent, honest = names
        overheard = []
        witness_socket = next(iter(witness._channels.values()))
        wrap = witness_socket.frame.wrap
        assert (await witness.ask([honest]))[honest].up
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
            forger.bind((honest, 0))
            asking = asyncio.create_task(witness.ask([silent]))
            await asyncio.sleep(0)
            overheard.extend(witness._waiting)
            for payload in overheard:
                forger.sendto(wrap(payload), ("127.0.0.1", witness_socket.sock.getsockname()[1]))
            echoes = await asking
    assert overheard
    assert not echoes[silent].up


async def test_many_addresses_and_callers_share_one_socket():
    async with peers(**{f"peer-{number}": lambda data: data for number in range(200)}) as (witness, names):
        both = await asyncio.gather(witness.ask(list(names)), witness.ask(list(names)))
    for echoes in both:
        assert {echo.loss_ratio for echo in echoes.values()} == {0.0}
        assert len(echoes) == 200
