"""How do we speak with Keycloak's admin API?

A thin transport for one realm: signs in as a service account and stays signed in, repeats what may be repeated,
gives plain data, and turns every refusal into one of our errors. Paths are relative to ``/admin/realms/<realm>/``;
the empty path is the realm itself. No secret and no token ever stands in an error or a log.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

import httpx

from campus.errors import CampusError, Conflict, Forbidden, NotFound, ServiceError
from campus.strict_yaml import Plain

Object = dict[str, Plain]
"""One JSON object as Keycloak tells it."""

AT_ONCE = 8
"""Requests under way at one time; Keycloak's own work is the limit, more would only queue there."""

PAUSES_S = (0.2, 1.0, 3.0)
"""Waits before a request is repeated; after the last one the failure stands."""

_ANSWERED_WITHOUT_DOING = frozenset({429, 503})
_PERHAPS_DONE = frozenset({502, 504})
_USED_OF_LIFE = 0.8
_ERRORS: dict[int, type[CampusError]] = {403: Forbidden, 404: NotFound, 409: Conflict}


@dataclass(frozen=True, slots=True)
class Account:
    """Where Keycloak is, and which service account asks: the client ``client_id`` of ``realm``.

    ``secret`` gives the client's secret when it is needed, so that no one has to keep it.
    """

    url: str
    realm: str
    client_id: str
    secret: Callable[[], str]


class Keycloak:
    """The admin API of one realm. Constructing never connects; ``async with`` opens and closes.

    Every method raises `Forbidden` (403), `NotFound` (404), `Conflict` (409: exists already, or changed meanwhile),
    or `ServiceError` for anything else that Keycloak or the way there refuses.
    """

    def __init__(
        self,
        account: Account,
        realm: str,
        *,
        way: httpx.AsyncBaseTransport | None = None,
        pauses: Sequence[float] = PAUSES_S,
    ) -> None:
        self.realm = realm
        self._account = account
        self._pauses = pauses
        self._http = httpx.AsyncClient(
            transport=way,
            timeout=httpx.Timeout(60, pool=None),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
        )
        self._base = account.url.rstrip("/")
        self._token = ""
        self._stale_at = 0.0
        self._signing_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, path: str, **query: str | int) -> Object:
        """Give one object."""
        return _object(_json(await self._ask("GET", path, query=query)), path)

    async def find(self, path: str, **query: str | int) -> Object | None:
        """Give one object, ``None`` where it does not exist."""
        try:
            return await self.read(path, **query)
        except NotFound:
            return None

    async def rows(self, path: str, **query: str | int) -> list[Object]:
        """Give a list of objects as it comes in one answer; see `pages` for lists that Keycloak cuts."""
        answer = _json(await self._ask("GET", path, query=query))
        if not isinstance(answer, list):
            raise ServiceError(f"Keycloak gave no list for {path}")
        return [_object(row, path) for row in answer]

    async def pages(self, path: str, size: int = 500, **query: str | int) -> AsyncIterator[list[Object]]:
        """Give a long list page by page (``first``, ``max``); a page that is not full is the last."""
        first = 0
        while page := await self.rows(path, first=first, max=size, **query):
            yield page
            if len(page) < size:
                return
            first += size

    async def all_rows(self, path: str, size: int = 500, **query: str | int) -> list[Object]:
        """Give a long list whole, read page by page."""
        return [row async for page in self.pages(path, size, **query) for row in page]

    async def number(self, path: str, **query: str | int) -> int:
        """Give what a ``…/count`` path counts."""
        answer = _json(await self._ask("GET", path, query=query))
        if not isinstance(answer, int):
            raise ServiceError(f"Keycloak gave no number for {path}")
        return answer

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

    async def create(self, path: str, body: Plain) -> str:
        """Add one thing (POST); gives the id that Keycloak named it by, empty where it names none."""
        answer = await self._ask("POST", path, body=body)
        return str(answer.headers.get("Location", "")).rpartition("/")[2]

    async def call(self, path: str, body: Plain = None) -> Plain:
        """Ask for something to be done (POST); gives the answer, ``None`` where it is empty."""
        answer = await self._ask("POST", path, body=body)
        return _json(answer) if answer.content else None

    async def replace(self, path: str, body: Plain = None) -> None:
        """Put ``body`` in the place of what is there (PUT)."""
        await self._ask("PUT", path, body=body)

    async def delete(self, path: str, body: Plain = None) -> None:
        """Remove something; that it is gone already is well."""
        try:
            await self._ask("DELETE", path, body=body)
        except NotFound:
            return

    async def create_realm(self, body: Plain) -> None:
        """Add the realm itself."""
        await self._send("POST", f"{self._base}/admin/realms", body=body)

    # ── the way there ────────────────────────────────────────────────────────────────────────────────────────

    async def _ask(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Plain = None
    ) -> httpx.Response:
        address = f"{self._base}/admin/realms/{quoted(self.realm)}" + (f"/{path}" if path else "")
        return await self._send(method, address, query=query, body=body)

    async def _send(
        self, method: str, address: str, *, query: Mapping[str, str | int] | None = None, body: Plain = None
    ) -> httpx.Response:
        for _ in range(2):
            token = await self._signed_in()
            headers = {"Authorization": f"Bearer {token}"}
            request = self._http.build_request(method, address, params=query, headers=headers, json=body)
            answer = await self._persist(request, harmless=method != "POST")
            if answer.status_code != 401:
                break
            if self._token == token:
                self._token = ""  # ended early: the server was restarted, or its keys were changed
        if answer.is_success:
            return answer
        raise _refusal(answer)

    async def _persist(self, request: httpx.Request, *, harmless: bool) -> httpx.Response:
        """Send, and send again where that can do no harm."""
        again = _ANSWERED_WITHOUT_DOING | (_PERHAPS_DONE if harmless else frozenset())
        for pause in self._pauses:
            try:
                answer = await self._once(request)
            except _Unanswered as failure:
                if not (failure.never_left or harmless):
                    raise
            else:
                if answer.status_code not in again:
                    return answer
            await asyncio.sleep(pause)
        return await self._once(request)

    async def _once(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._http.send(request)
        except httpx.TransportError as error:
            raise _Unanswered(request, error) from None

    async def _signed_in(self) -> str:
        """Give a token that is still good; many askers cause one sign-in."""
        async with self._signing_in:
            if not self._token or time.monotonic() >= self._stale_at:
                await self._sign_in()
            return self._token

    async def _sign_in(self) -> None:
        account = self._account
        address = f"{self._base}/realms/{quoted(account.realm)}/protocol/openid-connect/token"

        form = {"grant_type": "client_credentials", "client_id": account.client_id}
        request = self._http.build_request("POST", address, data=form | {"client_secret": account.secret()})
        asked_at = time.monotonic()
        answer = await self._persist(request, harmless=True)
        if not answer.is_success:
            who = f"{account.client_id} of realm {account.realm}"
            raise ServiceError(f"Keycloak does not let {who} in: {answer.status_code} {_reason(answer)}")
        told = _object(_json(answer), address)
        life, token = told.get("expires_in"), told.get("access_token")
        if not isinstance(life, int) or not isinstance(token, str):
            raise ServiceError(f"Keycloak gave no token at {address}")
        self._token, self._stale_at = token, asked_at + life * _USED_OF_LIFE


class _Unanswered(ServiceError):
    """No answer came; ``never_left`` where the request surely did nothing."""

    def __init__(self, request: httpx.Request, error: httpx.TransportError) -> None:
        self.never_left = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        where = request.url.copy_with(query=None)
        super().__init__(f"Keycloak cannot be reached at {where}: {type(error).__name__} {error}".rstrip())


def issuer(url: str, realm: str) -> str:
    """Give what stands as ``iss`` in the tokens of a realm."""
    return f"{url.rstrip('/')}/realms/{quoted(realm)}"


async def signing_keys(url: str, realm: str) -> Plain:
    """Fetch the JWKS document that the tokens of a realm are checked with; asks as nobody.

    Raises:
        ServiceError: Keycloak cannot be reached, or knows no such realm.
    """
    async with httpx.AsyncClient(timeout=10) as http:
        request = http.build_request("GET", f"{issuer(url, realm)}/protocol/openid-connect/certs")
        try:
            answer = await http.send(request)
        except httpx.TransportError as error:
            raise _Unanswered(request, error) from None
    if not answer.is_success:
        raise ServiceError(f"Keycloak does not tell the keys of realm {realm}: {answer.status_code}")
    return _json(answer)


def quoted(name: str) -> str:
    """Write a name as one segment of a path."""
    return quote(name, safe="")


def _json(answer: httpx.Response) -> Plain:
    try:
        told: Plain = answer.json()
    except ValueError:
        raise ServiceError(f"Keycloak's answer at {answer.request.url.path} is no JSON") from None
    return told


def _object(told: Plain, path: str) -> Object:
    if not isinstance(told, dict):
        raise ServiceError(f"Keycloak gave no object for {path}")
    return told


def _refusal(answer: httpx.Response) -> CampusError:
    request = answer.request
    kind = _ERRORS.get(answer.status_code, ServiceError)
    return kind(f"Keycloak refused {request.method} {request.url.path}: {answer.status_code} {_reason(answer)}")


def _reason(answer: httpx.Response) -> str:
    """Keycloak's own words, cut short."""
    try:
        told = answer.json()
    except ValueError:
        return answer.reason_phrase
    if not isinstance(told, dict):
        return answer.reason_phrase
    words = (told.get(key) for key in ("errorMessage", "error_description", "error"))
    return next((str(word)[:300] for word in words if word), answer.reason_phrase)
