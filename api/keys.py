"""How are API keys and page sessions made, kept and found again?

A token reads ``campus_<id>_<secret>``: the id is public and finds the record, the secret has 256 random bits.
Only its SHA-256 is kept; a slow hash guards guessable passwords and would add nothing to that much entropy.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from campus.errors import NotFound
from campus.store.contracts import Record, RecordStore

READ = "metrics:read"
INVENTORY = "inventory:read"
MEASURES = "measures:write"
SCOPES = (READ, INVENTORY, MEASURES)

SESSION_LIFE = timedelta(hours=12)
_PREFIX = "campus"


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of one token. ``parent`` is the id of the key that a page session was opened with."""

    id: str
    name: str
    scopes: frozenset[str]
    digest: str
    expires_at: datetime
    revoked: bool = False
    parent: str = ""

    def opens(self, secret: str, now: datetime) -> bool:
        """Say whether ``secret`` is this key's and the key is still good at ``now``."""
        same = hmac.compare_digest(self.digest, _digest(secret))
        return same and not self.revoked and now < self.expires_at


class Keyring:
    """Keys and sessions in the record store."""

    def __init__(self, records: RecordStore) -> None:
        self._records = records

    async def issue(self, name: str, scopes: Iterable[str], now: datetime, life: timedelta) -> str:
        """Make a key and give its token: the only time that it can be seen.

        Raises:
            NotFound: a scope that does not exist.
        """
        wanted = frozenset(scopes)
        if strange := wanted - set(SCOPES):
            raise NotFound(f"no scope {', '.join(sorted(strange))}; known: {', '.join(SCOPES)}")
        return await self._keep("api_key", Key("", name, wanted, "", now + life), now)

    async def open_session(self, key: Key, now: datetime) -> str:
        """Open a page session that may do what ``key`` may; it ends with the key or after `SESSION_LIFE`."""
        ends = min(now + SESSION_LIFE, key.expires_at)
        return await self._keep("session", Key("", key.name, key.scopes, "", ends, parent=key.id), now)

    async def close_session(self, session: Key, now: datetime) -> None:
        """End a session at once."""
        await self._records.append(_record("session", session, now, revoked=True))

    async def revoke(self, key_id: str, now: datetime) -> None:
        """End a key, and with it its sessions.

        Raises:
            NotFound: there is no such key.
        """
        keys = await self.keys()
        if key_id not in keys:
            raise NotFound(f"no key {key_id}")
        await self._records.append(_record("api_key", keys[key_id], now, revoked=True))

    async def keys(self) -> dict[str, Key]:
        """Give all keys by id, also ended ones."""
        return {record.id: _key(record) for record in await self._records.list("api_key")}

    async def find_key(self, token: str, now: datetime) -> Key | None:
        """Give the key that ``token`` opens, if it is good."""
        key_id, secret = _parts(token)
        key = (await self.keys()).get(key_id)
        return key if key and key.opens(secret, now) else None

    async def find_session(self, token: str, now: datetime) -> Key | None:
        """Give the session that ``token`` opens, if it and its key are good."""
        session_id, secret = _parts(token)
        recent = await self._records.list("session", start=now - SESSION_LIFE)
        session = next((_key(record) for record in recent if record.id == session_id), None)
        if session is None or not session.opens(secret, now):
            return None
        parent = (await self.keys()).get(session.parent)
        return session if parent and not parent.revoked else None

    async def _keep(self, kind: str, blank: Key, now: datetime) -> str:
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = Key(key_id, blank.name, blank.scopes, _digest(secret), blank.expires_at, parent=blank.parent)
        await self._records.append(_record(kind, key, now))
        return f"{_PREFIX}_{key_id}_{secret}"


def csrf_token(session_token: str) -> str:
    """Derive the token that a page must send beside its cookie; nobody without the cookie can make it."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parts(token: str) -> tuple[str, str]:
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if prefix == _PREFIX else ("", "")


def _record(kind: str, key: Key, now: datetime, *, revoked: bool = False) -> Record:
    body = {
        "name": key.name,
        "scopes": sorted(key.scopes),
        "digest": key.digest,
        "expires_at": key.expires_at.isoformat(),
        "revoked": revoked,
        "parent": key.parent,
    }
    return Record(kind, key.id, now, key.name, body)


def _key(record: Record) -> Key:
    body = record.body
    scopes = body["scopes"]
    return Key(
        record.id,
        str(body["name"]),
        frozenset(scopes) if isinstance(scopes, list) else frozenset(),
        str(body["digest"]),
        datetime.fromisoformat(str(body["expires_at"])),
        bool(body["revoked"]),
        str(body["parent"]),
    )
