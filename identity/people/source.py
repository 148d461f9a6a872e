"""What does a file of people say, and how much of it is to be believed?

A row that cannot be right is not used, and its person is left alone. A file in which too much is wrong is not used at
all. ID numbers are turned into a keyed hash as they are read, and are kept nowhere.
"""

import hashlib
import hmac
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campus.settings import PeopleSource
from identity.people.table import Line, Table, Unreadable
from identity.people.table import read as read_table

MAY_BE_EMPTY = frozenset({"until", "mail", "phone"})
"""Columns of which empty cells say nothing about the file."""

_ID_FORM = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}|[A-Z0-9]{6,20}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Row:
    """What one source says of one person. ``id_hash`` is the keyed hash of the ID number, empty where none is told.

    ``until`` is the last day that the person stays.
    """

    source: str
    person_type: str
    person_id: str
    name: str
    active: bool
    department: str = ""
    class_: str = ""
    id_hash: str = ""
    mail: str = ""
    phone: str = ""
    until: date | None = None

    def stays(self, today: date) -> bool:
        """Whether the person is still here."""
        return self.active and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is wrong with a file: a code, the line (0 = the whole file) and the column; never a value."""

    code: str
    line: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One source as it was read.

    ``held`` are numbers whose rows are not believed. ``whole`` is whether every row told whose it is: only then does
    absence mean anything. With ``refused`` nothing of it is used, and all its people are left alone.
    """

    source: PeopleSource
    rows: tuple[Row, ...] = ()
    held: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()
    whole: bool = False
    refused: tuple[Doubt, ...] = ()


class _Wrong(ValueError):
    """A row is not believed; the arguments are the code and the field."""


def read(source: PeopleSource, key: bytes, now: datetime) -> Feed:
    """Read one source whole. A file that is not there is a `Feed` that is refused, not an error."""
    try:
        table = read_table(source.file, source.encoding, source.sheet)
    except Unreadable as error:
        return Feed(source, refused=(Doubt(error.code),))
    if now - table.changed_at > source.max_age:
        return Feed(source, refused=(Doubt("stale"),))
    return interpret(source, table, key)


def interpret(source: PeopleSource, table: Table, key: bytes) -> Feed:
    """Say what a table means (pure)."""
    if doubts := tuple(_head_doubts(source, table)):
        return Feed(source, refused=doubts)
    if not table.lines:
        return Feed(source, refused=(Doubt("empty"),))
    feed = _settled(_rows(source, table, key))
    if doubts := tuple(_too_much(feed, table)):
        return Feed(source, doubts=feed.doubts, refused=doubts)
    return feed


def id_hash(number: str, key: bytes) -> str:
    """Give the keyed hash of an ID number (HMAC-SHA-256, 128 bits in hex), the same however it was typed."""
    plain = unicodedata.normalize("NFKC", number).strip().upper()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:32]


# ── the whole file ───────────────────────────────────────────────────────────────────────────────────────────


def _head_doubts(source: PeopleSource, table: Table) -> Iterator[Doubt]:
    for column in source.columns.named().values():
        count = table.head.count(column)
        if count != 1:
            yield Doubt("column_missing" if count == 0 else "column_twice", 1, column)


def _too_much(feed: Feed, table: Table) -> Iterator[Doubt]:
    source = feed.source
    if len({doubt.line for doubt in feed.doubts}) > source.fault_ratio * len(table.lines):
        yield Doubt("bad_rows")
    for field, column in source.columns.named().items():
        place = table.head.index(column)
        empty = sum(1 for line in table.lines if len(line.cells) > place and not line.cells[place])
        if field not in MAY_BE_EMPTY and empty > source.empty_ratio * len(table.lines):
            yield Doubt("empty_cells", 0, column)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(source: PeopleSource, table: Table, key: bytes) -> tuple[Feed, list[tuple[int, Row]]]:
    columns = source.columns.named()
    places = {field: table.head.index(column) for field, column in columns.items()}
    rows: list[tuple[int, Row]] = []
    held: set[str] = set()
    doubts: list[Doubt] = []
    whole = True
    for line in table.lines:
        try:
            cells = _cells(line, table.head, places)
            rows.append((line.number, _row(source, cells, key)))
        except _Wrong as error:
            code, field = error.args
            doubts.append(Doubt(code, line.number, columns.get(field, "")))
            person_id = _number_in(source, line, places["person_id"])
            whole = whole and bool(person_id)
            held |= {person_id} - {""}
    return Feed(source, (), frozenset(held), tuple(doubts), whole), rows


def _number_in(source: PeopleSource, line: Line, place: int) -> str:
    """Give the number in a row that is not believed, empty where even that cannot be told."""
    number = line.cells[place] if len(line.cells) > place else ""
    return number if re.fullmatch(source.person_id_like, number) else ""


def _cells(line: Line, head: Sequence[str], places: Mapping[str, int]) -> Mapping[str, str]:
    if len(line.cells) != len(head):
        raise _Wrong("ragged", "")
    return {field: unicodedata.normalize("NFC", line.cells[place]) for field, place in places.items()}


def _row(source: PeopleSource, cells: Mapping[str, str], key: bytes) -> Row:
    if not re.fullmatch(source.person_id_like, cells["person_id"]):
        raise _Wrong("number", "person_id")
    if not cells["name"]:
        raise _Wrong("no_name", "name")
    for field, cell in cells.items():
        if not cell.isprintable() or len(cell) > 128:
            raise _Wrong("not_text", field)
    for field in ("department", "class"):
        if "/" in cells.get(field, ""):
            raise _Wrong("slash", field)
    if cells.get("mail") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cells["mail"]):
        raise _Wrong("mail", "mail")
    return Row(
        source=source.id,
        person_type=source.person_type,
        person_id=cells["person_id"],
        name=cells["name"],
        active=_active(source, cells.get("status")),
        department=cells.get("department", ""),
        class_=cells.get("class", ""),
        id_hash=_checked_hash(cells.get("id_number", ""), key),
        mail=cells.get("mail", "").lower(),
        phone=cells.get("phone", ""),
        until=_day(cells.get("until", "")),
    )


def _active(source: PeopleSource, status: str | None) -> bool:
    if status is None or status in source.active:
        return True
    if status in source.left:
        return False
    raise _Wrong("status", "status")


def _checked_hash(number: str, key: bytes) -> str:
    """Hash an ID number that can be one: with 18 places its check digit fits (GB 11643, ISO 7064 MOD 11-2)."""
    if not number:
        return ""
    plain = unicodedata.normalize("NFKC", number).upper()
    if not _ID_FORM.fullmatch(plain):
        raise _Wrong("id_number", "id_number")
    if len(plain) == 18 and plain[:17].isdecimal():
        total = sum(int(digit) * weight for digit, weight in zip(plain, _WEIGHTS, strict=False))
        if plain[17] != _CHECKS[total % 11]:
            raise _Wrong("id_number", "id_number")
    return id_hash(plain, key)


def _day(text: str) -> date | None:
    if not text:
        return None
    parts = _DAY.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)  # also 20261123
    except ValueError:
        raise _Wrong("day", "until") from None


# ── numbers that stand twice ─────────────────────────────────────────────────────────────────────────────────


def _settled(read_rows: tuple[Feed, list[tuple[int, Row]]]) -> Feed:
    """Keep one row a number; where two contradict each other, neither is believed."""
    feed, numbered = read_rows
    by_number: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for line, row in numbered:
        by_number[row.person_id].append((line, row))
    kept, held, doubts = [], set(feed.held), list(feed.doubts)
    for number, rows in by_number.items():
        one = None if number in feed.held else _one_of([row for _, row in rows])
        if one is not None:
            kept.append(one)
        else:
            held.add(number)
            doubts += [Doubt("twice", line, feed.source.columns.person_id) for line, _ in rows]
    return replace(feed, rows=tuple(kept), held=frozenset(held), doubts=tuple(doubts))


def _one_of(rows: Sequence[Row]) -> Row | None:
    """Give what rows of one number say together: the only one that is active, where they speak of one person."""
    if len(set(rows)) == 1:
        return rows[0]
    active = {row for row in rows if row.active}
    same = len({row.name for row in rows}) == 1 and len({row.id_hash for row in rows} - {""}) <= 1
    return active.pop() if same and len(active) == 1 else None
