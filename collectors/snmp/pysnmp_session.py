"""How is a device asked through pysnmp?

The one door to pysnmp. It speaks what our engine leaves out (DES, AES-192, AES-256) and is the second opinion
in tests. A reply with one malformed varbind shows as silence: pysnmp says no more.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Protocol, Self

from pysnmp.error import PySnmpError  # type: ignore[import-untyped] # pysnmp has no types
from pysnmp.hlapi.v3arch import asyncio as hlapi  # type: ignore[import-untyped] # pysnmp has no types
from pysnmp.proto import errind  # type: ignore[import-untyped] # pysnmp has no types

from campus.errors import DeviceError, DeviceNonsense, DeviceRefused, DeviceSilent
from collectors.snmp import ber, message
from collectors.snmp.budget import Pace
from collectors.snmp.channel import GIVE_UP, Follow, Request, causes_of_silence, resolve
from collectors.snmp.credential import Limits, Target, UsmUser
from collectors.snmp.message import Response
from collectors.snmp.walk import Value, VarBind

_AUTH = {
    None: hlapi.USM_AUTH_NONE,
    "md5": hlapi.USM_AUTH_HMAC96_MD5,
    "sha1": hlapi.USM_AUTH_HMAC96_SHA,
    "sha224": hlapi.USM_AUTH_HMAC128_SHA224,
    "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
    "sha384": hlapi.USM_AUTH_HMAC256_SHA384,
    "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    None: hlapi.USM_PRIV_NONE,
    "des": hlapi.USM_PRIV_CBC56_DES,
    "aes128": hlapi.USM_PRIV_CFB128_AES,
    # Keys are lengthened as net-snmp does; Cisco's own way is the constant without BLUMENTHAL.
    "aes192": hlapi.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
_REFUSALS = (
    errind.WrongDigest,
    errind.UnknownUserName,
    errind.UnknownSecurityName,
    errind.UnsupportedSecurityLevel,
    errind.UnsupportedAuthProtocol,
    errind.UnsupportedPrivProtocol,
    errind.AuthenticationError,
    errind.AuthenticationFailure,
    errind.DecryptionError,
    errind.NotInTimeWindow,
)
HEARSAY_S = 0.2

_COMMANDS = {message.GET: hlapi.get_cmd, message.GET_NEXT: hlapi.next_cmd}


class _Asn1(Protocol):
    """What we use of a pyasn1 value; ``tagSet`` holds (class, format, number) of each tag."""

    tagSet: Sequence[tuple[int, int, int]]  # noqa: N815 - pyasn1's name

    def __int__(self) -> int: ...

    def __bytes__(self) -> bytes: ...


class PysnmpChannel:
    """Requests and answers between us and one device, by pysnmp; made by `connect`."""

    def __init__(self, target: Target, transport: object, pace: Pace) -> None:
        self._target = target
        self._transport = transport
        self._pace = pace
        self._engine = hlapi.SnmpEngine()
        self._in_whose_name = _auth_data(target)
        self._unanswered = 0
        self.heard = False

    @classmethod
    async def connect(cls, target: Target, limits: Limits, pace: Pace) -> Self:
        """Resolve the address; nothing is sent.

        Raises:
            DeviceSilent: the address cannot be resolved.
        """
        kind = hlapi.Udp6TransportTarget if ":" in target.address else hlapi.UdpTransportTarget
        address = (target.address, target.port)
        try:
            transport = await kind.create(address, timeout=limits.timeout_s, retries=limits.retries)
        except (PySnmpError, OSError) as error:
            raise DeviceSilent(target.device_id, f"{target.address}: {error}") from None
        return cls(target, transport, pace)

    def close(self) -> None:
        """Let go of pysnmp's engine and its socket."""
        self._engine.close_dispatcher()

    async def converse(self, first: Request, follow: Follow = lambda _response: None) -> Response:
        """Send a request, then whatever ``follow`` makes of each answer; give the last one.

        Raises:
            DeviceSilent, DeviceRefused, DeviceNonsense: by pysnmp's error indication.
        """
        following: Request | None = first
        while following is not None:
            response = await self._ask(following)
            following = follow(response)
        return response

    async def _ask(self, request: Request) -> Response:
        if self._unanswered >= GIVE_UP:
            raise self._explain(errind.requestTimedOut)
        await asyncio.sleep(self._pace.budget.reserve(asyncio.get_running_loop().time()))
        objects = [hlapi.ObjectType(hlapi.ObjectIdentity(ber.arcs(oid))) for oid in request.oids]
        start = self._engine, self._in_whose_name, self._transport, hlapi.ContextData()
        try:
            if request.kind == message.GET_BULK:
                reply = await hlapi.bulk_cmd(*start, 0, request.repetitions, *objects, lookupMib=False)
            else:
                reply = await _COMMANDS[request.kind](*start, *objects, lookupMib=False)
        except PySnmpError as error:
            raise DeviceNonsense(self._target.device_id, f"pysnmp: {error}") from None
        indication, status, index, pairs = reply
        if indication is not None and not isinstance(indication, errind.EmptyResponse):
            self._unanswered += 1
            if not self.heard and isinstance(indication, errind.RequestTimedOut) and await _is_closed(self._target):
                where = f"{self._target.address} port {self._target.port}"
                raise DeviceRefused(self._target.device_id, f"{where} is closed: no SNMP agent listens there")
            raise self._explain(indication)
        self._unanswered = 0
        self.heard = True
        varbinds = [_varbind(tuple(name), value) for name, value in pairs]
        return Response(message.RESPONSE, 0, int(status), int(index), varbinds)

    def _explain(self, indication: object) -> DeviceError:
        where = f"{self._target.address} port {self._target.port}"
        if isinstance(indication, errind.RequestTimedOut):
            causes = "" if self.heard else f": {causes_of_silence(self._target)}"
            return DeviceSilent(self._target.device_id, f"no answer from {where} that pysnmp could read{causes}")
        kind = DeviceRefused if isinstance(indication, _REFUSALS) else DeviceNonsense
        return kind(self._target.device_id, f"{where}: {indication}")


async def _is_closed(target: Target) -> bool:
    """Whether the host says that nobody listens there; pysnmp's own socket does not hear of it."""
    family, address = await resolve(target)
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)  # noqa: FBT003 - the library's own signature
        try:
            probe.connect(address)
            probe.send(b"")
            await asyncio.sleep(HEARSAY_S)
            probe.recv(1)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False


def _auth_data(target: Target) -> object:
    credential = target.credential
    if isinstance(credential, UsmUser):
        return hlapi.UsmUserData(
            credential.name,
            credential.auth_secret or None,
            credential.priv_secret or None,
            authProtocol=_AUTH[credential.auth_protocol],
            privProtocol=_PRIV[credential.priv_protocol],
        )
    return hlapi.CommunityData(credential.name, mpModel=0 if credential.version == "1" else 1)


def _varbind(name: tuple[int, ...], value: _Asn1) -> VarBind:
    kind, form, number = value.tagSet[-1]
    tag = kind | form | number
    return VarBind(ber.encode_arcs(name), tag, _value(tag, value))


def _value(tag: int, value: _Asn1) -> Value | None:
    if tag == ber.NULL or tag in ber.EXCEPTIONS:
        return None
    if tag == ber.OBJECT_ID:
        return str(value)
    if tag in ber.NUMBERS:
        return int(value)
    return ber.decode_value(tag, bytes(value))
