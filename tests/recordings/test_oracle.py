"""Do ports, volumes, memory and radios agree with a script that only greps OIDs?"""

import re

import pytest

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
STORAGE, UCD = "1.3.6.1.2.1.25.2.3.1", "1.3.6.1.4.1.2021.4"
FIXED_DISK = b"1.3.6.1.2.1.25.2.1.4"

HOSTS = [
    *(f"linux-unknown-00{number}" for number in (1, 2, 3, 4, 6, 7)),
    "ibm-x3550-m3",
    "server-2003-5-2",
    "linux_powermon",
    "dsm",
    "vmware-vcsa",
    "truenas-scale_24.04.2.2",
]
SWITCHES = [
    "h3c-e528-2",
    "h3c-comware-7-1-075",
    "ruijie-s5750-24gt12sfp",
    "hp-onboard-administrator",
    "ruijie",
    "h3c-wx6103",
    "aruba-7210",
    "huawei-s12704",
]


def text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace").strip("\0 \t\r\n")


def ports_by_grep(oracle):
    """Give {name: (up, bit/s)}; a speed of 0 or 4294967295 says nothing."""
    names = oracle.column(f"{IFX}.1") or oracle.column(f"{IF}.2")
    speeds, fast = oracle.numbers(f"{IF}.5"), oracle.numbers(f"{IFX}.15")
    table = {}
    for index, oper in oracle.numbers(f"{IF}.8").items():
        slow = speeds.get(index, 0)
        speed = fast.get(index, 0) * 1_000_000 or (slow if slow != 2**32 - 1 else 0)
        table[text(names[index])] = (None if oper == 4 else int(oper == 1), speed or None)
    return table


@pytest.mark.parametrize("name", [*HOSTS, *SWITCHES])
def test_ports_agree_with_grep(name, poll, oracle) -> None:
    ports = [m for m in poll(name).measurements if m.entity.kind == "port"]
    found = {m.entity.id: (m.values.get("port.up"), m.values.get("port.speed_bps")) for m in ports}

    assert found == ports_by_grep(oracle(name))


def volumes_by_grep(oracle):
    """Give {description: (bytes, used bytes)} of the fixed disks that are no pseudo file systems."""
    kinds, descriptions = oracle.column(f"{STORAGE}.2"), oracle.column(f"{STORAGE}.3")
    units, sizes, used = (oracle.numbers(f"{STORAGE}.{column}") for column in (4, 5, 6))
    table = {}
    for row, kind in kinds.items():
        name = text(descriptions[row])
        if kind == FIXED_DISK and not re.match(r"/(dev|proc|run|sys)(/|$)", name):
            size, taken = sizes[row] % 2**32, used[row] % 2**32
            table[name] = (size * units[row] or None, taken * units[row] if units[row] else None)
    return table


@pytest.mark.parametrize("name", HOSTS)
def test_volumes_agree_with_grep(name, poll, oracle) -> None:
    volumes = [m for m in poll(name).measurements if m.entity.kind == "volume"]
    found = {m.entity.id: (m.values.get("volume.size_bytes"), m.values.get("volume.used_bytes")) for m in volumes}

    assert found == volumes_by_grep(oracle(name))


def memory_by_grep(oracle):
    """Give (bytes, used share without cache and buffers): UCD, else the rows of net-snmp, else Windows' row."""
    total, free, buffers, cached = (oracle.scalar(f"{UCD}.{column}") for column in (5, 6, 14, 15))
    rows = {text(value): row for row, value in oracle.column(f"{STORAGE}.3").items()}
    units, sizes, used = (oracle.numbers(f"{STORAGE}.{column}") for column in (4, 5, 6))
    kilobytes = oracle.scalar("1.3.6.1.2.1.25.2.2")
    if total is not None:
        return total * 1024, (total - free - buffers - cached) / total
    size = kilobytes * 1024 if kilobytes is not None else None
    if {"Physical memory", "Memory buffers", "Cached memory"} <= rows.keys():
        physical, buffer, cache = rows["Physical memory"], rows["Memory buffers"], rows["Cached memory"]
        if not {physical, buffer, cache} <= used.keys():
            return size, None
        taken = used[physical] - used[buffer] - used[cache]
        return size or sizes[physical] * units[physical], taken / sizes[physical]
    if "Physical Memory" in rows:
        row = rows["Physical Memory"]
        return size, used[row] / sizes[row]
    return size, None


@pytest.mark.parametrize("name", HOSTS)
def test_memory_agrees_with_grep(name, poll, oracle) -> None:
    (host,) = [m for m in poll(name).measurements if m.entity.kind == "host"]
    size, share = memory_by_grep(oracle(name))

    assert host.values.get("host.memory_bytes") == size
    assert host.values.get("host.memory_ratio") == (None if share is None else pytest.approx(share))


def test_the_cache_is_no_memory_use(poll) -> None:
    (host,) = [m for m in poll("linux-unknown-002").measurements if m.entity.kind == "host"]

    assert host.values["host.memory_ratio"] == pytest.approx(0.395, abs=0.001)


H = "1.3.6.1.4.1.2011.10.2.75"


@pytest.mark.parametrize("name", ["h3c-e528-1", "h3c-comware-lsq1wcmd0", "h3c-comware-lsq1wcmd0-2509p61"])
def test_each_radio_of_h3c_is_the_one_that_its_index_names(name, poll, oracle) -> None:
    radios = [m for m in poll(name).measurements if m.entity.kind == "radio"]

    assert {m.entity.id: m.values["radio.channel"] for m in radios} == oracle(name).h3c_radios()
    assert all(m.entity.id.startswith(f"{m.facts['ap']}/") for m in radios)


@pytest.mark.parametrize("name", ["h3c-wx6103", "h3c-e528-1", "h3c-comware-lsq1wcmd0"])
def test_aps_of_h3c_are_the_serials_of_the_templates(name, poll, oracle) -> None:
    templates = oracle(name).column(f"{H}.4.3.1.1.2")
    names = {text(serial): oracle(name).spelt(rest)[0] for rest, serial in templates.items()}
    aps = [m for m in poll(name).measurements if m.entity.kind == "ap"]

    assert {m.entity.id: m.facts["name"] for m in aps} == names


def test_noise_comes_from_the_row_of_the_current_channel(poll, oracle) -> None:
    recording = oracle("cisco-controller")
    channels = recording.numbers("1.3.6.1.4.1.14179.2.2.2.1.4")
    noise = recording.numbers("1.3.6.1.4.1.14179.2.2.15.1.21")
    table = {}
    for rest, channel in channels.items():
        *octets, slot = rest.split(".")
        level = noise.get(f"{rest}.{channel}", -128)
        table[":".join(f"{int(octet):02x}" for octet in octets) + f"/{slot}"] = None if level == -128 else level
    radios = [m for m in poll("cisco-controller").measurements if m.entity.kind == "radio"]

    assert {m.entity.id: m.values.get("radio.noise_dbm") for m in radios} == table


def test_huawei_radios_hang_on_the_serial_of_their_mac(poll, oracle) -> None:
    recording = oracle("huawei-s12704")
    w = "1.3.6.1.4.1.2011.6.139"
    serials = recording.column(f"{w}.13.3.10.1.3")
    by_mac = {mac: text(serials[row]) for row, mac in recording.column(f"{w}.13.3.10.1.2").items()}
    table = {}
    for rest, stations in recording.numbers(f"{w}.16.1.2.1.40").items():
        *octets, radio = rest.split(".")
        table[f"{by_mac[bytes(map(int, octets))]}/{radio}"] = stations
    radios = [m for m in poll("huawei-s12704").measurements if m.entity.kind == "radio"]

    assert {m.entity.id: m.values["radio.stations"] for m in radios} == table
