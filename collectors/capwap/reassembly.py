"""Which message do fragments make, in whatever order they come? (RFC 5415 §3.4)

Bounded: what would need more memory, time or patience than a control message can deserve is refused. Pure:
the instant comes in as seconds of any clock that only grows.
"""

from dataclasses import dataclass, field

from collectors.capwap.codec import CapwapError, Channel, ControlMessage, DataPacket, Fragment, Header, whole

MAX_FRAGMENTS = 8
MAX_OCTETS = 16384
MAX_AGE_S = 2.0
MAX_OPEN = 64
"""Messages that may be incomplete at once; the oldest gives way."""

Key = tuple[str, int]


@dataclass(slots=True)
class _Open:
    """The pieces of one message so far, by offset; ``size`` is known once the last one came."""

    since_s: float
    pieces: dict[int, bytes] = field(default_factory=dict)
    header: Header | None = None
    size: int | None = None

    def add(self, fragment: Fragment) -> None:
        start, end = fragment.offset, fragment.offset + len(fragment.payload)
        if self.pieces.get(start) == fragment.payload:
            return  # a datagram may come twice
        if end > MAX_OCTETS or len(self.pieces) == MAX_FRAGMENTS:
            raise CapwapError(f"more than {MAX_OCTETS} octets or {MAX_FRAGMENTS} fragments")
        if any(start < at + len(piece) and at < end for at, piece in self.pieces.items()):
            raise CapwapError("fragments overlap")
        if not fragment.payload or (not fragment.last and len(fragment.payload) % 8):
            raise CapwapError("a fragment but the last carries no multiple of 8 octets, or none at all")
        if fragment.last and self.size is not None:
            raise CapwapError("two last fragments")
        self.pieces[start] = fragment.payload
        if fragment.last:
            self.size = end
        if not start:
            self.header = fragment.header
        if self.size is not None and max(at + len(piece) for at, piece in self.pieces.items()) > self.size:
            raise CapwapError("a fragment lies behind the last one")

    def payload(self) -> bytes | None:
        """The whole, once nothing is missing: pieces that do not overlap and add up."""
        if self.size is None or sum(map(len, self.pieces.values())) != self.size:
            return None
        return b"".join(self.pieces[at] for at in sorted(self.pieces))


class Reassembler:
    """Puts the fragments of one channel together, apart for each source and fragment id."""

    def __init__(self, channel: Channel = Channel.CONTROL) -> None:
        self._channel = channel
        self._open: dict[Key, _Open] = {}

    def take(self, source: str, fragment: Fragment, now_s: float) -> ControlMessage | DataPacket | None:
        """Take a fragment; give the message that it completes.

        Raises:
            CapwapError: it does not fit those before it, or their whole is no message; all of them are forgotten.
        """
        key = (source, fragment.id)
        one = self._opened(key, now_s)
        try:
            one.add(fragment)
        except CapwapError:
            del self._open[key]
            raise
        payload = one.payload()
        if payload is None:
            return None
        del self._open[key]
        return whole(one.header or fragment.header, payload, self._channel)

    def _opened(self, key: Key, now_s: float) -> _Open:
        for old in [old for old, one in self._open.items() if now_s - one.since_s > MAX_AGE_S]:
            del self._open[old]
        if key not in self._open and len(self._open) == MAX_OPEN:
            del self._open[next(iter(self._open))]
        return self._open.setdefault(key, _Open(now_s))
