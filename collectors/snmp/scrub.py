"""How does a recording lose everything that points at people and places, and stay a recording?

Names, SSIDs, serial numbers, MAC and IP addresses become pseudonyms of the same form and length: equal ones
stay equal, in values and inside row indexes, so every join still holds. Fail closed: a text is kept only
below prefixes that are known to name kinds of things (descriptions, models, mount points). Numbers are kept.
SNMP's own users and the tables of neighbours, routes and connections are left out.

An index carries no types, so inside OIDs there is guessing: a text with its length before it, octets that
also stand in a cell, six arcs at the end that look like a MAC, or stand in a column where most do. Look
through a recording before you publish it.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from collectors.snmp import ber
from collectors.snmp.walk import Value, VarBind

KEPT = (
    "1.3.6.1.2.1.1.1",  # sysDescr
    "1.3.6.1.2.1.1.9.1.3",  # sysORDescr
    "1.3.6.1.2.1.2.2.1.2",  # ifDescr
    "1.3.6.1.2.1.31.1.1.1.1",  # ifName
    "1.3.6.1.2.1.25.2.3.1.3",  # hrStorageDescr
    "1.3.6.1.2.1.25.3.2.1.3",  # hrDeviceDescr
    "1.3.6.1.2.1.25.3.8.1.2",  # hrFSMountPoint
    *(f"1.3.6.1.2.1.47.1.1.1.1.{column}" for column in (2, 7, 8, 9, 10, 12, 13)),  # entPhysical… but serial, alias
    "1.3.6.1.4.1.2021.9.1.2",  # dskPath
    "1.3.6.1.4.1.2021.10.1.2",  # laNames
    "1.3.6.1.4.1.2021.13.15.1.1.2",  # diskIODevice
    "1.3.6.1.4.1.2021.13.16",  # lmSensors
)
"""Columns whose text names a kind of thing, never a person or a place."""

_LEFT_OUT = tuple(
    ber.encode_oid(f"1.3.6.1.{table}")
    for table in ("6.3", "2.1.4.21", "2.1.4.22", "2.1.4.24", "2.1.4.35", "2.1.6.13", "2.1.6.19", "2.1.6.20", "2.1.7")
)
_ADDRESS_TABLES = tuple(ber.encode_oid(f"1.3.6.1.2.1.4.{table}") for table in (20, 34))
_SYS_NAME = ber.encode_oid("1.3.6.1.2.1.1.5.0")
_FIRST_INDEX_ARC = 8
_SHORT = 3
_HANZI = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃辰宿列张"
_CLASSES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("0123456789", str.isdecimal),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", str.isupper),
    ("abcdefghijklmnopqrstuvwxyz", str.islower),
    (_HANZI, str.isalpha),
)
_TEXT_MAC = re.compile(r"[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}([.-][0-9a-fA-F]{4}){2}")
_TEXT_IP = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


class Scrubber:
    """Makes pseudonyms; the same ``key`` makes the same ones, and nobody without it can tell whose they are."""

    def __init__(self, key: bytes, kept: Sequence[str] = KEPT) -> None:
        self._key = key
        self._kept = tuple(ber.encode_oid(prefix) for prefix in kept)
        self._known: dict[bytes, bytes] = {}
        self._given: set[bytes] = set()
        self._names: list[bytes] = []
        self._mac_tables: frozenset[tuple[int, ...]] = frozenset()

    def scrub(self, cells: Iterable[VarBind]) -> list[VarBind]:
        """Give the cells under pseudonyms, in the order of their new OIDs."""
        cells = [cell for cell in cells if not cell.oid.startswith(_LEFT_OUT)]
        names = [cell.value for cell in cells if cell.oid == _SYS_NAME]
        self._names = [name for name in names if isinstance(name, bytes) and len(name) >= _SHORT]
        for cell in cells:
            self._value(cell)  # every octet string is known before any index is looked at
        self._mac_tables = _mac_tables(cells)
        found = [VarBind(self._oid(cell.oid), cell.tag, self._value(cell)) for cell in cells]
        return sorted(found, key=lambda cell: ber.arcs(cell.oid))

    def _value(self, cell: VarBind) -> Value | None:
        value = cell.value
        if isinstance(value, str):
            return ber.decode_oid(self._oid(ber.encode_oid(value)))
        if not isinstance(value, bytes):
            return value
        if cell.tag == ber.IP_ADDRESS:
            return self._address(value)
        if not cell.oid.startswith(self._kept):
            return self._octets(value)
        for name in self._names:
            value = value.replace(name, self._octets(name))  # Linux tells its name in sysDescr
        return value

    def _octets(self, octets: bytes) -> bytes:
        """Give the pseudonym of a value by what it looks like."""
        if octets in self._known:
            return self._known[octets]
        if _is_nothing(octets) or _is_date(octets):
            return octets
        if len(octets) == 6 and not octets.isascii():
            return self._address(octets)
        text, encoding = _text(octets)
        if text is not None:
            return self._remember(octets, self._text(text).encode(encoding))
        if len(octets) in {4, 6}:
            return self._address(octets)
        return self._remember(octets, self._stream(octets, len(octets)))

    def _text(self, text: str) -> str:
        """Replace each letter and digit by one of its class; an address in clear by the pseudonym of its octets."""
        bare = text.strip("\0 ")
        if len(bare) < _SHORT:
            return text
        if _TEXT_MAC.fullmatch(bare):
            digits = iter(self._address(bytes.fromhex(re.sub("[:.-]", "", bare))).hex())
            return text.replace(bare, "".join(next(digits) if letter.isalnum() else letter for letter in bare))
        if _TEXT_IP.fullmatch(bare) and all(int(part) < 256 for part in bare.split(".")):
            return text.replace(bare, ".".join(map(str, self._address(ber.encode_ip(bare)))))
        for attempt in range(100):
            stream = self._stream(f"{attempt} {text}".encode(), len(text))
            pseudonym = "".join(map(_of_its_class, text, stream))
            if pseudonym.encode() not in self._given and not _is_nothing(pseudonym.encode()):
                break
        return pseudonym

    def _address(self, octets: bytes) -> bytes:
        """Give a locally administered MAC for a MAC, an address of 10/8 for an IPv4 address; masks and nulls stay."""
        if octets in self._known:
            return self._known[octets]
        if _is_nothing(octets) or (len(octets) == 4 and octets[0] in {0, 127, 255}):
            return octets
        head = {6: b"\x02", 4: b"\x0a"}.get(len(octets), b"")
        for attempt in range(100):
            pseudonym = head + self._stream(bytes((attempt,)) + octets, len(octets) - len(head))
            if pseudonym not in self._given:
                break
        return self._remember(octets, pseudonym)

    def _remember(self, octets: bytes, pseudonym: bytes) -> bytes:
        self._known[octets] = pseudonym
        self._given.add(pseudonym)
        return pseudonym

    def _stream(self, seed: bytes, size: int) -> bytes:
        """Octets that only the key and ``seed`` tell."""
        seed = hmac.digest(self._key, seed, "sha256")
        return hashlib.shake_128(seed).digest(size)

    def _oid(self, oid: bytes) -> bytes:
        """Replace what points at somebody inside the index of an OID."""
        arcs = list(ber.arcs(oid))
        tail = arcs[-4:]
        if oid.startswith(_ADDRESS_TABLES) and max(tail) < 256:
            return ber.encode_arcs([*arcs[:-4], *self._address(bytes(tail))])
        if tuple(arcs[:-6]) in self._mac_tables and max(arcs[-6:]) < 256:
            return ber.encode_arcs([*arcs[:-6], *self._address(bytes(arcs[-6:]))])
        found, at = arcs[:_FIRST_INDEX_ARC], _FIRST_INDEX_ARC
        while at < len(arcs):
            used, replaced = self._index_part(arcs, at)
            found += replaced
            at += used
        return ber.encode_arcs(found)

    def _index_part(self, arcs: Sequence[int], at: int) -> tuple[int, list[int]]:
        """Give how many arcs from ``at`` on belong together, and what stands in their place."""
        size = arcs[at]
        behind = arcs[at + 1 : at + 1 + size]
        if _SHORT < size == len(behind) and all(0x20 <= arc < 0x7F for arc in behind):
            pseudonym = self._octets(bytes(behind))
            return size + 1, [len(pseudonym), *pseudonym]
        window = arcs[at : at + 6]
        if _looks_like_mac(window) and (bytes(window) in self._known or at + 6 == len(arcs)):
            return 6, list(self._address(bytes(window)))
        rest = arcs[at:]
        if len(rest) > _SHORT and max(rest) < 256 and bytes(rest) in self._known and max(rest) > 31:
            return len(rest), list(self._known[bytes(rest)])
        return 1, [size]


def _mac_tables(cells: Iterable[VarBind]) -> frozenset[tuple[int, ...]]:
    """Find what stands before the last six arcs where these look like a MAC in most rows."""
    rows, alike = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    for cell in cells:
        arcs = ber.arcs(cell.oid)
        rows[arcs[:-6]] += 1
        alike[arcs[:-6]] += _looks_like_mac(arcs[-6:])
    return frozenset(prefix for prefix, count in alike.items() if 2 * count > rows[prefix])


def _text(octets: bytes) -> tuple[str | None, str]:
    """Read octets as text with its encoding; ``None`` where they are none."""
    for encoding in ("utf-8", "gbk"):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(letter.isprintable() or letter in "\0\r\n\t" for letter in text):
            return text, encoding
    return None, ""


def _of_its_class(letter: str, number: int) -> str:
    for letters, belongs in _CLASSES:
        if belongs(letter):
            return letters[number % len(letters)]
    return letter


def _is_nothing(octets: bytes) -> bool:
    """Tell octets that stand for "none": all zero, all ones, blanks, dashes."""
    return not octets or (octets.strip(octets[:1]) == b"" and octets[0] in b"\x00\xff 0-")


def _is_date(octets: bytes) -> bool:
    """Tell a DateAndTime (RFC 2579): it points at nobody."""
    if len(octets) not in {8, 11}:
        return False
    return 1970 <= int.from_bytes(octets[:2], "big") <= 2100 and 1 <= octets[2] <= 12 and 1 <= octets[3] <= 31


def _looks_like_mac(window: Sequence[int]) -> bool:
    """Six octets of one station's address that are hardly six numbers: even at the front, spread out."""
    return len(window) == 6 and max(window) < 256 and not window[0] & 1 and len({arc for arc in window if arc > 31}) > 2
