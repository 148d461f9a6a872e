"""How does SNMPv3 wrap a PDU, and what may be believed of what comes back?

The User-based Security Model (RFC 3414, SHA-2 of RFC 7860, AES-128 of RFC 3826) in the message format of
RFC 3412. Sans-IO; the clock is an argument. Until the agent's engine is known a request goes out as a
discovery; the report that answers it teaches the engine, and the request is sent again.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128

from collectors.snmp import ber, message
from collectors.snmp.ber import Malformed
from collectors.snmp.credential import AuthProtocol, UsmUser
from collectors.snmp.message import Response

_AUTH, _PRIV, _REPORTABLE = 1, 2, 4
_WINDOW_S = 150
_MAX = 2**31 - 1
_LARGEST_MESSAGE = ber.encode_integer(65507)
_SECURITY_MODEL = ber.encode_integer(3)
_VERSION = ber.encode_integer(message.V3)
_DIGEST_SIZES: dict[AuthProtocol, int] = {
    "md5": 12,
    "sha1": 12,
    "sha224": 16,
    "sha256": 24,
    "sha384": 32,
    "sha512": 48,
}
_USM_STATS = "1.3.6.1.6.3.15.1.1"
_NOT_IN_TIME_WINDOW = f"{_USM_STATS}.2.0"
_UNKNOWN_ENGINE_ID = f"{_USM_STATS}.4.0"
_REPORTS = {
    f"{_USM_STATS}.1.0": "the agent does not support this security level (usmStatsUnsupportedSecLevels)",
    _NOT_IN_TIME_WINDOW: "the agent finds us outside its time window (usmStatsNotInTimeWindows)",
    f"{_USM_STATS}.3.0": "the agent does not know this user (usmStatsUnknownUserNames)",
    _UNKNOWN_ENGINE_ID: "the agent denies its own engine-ID (usmStatsUnknownEngineIDs)",
    f"{_USM_STATS}.5.0": "wrong auth secret or protocol (usmStatsWrongDigests)",
    f"{_USM_STATS}.6.0": "wrong priv secret or protocol (usmStatsDecryptionErrors)",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Why an agent did not answer: the counter's OID, what it means; ``curable`` = worth sending once more."""

    oid: str
    meaning: str
    curable: bool


@dataclass(frozen=True, slots=True)
class _Engine:
    """The agent's authoritative engine: its clock showed ``boots`` and ``time_s`` at our ``at``."""

    id: bytes
    boots: int
    time_s: int
    at: float

    def clock(self, now: float) -> int:
        """Give what its clock shows now."""
        return self.time_s + int(now - self.at)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """The parts of a received message; ``digest`` and ``scoped`` are spans of its octets."""

    message_id: int
    flags: int
    engine: _Engine
    digest: tuple[int, int]
    salt: bytes
    scoped: tuple[int, int]


def explain(response: Response) -> Report:
    """Say what the report ``response`` means."""
    oid = ber.decode_oid(response.varbinds[0].oid) if response.varbinds else ""
    meaning = _REPORTS.get(oid, f"the agent answered with report {oid or 'of nothing'}")
    return Report(oid, meaning, oid in {_NOT_IN_TIME_WINDOW, _UNKNOWN_ENGINE_ID})


@lru_cache(maxsize=1024)
def _password_key(protocol: AuthProtocol, secret: str) -> bytes:
    """Stretch a password over 2^20 octets (RFC 3414 A.2); costs milliseconds, hence the cache."""
    octets = secret.encode()
    return hashlib.new(protocol, (octets * (2**20 // len(octets) + 1))[: 2**20]).digest()


@lru_cache(maxsize=8192)
def localised_key(protocol: AuthProtocol, secret: str, engine_id: bytes) -> bytes:
    """Make the key of a password for one engine (RFC 3414 §2.6)."""
    key = _password_key(protocol, secret)
    return hashlib.new(protocol, key + engine_id + key).digest()


class UsmWire:
    """The message format of SNMPv3 for one user and one agent.

    ``salt`` is where the 64-bit counter of RFC 3826 §3.1.2.1 starts; it must differ at each start.
    """

    def __init__(self, user: UsmUser, salt: int) -> None:
        self._user = user
        self._salt = salt
        self._level = (_AUTH if user.auth_protocol else 0) | (_PRIV if user.priv_protocol else 0)
        self._engine: _Engine | None = None

    def encode(self, message_id: int, pdu: bytes, now: float) -> bytes:
        """Wrap a request; as long as no engine is known, send a discovery in its place (RFC 3414 §4)."""
        engine = self._engine
        if engine is None:
            nothing = message.encode_pdu(message.GET, message_id, ())
            return self._message(message_id, _Engine(b"", 0, 0, now), nothing, level=0)
        return self._message(message_id, replace(engine, time_s=engine.clock(now)), pdu, self._level)

    def decode(self, data: bytes, now: float) -> tuple[int, Response]:
        """Read a datagram: believe nothing before its digest is right, learn the engine from what is believed.

        Raises:
            Malformed: no SNMPv3 answer, or one that may not be believed.
        """
        envelope = _open(data, now)
        if envelope.flags & _AUTH:
            self._verify(data, envelope)
        start, stop = envelope.scoped
        scoped = self._decrypt(data[start:stop], envelope) if envelope.flags & _PRIV else data[start:stop]
        response = _scoped_pdu(scoped)
        if response.kind == message.REPORT:
            self._learn(envelope, response)
        else:
            self._believe(envelope, now)
        return envelope.message_id, response

    def _message(self, message_id: int, engine: _Engine, pdu: bytes, level: int) -> bytes:
        scoped = _sequence(_octets(engine.id), _octets(b""), pdu)
        salt = b""
        if level & _PRIV:
            self._salt = (self._salt + 1) & 0xFFFFFFFFFFFFFFFF
            salt = self._salt.to_bytes(8, "big")
            encryptor = self._cipher(engine, salt).encryptor()
            scoped = _octets(encryptor.update(scoped))
        room = self._digest_size() if level & _AUTH else 0
        name = self._user.name.encode() if engine.id else b""
        clock = ber.encode_integer(engine.boots) + ber.encode_integer(engine.time_s)
        security = _sequence(_octets(engine.id), clock, _octets(name), _octets(bytes(room)), _octets(salt))
        flags = _octets(bytes((level | _REPORTABLE,)))
        header = _sequence(ber.encode_integer(message_id), _LARGEST_MESSAGE, flags, _SECURITY_MODEL)
        whole = _sequence(_VERSION, header, _octets(security), scoped)
        if not room:
            return whole
        at = len(whole) - len(scoped) - len(_octets(salt)) - room
        return whole[:at] + self._digest(engine.id, whole) + whole[at + room :]

    def _believe(self, envelope: _Envelope, now: float) -> None:
        """Check level, engine and time window of a response (RFC 3414 §3.2 7b), and follow the agent's clock."""
        engine, theirs = self._engine, envelope.engine
        if envelope.flags & (_AUTH | _PRIV) != self._level:
            raise Malformed("an answer of another security level than asked for")
        if engine is None or engine.id != theirs.id:
            raise Malformed("an answer of an engine that was not asked")
        if not self._level & _AUTH:
            return
        if (theirs.boots, theirs.time_s) < (engine.boots, engine.clock(now) - _WINDOW_S):
            raise Malformed("an answer from outside the time window")
        if (theirs.boots, theirs.time_s) > (engine.boots, engine.time_s):
            self._engine = theirs

    def _learn(self, envelope: _Envelope, response: Response) -> None:
        """Take the engine from a report: its id from anyone, a corrected clock only under a digest.

        The clock may go back: an agent that lost its boot counter would otherwise stay outside the window.
        """
        oid, known, theirs = explain(response).oid, self._engine, envelope.engine
        met = oid == _UNKNOWN_ENGINE_ID and bool(theirs.id)
        late = oid == _NOT_IN_TIME_WINDOW and known is not None and known.id == theirs.id
        if met or (late and envelope.flags & _AUTH):
            self._engine = theirs

    def _digest_size(self) -> int:
        protocol = self._user.auth_protocol
        return _DIGEST_SIZES[protocol] if protocol else 0

    def _key(self, secret: str, engine_id: bytes) -> bytes:
        protocol = self._user.auth_protocol
        if protocol is None:
            raise Malformed("authenticated or encrypted, but the user has no secrets")
        return localised_key(protocol, secret, engine_id)

    def _digest(self, engine_id: bytes, whole: bytes) -> bytes:
        key = self._key(self._user.auth_secret, engine_id)
        return hmac.digest(key, whole, self._user.auth_protocol or "")[: self._digest_size()]

    def _verify(self, data: bytes, envelope: _Envelope) -> None:
        start, stop = envelope.digest
        whole = data[:start] + bytes(stop - start) + data[stop:]
        if not hmac.compare_digest(self._digest(envelope.engine.id, whole), data[start:stop]):
            raise Malformed("wrong digest")

    def _cipher(self, engine: _Engine, salt: bytes) -> Cipher[CFB]:
        key = self._key(self._user.priv_secret, engine.id)[:16]
        vector = engine.boots.to_bytes(4, "big") + engine.time_s.to_bytes(4, "big") + salt
        return Cipher(AES128(key), CFB(vector))

    def _decrypt(self, data: bytes, envelope: _Envelope) -> bytes:
        if self._user.priv_protocol is None or not envelope.flags & _AUTH or len(envelope.salt) != 8:
            raise Malformed("encrypted, but not for us")
        encrypted, _end = ber.octets(data, 0, len(data))
        return self._cipher(envelope.engine, envelope.salt).decryptor().update(encrypted)


def _octets(content: bytes) -> bytes:
    return ber.tlv(ber.OCTET_STRING, content)


def _sequence(*parts: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, b"".join(parts))


def _open(data: bytes, now: float) -> _Envelope:
    """Part a datagram (RFC 3412 §6, RFC 3414 §2.4)."""
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    version, at = ber.integer(data, at, end)
    if version != message.V3 or end != len(data):
        raise Malformed("not SNMPv3, or with octets behind it")
    header, header_end = ber.expect(data, at, end, ber.SEQUENCE)
    message_id, header = ber.integer(data, header, header_end)
    _largest, header = ber.integer(data, header, header_end)
    flags, header = ber.octets(data, header, header_end)
    model, header = ber.integer(data, header, header_end)
    if len(flags) != 1 or model != 3:
        raise Malformed("another security model than USM")
    outer, scoped = ber.expect(data, header_end, end, ber.OCTET_STRING)
    at, security_end = ber.expect(data, outer, scoped, ber.SEQUENCE)
    engine_id, at = ber.octets(data, at, security_end)
    boots, at = ber.integer(data, at, security_end)
    time_s, at = ber.integer(data, at, security_end)
    _name, at = ber.octets(data, at, security_end)
    digest = ber.expect(data, at, security_end, ber.OCTET_STRING)
    salt, _at = ber.octets(data, digest[1], security_end)
    if not 0 <= boots <= _MAX or not 0 <= time_s <= _MAX or len(engine_id) > 32:
        raise Malformed("no authoritative engine")
    return _Envelope(message_id, flags[0], _Engine(engine_id, boots, time_s, now), digest, salt, (scoped, end))


def _scoped_pdu(scoped: bytes) -> Response:
    at, end = ber.expect(scoped, 0, len(scoped), ber.SEQUENCE)
    _context_engine, at = ber.octets(scoped, at, end)
    _context_name, at = ber.octets(scoped, at, end)
    return message.decode_pdu(scoped, at, end)
