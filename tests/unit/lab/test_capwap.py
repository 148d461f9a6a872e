"""Does a controller of the lab answer a Discovery Request with its counts, and keep silent otherwise?"""

import pytest

from lab import capwap
from lab.faults import FaultKind, Outages
from lab.model import Moment

REQUEST = bytes.fromhex(
    "00100200000000000000000107006e00001400010000260024000000000000000650524f42453100010008534e3030303030"
    "31000400060200c0ffee01002700270100010100000000000000000003687731000000000001000373773100000000000200"
    "036274310029000104002c00010204180005010000000f"
)


@pytest.fixture
def ask(campus, noon):
    """Give ``ask(device, datagram)``: the answer at noon."""

    def make(device_id, datagram=REQUEST, outages=None):
        device = campus.device(device_id)
        return capwap.answer(datagram, Moment(campus, outages or Outages(), noon), device, "127.64.0.33")

    return make


def test_the_counts_are_those_of_the_campus(ask, campus, noon):
    answer = ask("ac-1a")
    moment = Moment(campus, Outages(), noon)
    device = campus.device("ac-1a")
    stations = sum(1 for _ in moment.stations(device))
    assert answer[:13] == bytes.fromhex("0010020000000000 00000002 07".replace(" ", ""))
    assert int.from_bytes(answer[13:15], "big") == len(answer) - 13
    assert answer[16:18] == b"\0\1"
    counts = [int.from_bytes(answer[at : at + 2], "big") for at in (20, 22, 24, 26)]
    assert counts == [stations, 10240, len(moment.connected(device)), 256]


def test_the_standby_unit_has_nobody(ask):
    assert ask("ac-1b")[20:22] == b"\0\0"
    assert ask("ac-1b")[24:26] == b"\0\0"


def test_after_a_failure_of_the_first_the_second_unit_has_them(ask, broken):
    outages = broken((FaultKind.AC_SILENT, "ac-1a", 5, None))
    assert ask("ac-1b", outages=outages)[24:26] == ask("ac-1a")[24:26]


@pytest.mark.parametrize("size", range(len(REQUEST)))
def test_a_request_that_is_cut_off_is_met_with_silence(ask, size):
    assert ask("ac-2", REQUEST[:size]) is None


@pytest.mark.parametrize(
    "datagram",
    [b"\xff" * 40, b"\1\0\0\0record", REQUEST.replace(b"\0\0\0\1\7", b"\0\0\0\x13\7", 1), REQUEST + b"more"],
    ids=["noise", "DTLS", "Primary Discovery", "octets behind"],
)
def test_anything_else_is_met_with_silence(ask, datagram):
    assert ask("ac-2", datagram) is None
