"""SNMP agents for tests: raw octets over loopback, independent of our own encoder and of our recording reader."""

import bz2
import ipaddress
import socket
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Cell = tuple[str, int, int | bytes | str]
"""Dotted OID, tag on the wire, value (str = dotted OID or IP address)."""

GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5


def tlv(tag: int, content: bytes) -> bytes:
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    if len(content) < 256:
        return bytes([tag, 0x81, len(content)]) + content
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def integer(number: int, tag: int = 2) -> bytes:
    size = 1
    while not -(1 << 8 * size - 1) <= number < 1 << 8 * size - 1:
        size += 1
    return tlv(tag, number.to_bytes(size, "big", signed=True))


def oid(dotted: str) -> bytes:
    """Content octets of an OID."""
    numbers = [int(part) for part in dotted.split(".")]
    packed = b""
    for number in [numbers[0] * 40 + numbers[1], *numbers[2:]]:
        piece = bytes([number & 0x7F])
        while number := number >> 7:
            piece = bytes([number & 0x7F | 0x80]) + piece
        packed += piece
    return packed


def value(tag: int, content: int | bytes | str) -> bytes:
    """The whole TLV of a value."""
    if isinstance(content, int):
        return integer(content, tag)
    if isinstance(content, str):
        packed = ipaddress.ip_address(content).packed if tag == 0x40 else oid(content)
        return tlv(tag, packed)
    return tlv(tag, content)


def varbind(dotted: str, tag: int, content: int | bytes | str) -> bytes:
    return tlv(0x30, tlv(6, oid(dotted)) + value(tag, content))


def response(
    request: "Request", varbinds: bytes, status: int = 0, index: int = 0, request_id: int | None = None
) -> bytes:
    """A whole datagram that answers ``request``."""
    number = request.id if request_id is None else request_id
    pdu = tlv(RESPONSE, integer(number) + integer(status) + integer(index) + tlv(0x30, varbinds))
    return tlv(0x30, integer(request.version) + tlv(4, request.community) + pdu)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        size, start = data[at + 1], at + 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[at + 2 : start], "big")
        yield data[at], data[start : start + size]
        at = start + size


class Request:
    """What a manager sent (v1, v2c)."""

    def __init__(self, data: bytes) -> None:
        [(_, body)] = _parts(data)
        (_, version), (_, self.community), (self.kind, pdu) = _parts(body)
        self.version = int.from_bytes(version, "big")
        (_, number), (_, first), (_, second), (_, varbinds) = _parts(pdu)
        self.id = int.from_bytes(number, "big", signed=True)
        self.non_repeaters = int.from_bytes(first, "big")
        self.repetitions = int.from_bytes(second, "big")
        self.varbinds = varbinds
        self.oids = [next(_parts(pair))[1] for _, pair in _parts(varbinds)]


class UdpAgent:
    """Answers each datagram with what ``answer`` gives for it (none, one or several datagrams), in a thread."""

    def __init__(self, answer: Callable[[bytes], Iterable[bytes]], host: str = "127.0.0.1") -> None:
        self.host = host
        self.requests = 0
        self.sender: tuple[str, int] | None = None
        self.silent = False
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self._socket.settimeout(0.05)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[str | int]:
        """``host, port = agent``."""
        return iter((self.host, self.port))

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                data, sender = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            self.requests += 1
            self.sender = sender
            if not self.silent:
                for datagram in self._answer(data):
                    self._socket.sendto(datagram, sender)


def read_snmprec(path: Path, prefixes: tuple[str, ...] = ()) -> list[Cell]:
    """The cells of a recording that have a value, in the order of the file."""
    raw = path.read_bytes()
    cells: list[Cell] = []
    for line in (bz2.decompress(raw) if path.suffix == ".bz2" else raw).split(b"\n"):
        dotted, _, rest = line.decode("latin-1").partition("|")
        kind, _, text = rest.partition("|")
        if not dotted[:1].isdigit() or ":" in kind:
            continue
        if prefixes and not any(f"{dotted}.".startswith(f"{prefix}.") for prefix in prefixes):
            continue
        if kind.endswith("x"):
            cells.append((dotted, int(kind[:-1]), bytes.fromhex(text)))
        elif kind in {"6", "64"}:
            cells.append((dotted, int(kind), text))
        else:
            cells.append((dotted, int(kind), text.encode("latin-1") if kind == "4" else int(text)))
    return cells


class Mib:
    """Cells behind GET, GETNEXT and GETBULK.

    ``order="file"`` is a disorderly agent: the next cell is the next line, whatever its OID.
    ``largest`` is the greatest reply in octets.
    """

    def __init__(self, cells: Iterable[Cell], order: str = "sorted", largest: int = 1472, community: str = "public"):
        listed = [
            (oid(dotted), tuple(map(int, dotted.split("."))), varbind(dotted, tag, v)) for dotted, tag, v in cells
        ]
        self.by_oid = {name: pair for name, _key, pair in listed}
        by_key = sorted({key: (name, pair) for name, key, pair in listed}.items())
        self._keys = [key for key, _ in by_key]
        self._sorted = [cell for _, cell in by_key]
        self._served = self._sorted if order == "sorted" else [(name, pair) for name, _key, pair in listed]
        self._places: dict[bytes, int] = {}
        for place, (name, _pair) in enumerate(self._served):
            self._places.setdefault(name, place)
        self._order = order
        self._largest = largest
        self._community = community.encode()

    def answer(self, data: bytes) -> Iterator[bytes]:
        request = Request(data)
        if request.community != self._community:
            return
        if request.kind == GET:
            pairs = [self.by_oid.get(name) or tlv(0x30, tlv(6, name) + b"\x81\x00") for name in request.oids]
        else:
            pairs = list(self._rows(request))
        found = self.by_oid.values() if request.version == 0 else ()
        missing = next((place for place, pair in enumerate(pairs, 1) if pair not in found), 0)
        if request.version == 0 and missing:
            yield response(request, request.varbinds, status=2, index=missing)
            return
        reply = response(request, b"".join(pairs))
        yield reply if len(reply) <= self._largest else response(request, b"", status=1)

    def _rows(self, request: Request) -> Iterator[bytes]:
        """Repeat the requested columns as often as asked and as fits."""
        names, room = list(request.oids), self._largest - 60
        for _ in range(request.repetitions if request.kind == GET_BULK else 1):
            for place, name in enumerate(names):
                names[place], pair = self._next(name)
                room -= len(pair)
                if room < 0 and request.kind == GET_BULK:
                    return
                yield pair

    def _next(self, name: bytes) -> tuple[bytes, bytes]:
        place = self._places[name] + 1 if name in self._places else self._start(name)
        return self._served[place] if place < len(self._served) else (name, tlv(0x30, tlv(6, name) + b"\x82\x00"))

    def _start(self, name: bytes) -> int:
        """Where a walk that begins at ``name`` meets its first cell."""
        if self._order == "file":
            below = (place for place, cell in enumerate(self._served) if cell[0].startswith(name))
            if (first := next(below, None)) is not None:
                return first
        place = bisect_right(self._keys, _arcs(name))
        return self._places[self._sorted[place][0]] if place < len(self._sorted) else len(self._served)


def _arcs(name: bytes) -> tuple[int, ...]:
    numbers, number = [], 0
    for octet in name:
        number = number << 7 | octet & 0x7F
        if octet < 128:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])
