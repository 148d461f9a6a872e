"""Does Wireshark's dissector read every CAPWAP datagram that we write, as we mean it?"""

import subprocess
from datetime import UTC, datetime

import pytest

from collectors.capwap import elements, shapes
from collectors.capwap.capture import read
from collectors.capwap.codec import ControlMessage, DataPacket, Header, decode, encode, split
from collectors.capwap.discovery import PROBE, request
from collectors.capwap.shapes import AcNameWithPriority, MtuPadding, VendorPayload
from lab import capwap
from lab.faults import Outages
from lab.model import Moment
from lab.plan import plan
from tests.capwap_vectors import VECTORS

ELEMENT = "capwap.control.message_element"
RICH = VECTORS["V4 rich response"].message
PADDED = ControlMessage(1, 200, (*request(PROBE, 0).elements, MtuPadding(b"\xff" * 64), VendorPayload(25506, 7, b"\1")))
MESSAGES = {
    **{name: one.message for name, one in VECTORS.items() if isinstance(one.message, ControlMessage)},
    "our request": request(PROBE, 255),
    "with padding": PADDED,
    "with a priority": ControlMessage(6, 3, (AcNameWithPriority(1, b"AC-1"),)),
    "with a MAC of 8 octets": ControlMessage(13, 4, (), Header(radio=2, radio_mac=bytes(range(2, 10)))),
}
HEAD = ("capwap.header.wbid", "capwap.header.rid", "capwap.control.header.message_type")
SHARED = (*HEAD, "capwap.control.header.sequence_number", "capwap.message_element.type", "capwap.message_element.value")


@pytest.fixture(scope="module")
def dissect(need, tmp_path_factory):
    """Give ``dissect(datagrams, fields)``: what tshark says of each field, packet by packet, and the capture."""
    text2pcap, tshark = need("text2pcap", "tshark"), need("tshark", "tshark")

    def run(datagrams, fields, ports="40000,5246"):
        folder = tmp_path_factory.mktemp("tshark")
        dump, file = folder / "dump", folder / "capture.pcap"
        dump.write_text("\n".join(f"000000 {one.hex(' ')}" for one in datagrams) + "\n")
        subprocess.run([text2pcap, "-q", "-F", "pcap", "-u", ports, dump, file], check=True, capture_output=True)
        asked = [part for field in fields for part in ("-e", field)]
        command = [tshark, "-n", "-r", file, "-T", "fields", "-E", "separator=;", "-E", "aggregator=,", *asked]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return [dict(zip(fields, line.split(";"), strict=True)) for line in lines], file

    return run


@pytest.fixture(scope="module")
def told(dissect):
    """What tshark says of each message of the table."""
    wanted = {field for name in MESSAGES for field in dict(_values(MESSAGES[name]))}
    fields = (*SHARED, "_ws.malformed", "_ws.expert", *sorted(wanted))
    packets, _ = dissect([encode(message) for message in MESSAGES.values()], fields)
    return dict(zip(MESSAGES, packets, strict=True))


@pytest.mark.parametrize("name", MESSAGES)
def test_tshark_reads_header_and_elements_as_we_meant_them(told, name):
    message = MESSAGES[name]
    assert {field: told[name][field] for field in (*SHARED, "_ws.malformed")} == {
        "capwap.header.wbid": str(message.header.binding),
        "capwap.header.rid": str(message.header.radio),
        "capwap.control.header.message_type": str(message.kind),
        "capwap.control.header.sequence_number": str(message.sequence),
        "capwap.message_element.type": ",".join(str(elements.type_of(one)) for one in message.elements),
        "capwap.message_element.value": ",".join(elements.write(one).hex() for one in message.elements),
        "_ws.malformed": "",
    }


FIELDS = {
    shapes.AcDescriptor: {
        "stations": "ac_descriptor.stations",
        "station_limit": "ac_descriptor.limit",
        "wtps": "ac_descriptor.active_wtp",
        "wtp_limit": "ac_descriptor.max_wtp",
        "r_mac": "ac_descriptor.rmac_field",
    },
    shapes.DiscoveryType: {"how": "discovery_type"},
    shapes.BoardData: {"vendor": "wtp_board_data.vendor"},
    shapes.WtpDescriptor: {"radio_limit": "wtp_descriptor.max_radios", "radios": "wtp_descriptor.radio_in_use"},
    shapes.MacType: {"mac": "wtp_mac_type"},
    shapes.VendorPayload: {"vendor": "vsp.vendor_identifier", "id": "vsp.vendor_element_id"},
    shapes.AcNameWithPriority: {"priority": "ac_name_with_priority"},
}


def _values(message):
    """The numbers that tshark must show, by its names of the fields."""
    for one in message.elements:
        for ours, theirs in FIELDS.get(type(one), {}).items():
            yield f"{ELEMENT}.{theirs}", getattr(one, ours)


@pytest.mark.parametrize("name", [name for name, one in MESSAGES.items() if dict(_values(one))])
def test_tshark_reads_the_numbers_as_we_meant_them(told, name):
    wanted = dict(_values(MESSAGES[name]))
    assert {field: int(told[name][field], 0) for field in wanted} == wanted


def test_tshark_finds_nothing_to_warn_about_in_our_request(told):
    assert told["our request"]["_ws.expert"] == ""


def test_tshark_finds_nothing_to_warn_about_in_the_labs_answer(dissect):
    campus = plan()
    moment = Moment(campus, Outages(), datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    octets = capwap.answer(encode(request(PROBE, 77)), moment, campus.device("ac-1a"), "127.64.0.33")
    fields = ("capwap.control.header.sequence_number", f"{ELEMENT}.ac_descriptor.active_wtp", "_ws.expert")
    packets, _ = dissect([octets], fields, ports="5246,40000")
    assert list(packets[0].values()) == ["77", "36", ""]
    assert decode(octets).anomalies == ()


@pytest.mark.parametrize("size", [32, 56, 136])
def test_tshark_puts_our_fragments_together(dissect, size):
    field = f"{ELEMENT}.ac_descriptor.stations"
    packets, _ = dissect([encode(piece) for piece in split(RICH, 5, size)], [field])
    assert [packet[field] for packet in packets] == [""] * (len(packets) - 1) + ["1234"]


def test_tshark_sees_a_keep_alive(dissect):
    packet = encode(DataPacket(b"\0\x02", Header(keep_alive=True)))
    packets, _ = dissect([packet], ["capwap.header.flags.k"], ports="40000,5247")
    assert packets[0]["capwap.header.flags.k"] in {"1", "True"}


def test_our_reader_finds_in_a_capture_what_went_into_it(dissect):
    octets = [one.octets for one in VECTORS.values() if isinstance(one.message, ControlMessage)]
    _, capture = dissect(octets, ["frame.number"])
    with capture.open("rb") as file:
        assert [seen.what for seen in read(file)] == [decode(one) for one in octets]
