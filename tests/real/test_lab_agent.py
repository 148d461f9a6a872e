"""The lab, asked by Debian's SNMP tools and by sockets: in a namespace of its own and on loopback."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus.errors import NotFound, ServiceError
from lab.control import SOCKET, send_fault
from lab.faults import FaultKind
from lab.history import History
from lab.model import TAKEOVER
from lab.world import start

H7 = ".1.3.6.1.4.1.25506.2.75"
H5 = ".1.3.6.1.4.1.2011.10.2.75"
AP_STATES = f"{H7}.2.1.10.1.7"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


async def run(*command):
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={**os.environ, "MIBS": ""}
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.fixture
def clock():
    return Clock()


@asynccontextmanager
async def running(directory, mode, clock):
    try:
        async with start(directory, mode=mode, clock=clock) as lab:
            yield lab
    except ServiceError as error:
        if mode == "namespace":
            pytest.skip(f"no network namespace here: {error}")
        raise


@pytest.fixture(params=["loopback", "namespace"])
async def lab(request, tmp_path, clock):
    async with running(tmp_path, request.param, clock) as lab:
        yield lab


@pytest.fixture
def ask(need):
    """Give ``ask(lab, device, *oids)``: what snmpget prints."""
    snmpget = need("snmpget", "snmp")

    async def get(lab, device, *oids, community="lab"):
        address, port = lab.address(device)
        return await run(snmpget, "-v2c", "-c", community, "-t1", "-r0", "-Oqn", f"{address}:{port}", *oids)

    return get


@pytest.fixture
def walk(need):
    """Give ``walk(lab, device, oid)``: the lines of snmpbulkwalk."""
    snmpbulkwalk = need("snmpbulkwalk", "snmp")

    async def lines(lab, device, oid):
        address, port = lab.address(device)
        code, said = await run(
            snmpbulkwalk, "-v2c", "-c", "lab", "-t1", "-r0", "-Oqn", "-Cr25", f"{address}:{port}", oid
        )
        return said.splitlines() if code == 0 else []

    return lines


async def echoes(lab, device):
    """Does the device echo: by ping in a namespace, by the lab's witness on loopback?"""
    address, _ = lab.address(device)
    if lab.network.echo_port is None:
        code, _ = await run("ping", "-c1", "-W1", address)
        return code == 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect((address, lab.network.echo_port))
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(udp, b"are you there?")
        try:
            return await asyncio.wait_for(loop.sock_recv(udp, 100), 1) == b"are you there?"
        except TimeoutError:
            return False


async def test_a_walk_by_net_snmp_meets_every_cell_that_the_model_holds(lab, walk):
    for device in lab.plan.devices:
        said = await walk(lab, device.id, ".1")
        # Long octet strings go over several lines; the end of the MIB is told below the last OID.
        lines = [line for line in said if line.startswith(".") and "No more variables" not in line]
        cells = History(lab.plan, ()).cells(device.id, NOON)
        assert [line.split()[0] for line in lines] == ["." + ".".join(map(str, cell.oid)) for cell in cells]


async def test_net_snmp_reads_the_types_that_the_agent_writes(lab, ask):
    uptime, mac, address = "1.3.6.1.2.1.1.3.0", f"{H7}.12.1.1.1.3.1", "1.3.6.1.2.1.1.2.0"
    _, said = await ask(lab, "ac-1a", uptime, mac, address)
    ticks, serial, object_id = said.splitlines()
    assert serial.endswith('"219801LAB00000000001"')
    assert object_id.endswith(".1.3.6.1.4.1.25506.1.264")
    assert ticks.startswith(".1.3.6.1.2.1.1.3.0 ")


async def test_a_wrong_community_meets_silence(lab, ask):
    code, said = await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0", community="public")
    assert (code, "Timeout" in said) == (1, True)


async def test_an_access_point_that_is_down_is_deassociated(lab, walk):
    await lab.fault(FaultKind.AP_DOWN, "TSG-F1-01")
    states = [line.split()[1] for line in await walk(lab, "ac-1a", AP_STATES)]
    assert (states.count("1"), states.count("2")) == (35, 1)
    await lab.clear("TSG-F1-01")
    assert {line.split()[1] for line in await walk(lab, "ac-1a", AP_STATES)} == {"1"}


async def test_silence_on_snmp_alone_leaves_the_echo(lab, ask):
    await lab.fault(FaultKind.AC_SILENT, "ac-2", snmp_only=True)
    code, _ = await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0")
    assert (code, await echoes(lab, "ac-2")) == (1, True)


async def test_silence_on_everything_takes_the_echo_along_until_it_is_cleared(lab, ask):
    assert await echoes(lab, "ac-2")
    await lab.fault(FaultKind.AC_SILENT, "ac-2")
    code, _ = await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0")
    assert (code, await echoes(lab, "ac-2")) == (1, False)
    assert await echoes(lab, "ac-1a")
    await lab.clear()
    code, _ = await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0")
    assert (code, await echoes(lab, "ac-2")) == (0, True)


async def test_the_standby_takes_over_while_the_active_unit_is_down(lab, walk, clock):
    await lab.fault(FaultKind.AC_SILENT, "ac-1a")
    assert {line.split()[1] for line in await walk(lab, "ac-1b", AP_STATES)} == {"2"}
    clock.now += TAKEOVER
    assert {line.split()[1] for line in await walk(lab, "ac-1b", AP_STATES)} == {"1"}


async def test_several_faults_hold_at_once(lab, ask, walk):
    await lab.fault(FaultKind.SWITCH_DOWN, "sw-tsg")
    await lab.fault(FaultKind.HOST_DOWN, "host-1")
    assert [(await ask(lab, device, "1.3.6.1.2.1.1.5.0"))[0] for device in ("sw-tsg", "host-1", "host-2")] == [1, 1, 0]
    assert sum(line.endswith(" 2") for line in await walk(lab, "ac-1a", AP_STATES)) == 12


async def test_one_changed_cell_is_served_and_no_other(lab, ask):
    connected, stations = f"{H5}.1.1.2.1.0", f"{H5}.1.1.2.2.0"
    _, before = await ask(lab, "ac-2", connected, stations)
    lab.override("ac-2", connected.lstrip("."), 7)
    _, after = await ask(lab, "ac-2", connected, stations)
    assert after.splitlines() == [f"{connected} 7", before.splitlines()[1]]
    with pytest.raises(NotFound):
        lab.override("ac-2", "1.3.6.1.2.1.1.99.0", 7)


async def test_orders_arrive_over_the_socket_and_errors_come_back(lab, ask):
    directory = lab.config.parent
    assert "silent on SNMP" in await send_fault(directory, "ac-silent", "ac-2", snmp_only=True)
    assert (await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0"))[0] == 1
    assert "everything" in await send_fault(directory, "clear")
    assert (await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0"))[0] == 0
    with pytest.raises(NotFound, match="ac-9"):
        await send_fault(directory, "ac-silent", "ac-9")
    with pytest.raises(NotFound, match="needs a target"):
        await send_fault(directory, "ap-down")


async def test_an_order_that_makes_no_sense_is_refused_and_the_lab_goes_on(lab):
    reader, writer = await asyncio.open_unix_connection(lab.config.parent / SOCKET)
    for nonsense in (b"hello\n", b'{"do": "explode"}\n'):
        writer.write(nonsense)
        assert b'"error"' in await reader.readline()
    writer.close()
    assert "works again" in await send_fault(lab.config.parent, "clear")


async def test_without_a_lab_an_order_says_so(tmp_path):
    with pytest.raises(ServiceError, match="no lab listens"):
        await send_fault(tmp_path, "clear")


async def test_the_gateway_answers_whatever_else_is_down(lab):
    for device in lab.plan.devices:
        await lab.fault(
            FaultKind({"ac": "ac-silent", "switch": "switch-down", "host": "host-down"}[device.kind]), device.id
        )
    gateway = lab.network.address(2)
    if lab.network.echo_port is None:
        assert (await run("ping", "-c1", "-W1", gateway))[0] == 0
    else:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.setblocking(False)
            udp.connect((gateway, lab.network.echo_port))
            await asyncio.get_running_loop().sock_sendall(udp, b"x")
            assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(udp, 10), 5) == b"x"


async def test_two_labs_run_side_by_side(tmp_path, clock, ask):
    async with running(tmp_path / "one", "auto", clock) as one, running(tmp_path / "two", "auto", clock) as two:
        await one.fault(FaultKind.AC_SILENT, "ac-2")
        codes = [(await ask(lab, "ac-2", "1.3.6.1.2.1.1.1.0"))[0] for lab in (one, two)]
    assert codes == [1, 0]


async def test_the_past_of_a_lab_reaches_into_its_present(tmp_path, clock):
    outage_ago = timedelta(minutes=20)
    async with start(tmp_path / "past", mode="loopback", clock=clock) as lab:
        await lab.fault(FaultKind.AP_DOWN, "TSG-F1-01")
        clock.now += outage_ago
        await lab.clear()
        clock.now += outage_ago
        states = lab.moment().ap_states(lab.plan.device("ac-1a"))
    assert [state.ap.name for state in states if state.uptime_s == outage_ago.total_seconds()] == ["TSG-F1-01"]


_STAY = """
import asyncio, sys
from pathlib import Path
from lab.world import start
async def main():
    async with start(Path(sys.argv[1]), mode="namespace") as lab:
        print(lab.banner, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def lab_namespaces(pid):
    folder = Path("/run/netns")
    return [entry.name for entry in folder.iterdir() if f"-{pid}-" in entry.name] if folder.is_dir() else []


async def test_a_start_removes_what_a_killed_lab_left_behind(tmp_path, clock):
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _STAY,
        str(tmp_path / "killed"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    if b"namespace" not in await asyncio.wait_for(killed.stdout.readline(), 30):
        pytest.skip(f"no network namespace here: {(await killed.stderr.read()).decode().strip().splitlines()[-1]}")
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    assert lab_namespaces(killed.pid)
    async with running(tmp_path / "next", "namespace", clock):
        assert lab_namespaces(killed.pid) == []
    assert lab_namespaces(os.getpid()) == []
