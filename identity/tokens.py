"""May the bearer of this access token come in, and what may they do? Decided without asking Keycloak each time.

RS256 alone (RFC 7518 §3.3): ``none``, HMAC with a public key and every other algorithm are refused by name. Checked
are signature, issuer, audience, times (RFC 7519 §4.1) and Keycloak's ``typ`` and ``azp``.
"""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from campus.errors import Forbidden, ServiceError
from campus.strict_yaml import Plain

LEEWAY = timedelta(seconds=30)
LONGEST = 16384
"""A longer token is refused unread."""

ASK_AGAIN_S = 30.0

Keys = Mapping[str, RSAPublicKey]
Object = dict[str, Plain]


class Refused(Forbidden):
    """A token is not good; the text says why and repeats nothing of it."""


class UnknownKey(Refused):
    """The token is signed by a key that is not among ours; it may be a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it, for whom it is, and through which clients (``None`` = any)."""

    issuer: str
    audience: str
    clients: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """What a good token says. ``scopes`` are the roles that its bearer has at the audience."""

    subject: str
    name: str
    client: str
    scopes: frozenset[str]
    expires_at: datetime


def verify(text: str, keys: Keys, expected: Expected, now: datetime) -> Token:
    """Check an access token.

    Raises:
        UnknownKey: its key is not among ``keys``.
        Refused: anything else is wrong with it.
    """
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3:
        raise Refused("this is no access token")
    header, claims = _json(parts[0]), _json(parts[1])
    if header.get("alg") != "RS256" or "crit" in header:
        raise Refused("the token is signed in a way that is not accepted")
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise UnknownKey("the token is signed by an unknown key")
    try:
        key.verify(_octets(parts[2]), f"{parts[0]}.{parts[1]}".encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Refused("the token's signature is wrong") from None
    _check(claims, expected)
    return Token(
        subject=_text(claims, "sub"),
        name=str(claims.get("preferred_username", "")),
        client=_text(claims, "azp"),
        scopes=_scopes(claims, expected.audience),
        expires_at=_in_time(claims, now),
    )


def read_keys(told: Plain) -> Keys:
    """Give the signing keys of a JWKS document (RFC 7517) by their ids; RSA of 2048 bits and more.

    Raises:
        ServiceError: it is no JWKS document, or holds no such key.
    """
    rows = told.get("keys") if isinstance(told, dict) else None
    found = dict(_key(row) for row in (rows if isinstance(rows, list) else []) if _is_ours(row))
    keys = {kid: key for kid, key in found.items() if key.key_size >= 2048}
    if not keys:
        raise ServiceError("Keycloak tells no RSA key to check tokens with")
    return keys


class Verifier:
    """Checks tokens with keys that it fetches when it needs them, and keeps the last good ones.

    ``fetch`` gives the JWKS document or raises `ServiceError`; while it does, tokens of known keys still pass.
    An unknown key makes us ask at most every ``again_s`` seconds: anyone may send tokens of made-up keys.
    """

    def __init__(self, expected: Expected, fetch: Callable[[], Awaitable[Plain]], again_s: float = ASK_AGAIN_S) -> None:
        self._expected = expected
        self._fetch = fetch
        self._again_s = again_s
        self._failure: ServiceError | None = None
        self._keys: Keys = {}
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def check(self, text: str, now: datetime) -> Token:
        """Check one token, as `verify`.

        Raises:
            ServiceError: its key is unknown, and Keycloak does not tell its keys now.
        """
        try:
            return verify(text, self._keys, self._expected, now)
        except UnknownKey:
            if not await self._renewed():
                raise
        return verify(text, self._keys, self._expected, now)

    async def _renewed(self) -> bool:
        """Ask for the keys anew, unless that was done just now."""
        before = self._keys
        async with self._asking:
            if self._keys is not before:
                return True
            if self._asked_at is not None and time.monotonic() - self._asked_at < self._again_s:
                if self._failure is not None:
                    raise self._failure
                return False
            self._asked_at = time.monotonic()
            try:
                self._keys = read_keys(await self._fetch())
            except ServiceError as error:
                self._failure = error
                raise
            self._failure = None
            return True


def _json(part: str) -> Object:
    try:
        told: Plain = json.loads(_octets(part))
    except (ValueError, RecursionError):
        raise Refused("this is no access token") from None
    if not isinstance(told, dict):
        raise Refused("this is no access token")
    return told


def _octets(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("this is no access token") from None


def _text(claims: Object, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"the token lacks {name}")
    return value


def _check(claims: Object, expected: Expected) -> None:
    audience = claims.get("aud")
    if claims.get("iss") != expected.issuer:
        raise Refused("the token comes from another issuer")
    if expected.audience not in (audience if isinstance(audience, list) else [audience]):
        raise Refused(f"the token is not meant for {expected.audience}")
    if claims.get("typ") != "Bearer":
        raise Refused("this is no access token")
    if expected.clients is not None and claims.get("azp") not in expected.clients:
        raise Refused("the token was given to a client that is not accepted")


def _in_time(claims: Object, now: datetime) -> datetime:
    ends = _instant(claims, "exp")
    if ends is None:
        raise Refused("the token lacks exp")
    if ends + LEEWAY <= now:
        raise Refused("the token has ended")
    if any(start is not None and start - LEEWAY > now for start in (_instant(claims, "nbf"), _instant(claims, "iat"))):
        raise Refused("the token is not valid yet")
    return ends


def _instant(claims: Object, name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"the token's {name} is no time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise Refused(f"the token's {name} is no time") from None


def _scopes(claims: Object, audience: str) -> frozenset[str]:
    access = claims.get("resource_access")
    ours = access.get(audience) if isinstance(access, dict) else None
    roles = ours.get("roles") if isinstance(ours, dict) else None
    return frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()


def _is_ours(row: Plain) -> bool:
    return isinstance(row, dict) and row.get("kty") == "RSA" and row.get("use", "sig") == "sig"


def _key(row: Plain) -> tuple[str, RSAPublicKey]:
    told = row if isinstance(row, dict) else {}
    try:
        modulus, exponent = (int.from_bytes(_octets(str(told.get(name, "")))) for name in ("n", "e"))
        return str(told.get("kid")), RSAPublicNumbers(exponent, modulus).public_key()
    except (Refused, ValueError):
        raise ServiceError("Keycloak tells a key that is none") from None
