"""How does a page sign in and out, and what must it know of its campus?"""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import COOKIE, Asker, check_key
from api.keys import SESSION_LIFE, csrf_token
from api.places import Places
from api.problems import Refusal
from api.services import Behind, Services
from api.shapes import Out, Text
from campus.model import CAMPUS

router = APIRouter(prefix="/session", tags=["session"])


class SignIn(BaseModel):
    """The key that a person signs in with."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(max_length=200)]


class Session(Out):
    """What a page needs: who is signed in, the token for unsafe requests, the campus and its time zone."""

    name: str
    scopes: list[str]
    csrf_token: str | None = Field(description="null = asked with a key, which needs none")
    campus: Text
    zone: str = Field(examples=["Asia/Shanghai"])


@router.get("")
async def get_session(services: Behind, asker: Asker) -> Session:
    """Say who is asking."""
    return _session(services, asker.key.name, sorted(asker.key.scopes), asker.session_token)


@router.post("", status_code=201)
async def sign_in(request: Request, response: Response, services: Behind, body: SignIn) -> Session:
    """Open a session; its cookie can't be read by scripts and is sent from our own pages only."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refusal("forbidden", "Sign in on the page of this server.")
    key = await check_key(body.key.strip(), request, services)
    token = await services.keyring.open_session(key, services.now())
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return _session(services, key.name, sorted(key.scopes), token)


@router.delete("", status_code=204)
async def sign_out(response: Response, services: Behind, asker: Asker) -> None:
    """End the session at once."""
    if asker.session_token:
        await services.keyring.close_session(asker.key, services.now())
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _session(services: Services, name: str, scopes: list[str], token: str) -> Session:
    return Session(
        name=name,
        scopes=scopes,
        csrf_token=csrf_token(token) if token else None,
        campus=Places(services.backend.estate).name(CAMPUS),
        zone=services.zone.key,
    )
