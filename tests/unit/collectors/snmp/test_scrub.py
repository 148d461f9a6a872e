"""Does a scrubbed recording point at nobody, and does it still hold together?"""

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from collectors.snmp import ber
from collectors.snmp.record import record
from collectors.snmp.recording import RecordedSession, read_recording
from collectors.snmp.scrub import Scrubber
from collectors.snmp.walk import VarBind

H3C = Path(str(files("snmpsim_data"))) / "data/network/switch/h3c-e528-1.snmprec.bz2"
WLAN = "1.3.6.1.4.1.2011.10.2.75"
MAC = bytes.fromhex("3c8ab0112233")
SERIAL = b"219801A0CNC1234567"


def cell(oid, value, tag=ber.OCTET_STRING):
    return VarBind(ber.encode_oid(oid), tag, value)


def dotted(octets):
    return ".".join(map(str, octets))


def scrubbed(*cells):
    return {ber.decode_oid(found.oid): found.value for found in Scrubber(b"key").scrub(cells)}


def test_equal_values_get_equal_pseudonyms_of_the_same_form():
    found = scrubbed(cell("1.3.6.1.4.1.9.1.1", b"Zhang-San 2026"), cell("1.3.6.1.4.1.9.1.2", b"Zhang-San 2026"))
    first, second = found.values()
    assert first == second != b"Zhang-San 2026"
    assert [c.isdigit() for c in first.decode()] == [c.isdigit() for c in "Zhang-San 2026"]
    assert (first[5:6], first[9:10], len(first)) == (b"-", b" ", 14)


def test_different_values_never_share_a_pseudonym():
    cells = [cell(f"1.3.6.1.4.1.9.1.{number}", b"%03d" % number) for number in range(100, 400)]
    assert len(set(scrubbed(*cells).values())) == 300


def test_another_key_gives_other_pseudonyms():
    cells = [cell("1.3.6.1.4.1.9.1.1", MAC)]
    assert Scrubber(b"one").scrub(cells) != Scrubber(b"two").scrub(cells)


@pytest.mark.parametrize(
    "text", ["3c:8a:b0:11:22:33", "3C-8A-B0-11-22-33", "3c8a-b011-2233", "3c8a.b011.2233", "3c8ab0112233"]
)
def test_a_mac_in_text_agrees_with_the_same_mac_in_octets_and_index(text):
    found = scrubbed(
        cell("1.3.6.1.4.1.9.1.1", MAC),
        cell("1.3.6.1.4.1.9.1.2", text.encode()),
        cell(f"1.3.6.1.4.1.9.1.3.{dotted(MAC)}", 5, ber.INTEGER),
    )
    in_text = bytes.fromhex("".join(letter for letter in found["1.3.6.1.4.1.9.1.2"].decode() if letter.isalnum()))
    assert found["1.3.6.1.4.1.9.1.1"] == in_text != MAC
    assert found[f"1.3.6.1.4.1.9.1.3.{dotted(in_text)}"] == 5


def test_a_mac_that_only_an_index_tells_is_replaced():
    (oid,) = scrubbed(cell(f"1.3.6.1.4.1.9.9.1.3.{dotted(MAC)}", 5, ber.INTEGER))
    assert dotted(MAC) not in oid
    assert oid.startswith("1.3.6.1.4.1.9.9.1.3.2.")


def test_a_serial_number_joins_index_and_value():
    found = scrubbed(
        cell("1.3.6.1.4.1.9.1.1", SERIAL), cell(f"1.3.6.1.4.1.9.1.3.{len(SERIAL)}.{dotted(SERIAL)}.1", 5, ber.INTEGER)
    )
    pseudonym = found["1.3.6.1.4.1.9.1.1"]
    assert pseudonym != SERIAL
    assert found[f"1.3.6.1.4.1.9.1.3.{len(SERIAL)}.{dotted(pseudonym)}.1"] == 5


def test_an_address_joins_value_text_and_the_address_table():
    found = scrubbed(
        cell("1.3.6.1.2.1.4.20.1.1.202.96.1.5", b"\xca\x60\x01\x05", ber.IP_ADDRESS),
        cell("1.3.6.1.4.1.9.1.2", b"202.96.1.5"),
    )
    address = found.pop("1.3.6.1.4.1.9.1.2").decode()
    assert found == {f"1.3.6.1.2.1.4.20.1.1.{address}": bytes(map(int, address.split(".")))}
    assert address.startswith("10.")


def test_masks_nulls_and_numbers_stay():
    same = [
        cell("1.3.6.1.4.1.9.1.1", b"\xff\xff\xff\x00", ber.IP_ADDRESS),
        cell("1.3.6.1.4.1.9.1.2", b"\0\0\0\0\0\0"),
        cell("1.3.6.1.4.1.9.1.3", b"\xff" * 6),
        cell("1.3.6.1.4.1.9.1.4", 4711, ber.COUNTER32),
        cell("1.3.6.1.4.1.9.1.5", b"\x07\xea\x0b\x17\x06\x00\x00\x00"),
        cell("1.3.6.1.4.1.9.1.6", b""),
    ]
    assert Scrubber(b"key").scrub(same) == same


def test_kinds_of_things_keep_their_names_but_not_the_hosts():
    found = scrubbed(
        cell("1.3.6.1.2.1.1.1.0", b"Linux secret-host 6.1.0 x86_64"),
        cell("1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.25506.1.264", ber.OBJECT_ID),
        cell("1.3.6.1.2.1.1.5.0", b"secret-host"),
        cell("1.3.6.1.2.1.2.2.1.2.1", b"Vlan-interface100"),
    )
    assert found["1.3.6.1.2.1.1.1.0"].split()[0::2] == [b"Linux", b"6.1.0"]
    assert b"secret-host" not in b"".join(value for value in found.values() if isinstance(value, bytes))
    assert found["1.3.6.1.2.1.1.2.0"] == "1.3.6.1.4.1.25506.1.264"
    assert found["1.3.6.1.2.1.2.2.1.2.1"] == b"Vlan-interface100"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_chinese_name_stays_chinese_in_its_encoding(encoding):
    (value,) = scrubbed(cell("1.3.6.1.4.1.9.1.1", "第一食堂二楼".encode(encoding) + b"\0")).values()
    assert len(value.decode(encoding)) == 7
    assert value.endswith(b"\0")
    assert not set("第一食堂") & set(value.decode(encoding))


def test_snmps_own_users_and_neighbours_are_left_out():
    assert not scrubbed(cell("1.3.6.1.6.3.18.1.1.1.2.1", b"public"), cell("1.3.6.1.2.1.4.22.1.2.1.10.0.0.1", MAC))


STATIONS, COLUMNS = "3.1.1.1", (1, 2, 3, 6, 7, 8, 9)


@pytest.fixture(scope="module")
def wlan():
    """Cells of a real controller before and after; what they say about people is never printed."""
    stations = [f"{WLAN}.{STATIONS}.{column}" for column in COLUMNS]
    before = read_recording(H3C, [f"{WLAN}.2.1.1", f"{WLAN}.2.1.2", f"{WLAN}.4.3.1", *stations])
    return before, Scrubber(b"key").scrub(before)


def table(cells, column):
    prefix = ber.encode_oid(f"{WLAN}.{column}")
    return {found.oid[len(prefix) :]: found.value for found in cells if found.oid.startswith(prefix)}


def test_the_tables_of_a_real_controller_keep_their_shape(wlan):
    for column in ("2.1.1.1.4", "2.1.2.1.2", "4.3.1.1.2", *(f"{STATIONS}.{column}" for column in COLUMNS)):
        old, new = (Counter(table(cells, column).values()) for cells in wlan)
        assert sorted(old.values()) == sorted(new.values())


@pytest.mark.parametrize(("left", "right"), [("2.1.1.1.4", "2.1.2.1.2"), ("3.1.1.1.6", "3.1.1.1.2")])
def test_the_tables_of_a_real_controller_still_join(wlan, left, right):
    old, new = (len(table(cells, left).keys() & table(cells, right)) for cells in wlan)
    assert old == new > 100


def test_nothing_that_a_real_controller_tells_of_people_is_left(wlan):
    before, after = wlan
    told = set(table(before, "3.1.1.1.6"))
    for column in COLUMNS:
        values = table(before, f"{STATIONS}.{column}").values()
        told |= {value for value in values if isinstance(value, bytes) and len(value) > 3 and len(set(value)) > 2}
    left = told & {found.value for found in after} | told & set(table(after, "3.1.1.1.6"))
    assert len(told) > 5000
    assert len(left) == 0


async def test_a_device_is_recorded_from_1_0_on_and_reads_back(tmp_path):
    cells = [
        cell("1.0.8802.1.1.2.1.3.3.0", b"lldp system"),
        cell("1.2.840.10006.300.43.1.1.1.1.2.1", MAC),
        cell("1.3.6.1.2.1.1.3.0", 100, ber.TIME_TICKS),
    ]
    problems = await record(RecordedSession(cells), tmp_path / "out.snmprec", Scrubber(b"key"))
    again = read_recording(tmp_path / "out.snmprec")
    assert problems == []
    assert [found.oid for found in again] == [found.oid for found in cells]
    assert not {b"lldp system", MAC} & {found.value for found in again}


async def test_a_recording_that_is_not_whole_says_so(tmp_path):
    cells = [cell("1.3.6.1.2.1.1.3.0", 100, ber.TIME_TICKS)] * 2
    problems = await record(RecordedSession(cells, order="file"), tmp_path / "out.snmprec", Scrubber(b"key"))
    assert problems == ["1.3: the agent gave 1.3.6.1.2.1.1.3.0 a second time after 1.3.6.1.2.1.1.3.0"]
