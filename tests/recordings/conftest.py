"""Which recordings are there, and what do they hold? Found by name; the BSD ones come from PyPI's snmpsim-data.

`Oracle` is a second opinion: it only greps lines of a recording and shares no code with the reader.
"""

import asyncio
import bz2
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from campus.model import PollResult
from collectors.snmp.collect import poll_once
from collectors.snmp.detect import Match, detect
from collectors.snmp.fetch import Ask, fetch
from collectors.snmp.recording import RecordedSession, read_recording
from collectors.snmp.walk import VarBind, Walk
from inventory import profile
from inventory.profile import Profiles

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
WITH_STATIONS = Ask(optional=frozenset({"station"}))

_PACKAGE = Path(str(files("snmpsim_data"))) / "data"
_PLACES = {
    "h3c-wx6103": "network/switch",
    "h3c-e528-1": "network/switch",
    "h3c-e528-2": "network/switch",
    "h3c-comware-lsq1wcmd0": "network/switch",
    "h3c-comware-lsq1wcmd0-2509p61": "network/switch",
    "h3c-comware-7-1-075": "network/switch",
    "huawei-s12704": "network/switch",
    "ruijie-s5750-24gt12sfp": "network/switch",
    "ruijie-m18000": "network/wifi",
    "aruba-7010": "network/wifi",
    "aruba-7210": "network/wifi",
    "cisco-controller": "network/appliance",
    "hp-onboard-administrator": "bmc",
    "ibm-x3550-m3": "os/linux",
    "server-2003-5-2": "os/windows",
    **{f"linux-unknown-00{number}": "os/linux" for number in range(1, 8)},
}
_COMMON = ("1.3.6.1.2.1.1", "1.3.6.1.2.1.2", "1.3.6.1.2.1.31", "1.3.6.1.2.1.47")
_BIG = {
    "huawei-s12704": (
        "1.3.6.1.4.1.2011.5.25.31.1.1.1",
        "1.3.6.1.4.1.2011.6.139.12",
        *(f"1.3.6.1.4.1.2011.6.139.{part}" for part in ("13.3.3", "13.3.9", "13.3.10", "16.1.2", "17.1.2", "18.1.2")),
    ),
    "cisco-controller": (
        "1.3.6.1.4.1.14179.1",
        *(f"1.3.6.1.4.1.14179.2.{part}" for part in ("1.1", "1.4", "1.6", "2.1", "2.2", "2.13", "2.14", "2.15", "3.1")),
        "1.3.6.1.4.1.9.9.513.1.1.1",
        "1.3.6.1.4.1.9.9.618",
    ),
    "ruijie-m18000": ("1.3.6.1.4.1.4881.1.1.10.2.35", "1.3.6.1.4.1.4881.1.1.10.2.36", "1.3.6.1.4.1.4881.1.1.10.2.56"),
    "h3c-comware-lsq1wcmd0-2509p61": ("1.3.6.1.4.1.2011.10.2.75", "1.3.6.1.4.1.2011.10.2.6", "1.3.6.1.2.1.196"),
}
"""The parts of very long recordings that profiles look at: parsing the rest would be most of a test's time."""


def _find(name: str) -> Path:
    if name in _PLACES:
        found = _PACKAGE / _PLACES[name] / f"{name.removeprefix('linux-')}.snmprec.bz2"
        assert found.exists(), f"snmpsim-data lacks {found}"
        return found
    shared = Path(os.environ.get("CAMPUS_SHARED", Path(__file__).parents[3] / "shared")) / "recordings"
    for ending in (".snmprec", ".snmprec.bz2", ".snmpwalk"):
        if (shared / f"{name}{ending}").exists():
            return shared / f"{name}{ending}"
    pytest.skip(f"{name} is not in PyPI's snmpsim-data; set CAMPUS_SHARED to the folder that has recordings/{name}.*")


@pytest.fixture(scope="session")
def find() -> Callable[[str], Path]:
    """Give the path of a recording by its name, or skip."""
    return _find


@pytest.fixture(scope="session")
def polled_at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def with_stations() -> Ask:
    return WITH_STATIONS


@pytest.fixture(scope="session")
def profiles() -> Profiles:
    return profile.load()


@pytest.fixture(scope="session")
def cells() -> Callable[[str], list[VarBind]]:
    """Give the cells of a recording by its name."""

    @cache
    def load(name: str) -> list[VarBind]:
        return read_recording(_find(name), (*_COMMON, *_BIG[name]) if name in _BIG else ())

    return load


@pytest.fixture(scope="session")
def session(cells) -> Callable[..., RecordedSession]:
    """Give a recording as a device by its name; ``order`` as in `RecordedSession`."""
    return cache(lambda name, order="sorted": RecordedSession(cells(name), order))


@pytest.fixture(scope="session")
def poll_session(profiles) -> Callable[[RecordedSession], PollResult]:
    """Poll a device once, stations too."""
    return lambda device: asyncio.run(poll_once("dev", device, profiles, AT, WITH_STATIONS))


@pytest.fixture(scope="session")
def poll(session, poll_session) -> Callable[..., PollResult]:
    """Give what one poll of a recording yields, by its name."""
    return cache(lambda name, order="sorted": poll_session(session(name, order)))


@pytest.fixture(scope="session")
def walked(session, profiles) -> Callable[[str], tuple[Match, Walk]]:
    """Give how a recording is read, and its walk without stations."""

    async def walk(device: RecordedSession) -> tuple[Match, Walk]:
        (match,) = await detect(device, profiles)
        return match, await fetch("dev", [match], device, Ask(), AT)

    return cache(lambda name: asyncio.run(walk(session(name))))


class Oracle:
    """A recording as lines: ``column(oid)`` is what grep finds below an OID, by the rest of the OID."""

    def __init__(self, path: Path) -> None:
        octets = path.read_bytes()
        self._lines = (bz2.decompress(octets) if path.suffix == ".bz2" else octets).splitlines()

    def column(self, oid: str) -> dict[str, bytes]:
        return dict(self._cells(f"{oid}.".encode()))

    def numbers(self, oid: str) -> dict[str, int]:
        return {rest: int(value) for rest, value in self.column(oid).items()}

    def scalar(self, oid: str) -> int | None:
        found = self.column(oid).get("0")
        return None if found is None else int(found)

    @staticmethod
    def spelt(rest: str) -> tuple[str, list[str]]:
        """Read a text from the numbers of its letters, its length before them; give it and what is left."""
        length, *numbers = rest.split(".")
        return "".join(chr(int(number)) for number in numbers[: int(length)]), numbers[int(length) :]

    def h3c_radios(self) -> dict[str, int]:
        """The channel of each radio, by ``serial/number`` as its index spells it: length, letters, number."""
        table = {}
        for rest, channel in self.numbers("1.3.6.1.4.1.2011.10.2.75.2.1.3.1.5").items():
            serial, (radio,) = self.spelt(rest)
            table[f"{serial}/{radio}"] = channel
        return table

    def _cells(self, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for line in self._lines:
            if line.startswith(prefix):
                oid, tag, value = line.split(b"|", 2)
                if b":" not in tag:
                    text = bytes.fromhex(value.decode()) if tag.endswith(b"x") else value
                    yield oid[len(prefix) :].decode(), text


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], Oracle]:
    return cache(lambda name: Oracle(_find(name)))


@pytest.fixture(scope="session")
def summary() -> Callable[[PollResult], dict[str, object]]:
    """Give counts and sums of a result: what an expected file holds, and nothing of persons."""

    def count(result: PollResult) -> dict[str, object]:
        values: dict[str, list[float]] = {}
        facts: Counter[str] = Counter()
        states: Counter[str] = Counter()
        for measurement in result.measurements:
            for name, value in measurement.values.items():
                values.setdefault(name, []).append(value)
            kind = measurement.entity.kind
            facts.update(f"{kind}.{name}" for name in measurement.facts)
            if kind == "ap":
                states[measurement.facts.get("state", "unknown")] += 1
        counted: dict[str, object] = {
            "profile": result.profile,
            "variant": result.variant,
            "evidence": result.evidence,
            "profiles": list(result.profiles),
            "kinds": dict(sorted(Counter(m.entity.kind for m in result.measurements).items())),
            "states": dict(sorted(states.items())),
            "values": {name: [len(each), round(sum(each), 6)] for name, each in sorted(values.items())},
            "facts": dict(sorted(facts.items())),
            "gaps": len(result.gaps),
        }
        return json.loads(json.dumps(counted))

    return count
