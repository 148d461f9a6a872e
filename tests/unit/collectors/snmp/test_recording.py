"""Recordings as untidy as they come: what do they answer, and which lines are broken?"""

import bz2
from importlib.resources import files
from pathlib import Path

import pytest

from campus.errors import ConfigError
from collectors.snmp import ber
from collectors.snmp.recording import RecordedSession, read_recording, write_recording
from collectors.snmp.walk import Column, VarBind

DATA = Path(str(files("snmpsim_data"))) / "data"

SNMPREC = b"""#a comment, and a line whose text ends in a blank
1.3.6.1.2.1.1.1.0|4|with | a bar and a blank\x20
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9
1.3.6.1.2.1.1.3.0|67:numeric|rate=100
1.3.6.1.2.1.1.4.0|4|<private>
1.3.6.1.2.1.1.5.0|4x|e9a39fe5a082
1.3.6.1.2.1.1.6.0|4|

1.3.6.1.2.1.2.1.10|2|-5
1.3.6.1.2.1.2.1.9|65|4294967295
1.3.6.1.2.1.2.2.1|64|10.0.0.1
1.3.6.1.2.1.2.2.2|64x|0a000002
1.3.6.1.2.1.2.2.3|64|<private>
1.3.6.1.2.1.2.2.4|70|18446744073709551615
1.3.6.1.2.1.2.2.5|68x|9f780442280000
1.3.6.1.2.1.2.2.5|66|7
1.3.6.1.2.1.2.2.5|66|8
"""

SNMPWALK = rb""".1.3.6.1.2.1.1.1.0 = STRING: "two
lines and a \"quote\" and a \\"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.9
.1.3.6.1.2.1.1.3.0 = Timeticks: (12345) 0:02:03.45
.1.3.6.1.2.1.1.4.0 = ""
.1.3.6.1.2.1.1.5.0 = Hex-STRING: E9 A3 9F
E5 A0 82
.1.3.6.1.2.1.2.1.1 = INTEGER: up(1)
.1.3.6.1.2.1.2.1.2 = INTEGER: -5
.1.3.6.1.2.1.2.1.3 = INTEGER: 7 seconds
.1.3.6.1.2.1.2.1.4 = Counter32: 4294967295
.1.3.6.1.2.1.2.1.5 = Counter64: 18446744073709551615
.1.3.6.1.2.1.2.1.6 = Gauge32: 8
.1.3.6.1.2.1.2.1.7 = IpAddress: 192.168.042.006
.1.3.6.1.2.1.2.1.8 = Network Address: 0A:00:00:01
.1.3.6.1.2.1.2.1.9 = Opaque: Float: 42.500000
.1.3.6.1.2.1.2.1.10 = STRING: 0:1b:2c:3d:4e:ff
.1.3.6.1.2.1.2.1.11 = STRING: without quotes
.1.3.6.1.2.1.2.1.12 = BITS: 80 10 first(0) twelfth(11)
.1.3.6.1.2.1.2.1.13 = NULL
.1.3.6.1.2.1.2.1.14 = No Such Instance currently exists at this OID
.1.3.6.1.2.1.2.1.15 = Wrong Type (should be INTEGER): Gauge32: 9
.1.3.6.1.2.1.2.1.16 = No more variables left in this MIB View (It is past the end of the MIB tree)
"""


@pytest.fixture
def recording(tmp_path):
    def write(content, name="device.snmprec"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def read(cells):
    return {ber.decode_oid(cell.oid).removeprefix("1.3.6.1.2.1."): cell[1:] for cell in cells}


def test_every_form_of_snmprec_is_read(recording):
    assert read(read_recording(recording(SNMPREC))) == {
        "1.1.0": (4, b"with | a bar and a blank "),
        "1.2.0": (6, "1.3.6.1.4.1.9"),
        "1.4.0": (4, b"<private>"),
        "1.5.0": (4, "食堂".encode()),
        "1.6.0": (4, b""),
        "2.1.10": (2, -5),
        "2.1.9": (65, 4294967295),
        "2.2.1": (64, b"\x0a\x00\x00\x01"),
        "2.2.2": (64, b"\x0a\x00\x00\x02"),
        "2.2.4": (70, 2**64 - 1),
        "2.2.5": (66, 8),
    }


def test_an_address_whose_octets_are_printable_stands_as_them(recording):
    cells = b"1.3.6.1.2.1.2.106.75.46.109|64|jK.m\n"
    assert read(read_recording(recording(cells))) == {"2.106.75.46.109": (64, b"jK.m")}


def test_a_packed_recording_is_the_same(recording):
    packed = recording(bz2.compress(SNMPREC), "device.snmprec.bz2")
    assert read_recording(packed) == read_recording(recording(SNMPREC))


def test_every_form_of_snmpwalk_is_read(recording):
    assert read(read_recording(recording(SNMPWALK, "device.snmpwalk"))) == {
        "1.1.0": (4, b'two\nlines and a "quote" and a \\'),
        "1.2.0": (6, "1.3.6.1.4.1.9"),
        "1.3.0": (67, 12345),
        "1.4.0": (4, b""),
        "1.5.0": (4, "食堂".encode()),
        "2.1.1": (2, 1),
        "2.1.2": (2, -5),
        "2.1.3": (2, 7),
        "2.1.4": (65, 4294967295),
        "2.1.5": (70, 2**64 - 1),
        "2.1.6": (66, 8),
        "2.1.7": (64, b"\xc0\xa8\x2a\x06"),
        "2.1.8": (64, b"\x0a\x00\x00\x01"),
        "2.1.9": (68, 42.5),
        "2.1.10": (4, b"\x00\x1b\x2c\x3d\x4e\xff"),
        "2.1.11": (4, b"without quotes"),
        "2.1.12": (4, b"\x80\x10"),
        "2.1.15": (66, 9),
    }


@pytest.mark.parametrize("name", ["device.snmprec", "device.snmpwalk"])
def test_only_what_lies_below_the_prefixes_is_read(recording, name):
    path = recording(SNMPREC if name.endswith("rec") else SNMPWALK, name)
    cells = read(read_recording(path, ["1.3.6.1.2.1.1.1", ".1.3.6.1.2.1.1.2.0"]))
    assert set(cells) == {"1.1.0", "1.2.0"}


def faults(path):
    with pytest.raises(ConfigError) as caught:
        read_recording(path)
    return [(fault.line, fault.what) for fault in caught.value.faults]


def test_every_broken_line_of_snmprec_is_named(recording):
    broken = (
        b"1.3.6|2|1\nnonsense\n1.3.6.1|99|x\n1.3.6.2|2|many\n1.3.x|4|a\n1.3.6.3|4x|0g\n1.3.6.4|64|1.2.3\n1.3.6.5|2\n"
    )
    assert [line for line, _what in faults(recording(broken))] == [2, 3, 4, 5, 6, 7, 8]


def test_every_broken_line_of_snmpwalk_is_named(recording):
    broken = b"nonsense\n.1.3.6.1 = INTEGER: none\n.1.3.6.2 = INTEGER: 4\n.1.3.6.3 = Thing: 5\n"
    assert [line for line, _what in faults(recording(broken, "device.snmpwalk"))] == [1, 2, 4]


def test_a_file_of_another_kind_names_its_first_100_lines_only(recording):
    assert len(faults(recording(b"x\n" * 5000))) == 100


def test_a_missing_file_is_the_operators(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recording(tmp_path / "absent.snmprec")


def test_a_packed_file_that_is_cut_off_is_the_operators(recording):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recording(recording(bz2.compress(SNMPREC)[:-20], "device.snmprec.bz2"))


def test_a_file_that_is_not_packed_in_spite_of_its_name_is_the_operators(recording):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recording(recording(SNMPREC, "device.snmprec.bz2"))


async def test_a_recording_answers_get_with_its_last_value_and_says_what_is_missing(recording):
    session = RecordedSession.load(recording(SNMPREC))
    twice, absent = await session.get(["1.3.6.1.2.1.2.2.5", ".1.3.6.1.2.1.1.3.0"])
    assert twice.value == 8
    assert absent == VarBind(ber.encode_oid("1.3.6.1.2.1.1.3.0"), ber.NO_SUCH_INSTANCE, None)


async def test_a_sorted_recording_is_the_device_as_it_should_be(recording):
    session = RecordedSession.load(recording(SNMPREC))
    column = await session.walk("1.3.6.1.2.1.2")
    assert [ber.decode_oid(cell.oid)[12:] for cell in column.varbinds] == [
        "2.1.9",
        "2.1.10",
        "2.2.1",
        "2.2.2",
        "2.2.4",
        "2.2.5",
    ]
    assert (column.problem, column.backward) == (None, 0)
    assert ber.decode_oid((await session.get_next("1.3.6.1.2.1.2.1.9")).oid) == "1.3.6.1.2.1.2.1.10"
    assert await session.get_next("1.3.6.1.2.1.2.2.5") is None


async def test_a_recording_in_file_order_is_the_device_as_it_was(recording):
    session = RecordedSession.load(recording(SNMPREC), order="file")
    column = await session.walk("1.3.6.1.2.1.2")
    assert [ber.decode_oid(cell.oid)[12:] for cell in column.varbinds][:2] == ["2.1.10", "2.1.9"]
    assert column.backward == 1
    column = await session.walk("1.3.6.1.2.1")
    assert column.backward == 1
    assert column.problem == "the agent gave 1.3.6.1.2.1.2.2.5 a second time after 1.3.6.1.2.1.2.2.5"


async def test_what_is_written_reads_the_same(tmp_path):
    cells = [
        VarBind(ber.encode_oid("1.3.1"), ber.OCTET_STRING, b"plain text"),
        VarBind(ber.encode_oid("1.3.2"), ber.OCTET_STRING, b" blanks around "),
        VarBind(ber.encode_oid("1.3.3"), ber.OCTET_STRING, b"line\nbreak\r"),
        VarBind(ber.encode_oid("1.3.4"), ber.OCTET_STRING, "食堂".encode("gbk") + b"\0"),
        VarBind(ber.encode_oid("1.3.5"), ber.OCTET_STRING, b""),
        VarBind(ber.encode_oid("1.3.6"), ber.INTEGER, -1),
        VarBind(ber.encode_oid("1.3.7"), ber.COUNTER64, 2**64 - 1),
        VarBind(ber.encode_oid("1.3.8"), ber.OBJECT_ID, "1.3.6.1.4.1.4294967295"),
        VarBind(ber.encode_oid("1.3.9"), ber.IP_ADDRESS, b"\x0a\0\0\1"),
        VarBind(ber.encode_oid("1.3.10"), ber.IP_ADDRESS, b""),
        VarBind(ber.encode_oid("1.3.11"), ber.OPAQUE, 0.1),
        VarBind(ber.encode_oid("1.3.12"), ber.OPAQUE, b"\x04\x01A"),
    ]
    absent = VarBind(ber.encode_oid("1.3.13"), ber.NULL, None)
    for name in ("device.snmprec", "device.snmprec.bz2"):
        write_recording(tmp_path / name, [Column("1.3", cells[:6]), Column("1.3", [*cells[6:], absent])])
        assert read_recording(tmp_path / name) == cells


async def test_a_real_recording_survives_writing(tmp_path):
    session = RecordedSession.load(DATA / "os/windows/server-2003-5-2.snmprec.bz2")
    column = await session.walk("1.0")
    write_recording(tmp_path / "again.snmprec", [column, await session.walk("1.3")])
    assert await RecordedSession.load(tmp_path / "again.snmprec").walk("1.3") == await session.walk("1.3")


@pytest.mark.parametrize("name", ["network/switch/h3c-e528-2", "os/linux/ibm-x3550-m3"])
def test_a_cell_that_is_only_a_variation_is_not_there(name):
    path = DATA / f"{name}.snmprec.bz2"
    lines = bz2.decompress(path.read_bytes()).split(b"\n")
    plain = [line for line in lines if line[:1].isdigit() and b":" not in line.split(b"|")[1]]
    assert len(read_recording(path)) == len(plain)
