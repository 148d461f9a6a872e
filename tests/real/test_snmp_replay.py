"""Does a recording served over UDP give what the recording gives?"""

from importlib.resources import files
from pathlib import Path

import pytest

from collectors.snmp.budget import Budget, Pace
from collectors.snmp.credential import Community, Target
from collectors.snmp.engine import open_session
from collectors.snmp.recording import RecordedSession

DATA = Path(str(files("snmpsim_data"))) / "data"
RECORDINGS = {
    "aruba": "network/wifi/aruba-7010.snmprec.bz2",
    "windows": "os/windows/server-2003-5-2.snmprec.bz2",
    "meru": "network/appliance/meru-networks-controller.snmprec.bz2",
    "linux": "os/linux/unknown-002.snmprec.bz2",
}
H3C = ("1.3.6.1.2.1.1", "1.3.6.1.4.1.2011.10.2.75.2.1", "1.3.6.1.4.1.2011.10.2.118")


def session(agent, version="2c", engine="builtin"):
    host, port = agent
    pace = Pace(Budget(per_second=float("inf")))
    return open_session(Target("agent", host, Community(version, "public"), port, engine), pace=pace)


@pytest.mark.parametrize("order", ["sorted", "file"])
@pytest.mark.parametrize("name", RECORDINGS)
async def test_a_whole_recording_walks_the_same_over_udp(replay_agent, name, order):
    path = DATA / RECORDINGS[name]
    async with session(replay_agent(path, order=order)) as live:
        over_udp = await live.walk("1.3")
    assert over_udp == await RecordedSession.load(path, order=order).walk("1.3")
    assert len(over_udp.varbinds) > 400


@pytest.mark.parametrize("order", ["sorted", "file"])
async def test_a_disorderly_h3c_walks_the_same_over_udp(replay_agent, order):
    path = DATA / "network/switch/h3c-wx6103.snmprec.bz2"
    recorded = RecordedSession.load(path, prefixes=H3C, order=order)
    async with session(replay_agent(path, order=order, prefixes=H3C)) as live:
        for prefix in H3C:
            assert await live.walk(prefix) == await recorded.walk(prefix)
    assert (await recorded.walk(H3C[2])).backward == (67 if order == "file" else 0)


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("engine", ["builtin", "pysnmp"])
async def test_small_requests_answer_as_the_recording_does(replay_agent, version, engine):
    path = DATA / RECORDINGS["aruba"]
    recorded = RecordedSession.load(path)
    asked = ["1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.9999.0", "1.3.6.1.2.1.1.3.0"]
    async with session(replay_agent(path), version, engine) as live:
        assert await live.get(asked) == await recorded.get(asked)
        assert await live.get_next("1.3.6.1.2.1.1.9999") == await recorded.get_next("1.3.6.1.2.1.1.9999")
        assert await live.get_next("2.5") is None
        assert await live.walk("1.3.6.1.2.1.1") == await recorded.walk("1.3.6.1.2.1.1")
