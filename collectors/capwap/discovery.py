"""What does a probe ask, and what does a controller's answer tell?

One Discovery Request (RFC 5415 §5.1), minimal and never fragmented: some controllers lock a source out for a
minute when it sends anything they cannot read. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campus.model import Entity, Measurement
from collectors.capwap import shapes as e
from collectors.capwap.codec import BINDING_80211, DISCOVERY_REQUEST, DISCOVERY_RESPONSE, ControlMessage, Header

MODEL = b"NETOPS-PROBE"
_UNKNOWN, _TUNNEL_8023, _MAC_BOTH, _ALL_BANDS = 0, 4, 2, 15
CAP = 65535
"""The largest count that an AC Descriptor can say; it may mean more."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the probe says it is. Always the same one: controllers keep a row for each AP that ever asked.

    The MAC is locally administered; an operator may have to put it or the serial on the controller's list.
    """

    mac: bytes = bytes.fromhex("024e45544f50")
    serial: bytes = b"NETOPS0001"


PROBE = Identity()


class State(StrEnum):
    """What came of a probe. Silence is not "down": strangers may be refused, the controller full, the way filtered."""

    ANSWERING = "answering"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One probe: round trip in seconds and answer where there was one, and ``remarks`` on what was odd."""

    state: State
    rtt_s: float | None = None
    answer: ControlMessage | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """What a Discovery Response says of its controller; ``None`` = it does not say."""

    name: str | None
    load: e.AcDescriptor | None
    addresses: tuple[str, ...]
    radios: int

    def version(self, kind: int) -> str | None:
        """Give hardware (`e.AC_HARDWARE`) or software (`e.AC_SOFTWARE`); hexadecimal where it is no text."""
        parts = self.load.parts if self.load else ()
        data = next((part.data for part in parts if part.type == kind), None)
        if data is None:
            return None
        return e.text(data).strip("\0") if all(octet >= 0x20 for octet in data.strip(b"\0")) else data.hex()


def request(identity: Identity, sequence: int) -> ControlMessage:
    """Make the Discovery Request of a WTP with one radio."""
    names = ((e.WTP_HARDWARE, b"1"), (e.WTP_SOFTWARE, b"1"), (e.WTP_BOOT, b"1"))
    board = ((e.MODEL, MODEL), (e.SERIAL, identity.serial), (e.BASE_MAC, identity.mac))
    wanted = (
        e.DiscoveryType(_UNKNOWN),
        e.BoardData(0, tuple(e.Part(kind, data) for kind, data in board)),
        e.WtpDescriptor(
            1, 0, (e.Encryption(BINDING_80211, 0),), tuple(e.VendorPart(0, kind, data) for kind, data in names)
        ),
        e.FrameTunnelMode(_TUNNEL_8023),
        e.MacType(_MAC_BOTH),
        e.RadioInformation(1, _ALL_BANDS),
    )
    return ControlMessage(DISCOVERY_REQUEST, sequence, wanted, Header())


def answers(message: ControlMessage) -> bool:
    """Whether this is a Discovery Response of which something can be used."""
    return message.kind == DISCOVERY_RESPONSE and bool(message.elements)


def service(answer: ControlMessage) -> Service:
    """Read what a Discovery Response says."""
    found = answer.elements
    return Service(
        name=next((e.text(one.name) for one in found if isinstance(one, e.AcName)), None),
        load=next((one for one in found if isinstance(one, e.AcDescriptor)), None),
        addresses=tuple(e.address_text(one) for one in found if isinstance(one, e.ControlIpv4 | e.ControlIpv6)),
        radios=sum(isinstance(one, e.RadioInformation) for one in found),
    )


def measurement(device_id: str, outcome: Outcome, at: datetime) -> Measurement | None:
    """Give what the catalogue has words for; ``None`` where nothing was answered."""
    if outcome.answer is None or outcome.rtt_s is None:
        return None
    values = {"ac.capwap_rtt_s": outcome.rtt_s}
    load = service(outcome.answer).load
    if load:
        values |= {"ac.capwap_stations": float(load.stations), "ac.capwap_wtps": float(load.wtps)}
    return Measurement(Entity("ac", device_id), at, values)


# ── the cross-check ──────────────────────────────────────────────────────────────────────────────────────────

TOLERANCE_RATIO = 0.05
ROUNDS = 3


class Agreement(StrEnum):
    """Do two sources tell one number? ``unknown`` where too little was heard."""

    AGREE = "agree"
    DIFFER = "differ"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Counts:
    """One count of one round as told over CAPWAP and over SNMP (``ac.capwap_wtps``, ``ac.aps_up``, …)."""

    capwap: float | None
    snmp: float | None

    @property
    def agreement(self) -> Agreement:
        """Agree within `TOLERANCE_RATIO` of the larger one; a count at `CAP` agrees with any larger one."""
        if self.capwap is None or self.snmp is None:
            return Agreement.UNKNOWN
        if self.capwap == CAP <= self.snmp:
            return Agreement.AGREE
        apart = abs(self.capwap - self.snmp) > TOLERANCE_RATIO * max(self.capwap, self.snmp)
        return Agreement.DIFFER if apart else Agreement.AGREE


def cross_check(rounds: Sequence[Counts]) -> Agreement:
    """Judge the last `ROUNDS` rounds, oldest first: they differ only if each of them does, since the two are not
    read in the same second; one that agrees settles it."""
    last = [one.agreement for one in rounds[-ROUNDS:]]
    if Agreement.AGREE in last:
        return Agreement.AGREE
    return Agreement.DIFFER if last.count(Agreement.DIFFER) == ROUNDS else Agreement.UNKNOWN
