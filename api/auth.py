"""Who is asking, and may they?

Machines send ``Authorization: Bearer <key>``, or an access token of the college's Keycloak. Pages sign in with a key
once and then carry a session cookie (``HttpOnly``, ``SameSite=Strict``); with it, unsafe methods also need the CSRF
token in a header.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from api.keys import Key, csrf_token
from api.problems import Refusal
from api.services import Behind, Services
from identity.tokens import Refused

COOKIE = "campus_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="An API key: campus_<id>_<secret>")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="A session of the pages")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is behind a request, and what they may do. ``session`` is the page session, if it is one."""

    key: Key
    session_token: str = ""


def address_of(request: Request) -> str:
    """The address that attempts are counted for."""
    return request.client.host if request.client else ""


async def check_key(token: str, request: Request, services: Services) -> Key:
    """Give the key that ``token`` opens.

    Raises:
        Refusal: a wrong, ended or revoked key; too many failures from this address.
    """
    now, address = services.now(), address_of(request)
    _patience(services, address)
    key = await services.keyring.find_key(token, now)
    if key is None:
        services.throttle.failed(address, now)
        raise _unauthenticated("This key is wrong, has ended or was revoked.")
    return key


async def check_token(token: str, request: Request, services: Services) -> Key:
    """Give what the bearer of an access token of Keycloak may do, as a key that ends with the token.

    Raises:
        Refusal: the token is not good; too many failures from this address.
        ServiceError: Keycloak does not tell its keys now.
    """
    now, address = services.now(), address_of(request)
    _patience(services, address)
    if services.tokens is None:
        raise _unauthenticated("Access tokens are not accepted here.")
    try:
        good = await services.tokens.check(token, now)
    except Refused as error:
        services.throttle.failed(address, now)
        raise _unauthenticated(f"Refused: {error}.") from None
    return Key(good.subject, good.name or good.client, good.scopes, "", good.expires_at)


async def principal(
    request: Request,
    services: Behind,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Principal:
    """Give the principal of a request.

    Raises:
        Refusal: nobody signed in, or a page sent an unsafe request without its CSRF token.
    """
    if bearer is not None:
        by_token = services.tokens is not None and bearer.credentials.count(".") == 2
        check = check_token if by_token else check_key
        return Principal(await check(bearer.credentials, request, services))
    session = await services.keyring.find_session(cookie, services.now()) if cookie else None
    if session is None or cookie is None:
        raise _unauthenticated("Send a key as 'Authorization: Bearer …', or sign in on the page.")
    sent = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE_METHODS and not hmac.compare_digest(sent.encode(), csrf_token(cookie).encode()):
        raise Refusal("forbidden", f"The header {CSRF_HEADER} is missing or wrong.")
    return Principal(session, cookie)


Asker = Annotated[Principal, Depends(principal)]


def allow(scope: str) -> Callable[[Principal], Awaitable[None]]:
    """A dependency that lets only principals with ``scope`` pass."""

    async def check(asker: Asker) -> None:
        if scope not in asker.key.scopes:
            raise Refusal("forbidden", f"This needs the scope {scope}.")

    return check


def _patience(services: Services, address: str) -> None:
    if wait_s := services.throttle.wait_s(address, services.now()):
        raise Refusal("too_many_attempts", f"Try again in {wait_s} s.", headers={"Retry-After": str(wait_s)})


def _unauthenticated(detail: str) -> Refusal:
    return Refusal("unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})
