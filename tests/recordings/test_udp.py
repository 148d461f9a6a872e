"""Is a device on the network read as its recording is?"""

import pytest

from collectors.snmp.budget import Budget, Pace
from collectors.snmp.collect import poll_once
from collectors.snmp.credential import Community, Target
from collectors.snmp.engine import open_session


@pytest.mark.parametrize("name", ["h3c-comware-lsq1wcmd0", "linux-unknown-002", "h3c-e528-2", "aruba-7010"])
async def test_over_udp_a_recording_gives_the_same(
    name, find, replay_agent, profiles, polled_at, with_stations, session
):
    host, port = replay_agent(find(name))
    target = Target("dev", host, Community("2c", "public"), port)
    live = open_session(target, pace=Pace(Budget(per_second=float("inf"))))
    over_udp = await poll_once("dev", live, profiles, polled_at, with_stations)

    recorded = await poll_once("dev", session(name), profiles, polled_at, with_stations)
    assert over_udp.problem is None
    assert (over_udp.measurements, over_udp.gaps) == (recorded.measurements, recorded.gaps)
