"""Which tables can a check look at, and how does text become their rows? ``readings.yaml``, read strictly.

Hosts print one text for each reading (`probe.sh`); a device gives one configuration, out of which each reading picks
its rows: by ``each`` a row for every line that matches, else one row for the device.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from campus import strict_yaml
from playbooks import export, pam
from playbooks.devices import config_tree
from playbooks.devices.config_tree import Line
from playbooks.language.row import Row, pattern
from playbooks.language.table import Table, Tables, Unread
from playbooks.transcript import ABSENT, Section

REALM = "keycloak"
READINGS_FILE = Path(__file__).with_name("baseline") / "readings.yaml"


def _compiles(text: str) -> str:
    pattern(re.sub(r"\{\w+\}", "x", text))
    return text


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HostReading(_Strict):
    """One text of a host. ``settings`` are one row of words and values (the last one wins), ``columns`` many rows."""

    command: str
    form: Literal["settings", "columns", "lines", "pam"] = "lines"
    separator: str = ""
    columns: tuple[str, ...] = ()
    key: str = ""
    defaults: Mapping[str, str] = {}


class ReadingField(_Strict):
    """One field of a row: the first group of the pattern (``yes`` if it has none), or ``otherwise``."""

    find: Pattern
    otherwise: str | None = None


class DeviceReading(_Strict):
    """Rows picked out of a configuration.

    ``named_by`` finds words in the whole text that ``{…}`` in ``within`` stands for; ``inherit`` is the section that
    holds a field where the row's own section does not; ``required`` says that a device without such a row was not
    read whole.
    """

    each: Pattern | None = None
    within: Pattern | None = None
    named_by: Pattern | None = None
    inherit: Pattern | None = None
    fields: Mapping[str, ReadingField] = {}
    key: str = ""
    secret: frozenset[str] = frozenset()
    required: bool = False


class Readings(_Strict):
    """All readings: of hosts, and of devices by platform; a realm's are fixed (see `playbooks.export`)."""

    hosts: Mapping[str, HostReading]
    devices: Mapping[str, Mapping[str, DeviceReading]]
    show: Mapping[str, str] = Field(description="the command that prints the configuration, by platform")
    like: Mapping[str, str] = Field(description="platforms that are read as another one")

    def is_text(self, platform: str) -> bool:
        """Is it read as one text: a configuration, or the export of a realm?"""
        return platform == REALM or self.like.get(platform, platform) in self.devices

    def known(self, platform: str) -> frozenset[str]:
        """The names of the tables of a platform."""
        if platform == REALM:
            return export.TABLES
        return frozenset(self.devices.get(self.like.get(platform, platform), self.hosts))


def load(path: Path = READINGS_FILE) -> Readings:
    """Read the vocabulary.

    Raises:
        ConfigError: with every mistake of the file.
    """
    return strict_yaml.read(path).fill(Readings)


# ── hosts ────────────────────────────────────────────────────────────────────────────────────────────────────


def host_tables(readings: Readings, sections: Mapping[str, Section]) -> Tables:
    """Give the tables of a host; what was not asked for, not finished or refused is `Unread`."""
    return {name: _host_table(reading, sections.get(name)) for name, reading in readings.hosts.items()}


def _host_table(reading: HostReading, section: Section | None) -> Table | Unread:
    if section is None:
        return Unread("not read, or cut off")
    if section.status == ABSENT:
        return Unread("not there", absent=True)
    if section.status:
        return Unread(f"{reading.command}: status {section.status}")
    digest = hashlib.sha256(section.text.encode("utf-8", "surrogateescape")).hexdigest()
    return Table(tuple(_rows(reading, section.text)), reading.key, frozenset(), reading.command, digest)


def _rows(reading: HostReading, text: str) -> Iterator[Row]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if reading.form == "settings":
        yield {**reading.defaults, **_settings(lines, reading.separator or None)}
    elif reading.form == "pam":
        yield from pam.stacks(text)
    elif reading.form == "lines":
        yield from ({"line": line} for line in lines if not line.startswith("#"))
    else:
        last = len(reading.columns) - 1
        cells = (line.split(reading.separator or None, last) for line in lines if not line.startswith("#"))
        yield from (dict(zip(reading.columns, row, strict=False)) for row in cells)


def _settings(lines: list[str], separator: str | None) -> Row:
    """Words and their values; a word without one is a switch and says ``yes``."""
    found: dict[str, str] = {}
    for line in lines:
        if not line.startswith(("#", ";", "[")):
            word, *value = (part.strip() for part in line.split(separator, 1))
            found[word.lower()] = (value[0] if value else "yes").strip("'\"")
    return found


# ── devices ──────────────────────────────────────────────────────────────────────────────────────────────────


def text_fault(platform: str, text: str) -> str:
    """Say why a text is not whole; empty if it is."""
    return export.fault(text) if platform == REALM else config_tree.fault(text)


def device_tables(readings: Readings, platform: str, text: str) -> Tables:
    """Give the tables of a device or a realm; a text that is not whole gives none at all."""
    if platform == REALM:
        return export.tables(text)
    family = readings.like.get(platform, platform)
    wanted = readings.devices[family]
    if why := config_tree.fault(text):
        return dict.fromkeys(wanted, Unread(why))
    tops = config_tree.parse(text)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return {name: _device_table(one, tops, (readings.show[family], digest)) for name, one in wanted.items()}


def _device_table(reading: DeviceReading, tops: list[Line], source: tuple[str, str]) -> Table | Unread:
    rows = [_fields(reading, tops, [])] if reading.each is None else list(_each(reading, tops))
    if reading.required and not rows:
        return Unread("the configuration has no such section")
    return Table(tuple(rows), reading.key, reading.secret, *source)


def _each(reading: DeviceReading, tops: list[Line]) -> Iterator[Row]:
    for around in _around(reading, tops):
        for line in around:
            found = re.search(reading.each or "", line.text)
            if found:
                named = {name: value for name, value in found.groupdict().items() if value is not None}
                yield {**_fields(reading, line.below, _heirs(reading, tops, named)), **named}


def _around(reading: DeviceReading, tops: list[Line]) -> Iterator[list[Line]]:
    """The lists of lines in which a row may stand: the top, or what is below the lines ``within``."""
    if reading.within is None:
        yield tops
        return
    words: list[Mapping[str, str]] = [{}]
    if reading.named_by:
        hits = (re.search(reading.named_by, line.text) for line in tops)
        words = [hit.groupdict() for hit in hits if hit]
    for named in words:
        wanted = _filled(reading.within, named)
        yield from (line.below for line in tops if re.search(wanted, line.text))


def _heirs(reading: DeviceReading, tops: list[Line], named: Mapping[str, str]) -> list[Line]:
    if reading.inherit is None:
        return []
    wanted = _filled(reading.inherit, named)
    return [below for line in tops if re.search(wanted, line.text) for below in line.below]


def _filled(text: str, named: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda word: re.escape(named.get(word[1], "")), text)


def _fields(reading: DeviceReading, lines: list[Line], heirs: list[Line]) -> Row:
    found = {}
    for name, one in reading.fields.items():
        value = _find(one.find, lines) or _find(one.find, heirs) or one.otherwise
        if value is not None:
            found[name] = value
    return found


def _find(wanted: str, lines: list[Line]) -> str:
    """What the lines say, each value once: a user may have several roles."""
    hits = (re.search(wanted, line.text) for line in lines)
    return " ".join(dict.fromkeys(hit[1] if hit.re.groups else "yes" for hit in hits if hit))
