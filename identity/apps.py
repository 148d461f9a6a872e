"""How does an application get its sign-on? One verb makes the client with safe settings and says what the app needs.

Applications carry the mark of the verb, so that the realm file neither removes them nor calls them strangers.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from campus.errors import Conflict, Forbidden, NotFound
from campus.strict_yaml import Plain
from identity.keycloak import Keycloak, Object, quoted
from identity.realm.live import owner
from identity.realm.things import BY_VERB, MARK

Protocol = Literal["oidc", "saml"]
_KEYCLOAKS_WORD: dict[Protocol, str] = {"oidc": "openid-connect", "saml": "saml"}


@dataclass(frozen=True, slots=True)
class App:
    """One application; ``by`` is who brought it: ``app`` (the verb), ``realm`` (the file), empty = by hand."""

    id: str
    name: str
    protocol: str
    redirect_uris: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class NewApp:
    """An application to be added. ``redirect_uris`` are exact: where sign-on may send people back to.

    A ``public`` app runs in the browser or on a phone and can keep no secret; it proves itself by PKCE alone.
    """

    id: str
    name: str
    protocol: Protocol
    redirect_uris: tuple[str, ...]
    public: bool = False


async def add(keycloak: Keycloak, app: NewApp) -> str:
    """Add an application; gives its secret, empty where it has none.

    Raises:
        Conflict: an app of this id exists, or a redirect address is not safe.
    """
    for address in app.redirect_uris:
        _check_address(address)
    body = _oidc(app) if app.protocol == "oidc" else _saml(app)
    uuid = await keycloak.create("clients", body)
    has_secret = app.protocol == "oidc" and not app.public
    return str((await keycloak.read(f"clients/{uuid}/client-secret"))["value"]) if has_secret else ""


async def apps(keycloak: Keycloak) -> list[App]:
    """List the applications that have an address to come back to, by id."""
    rows = await keycloak.all_rows("clients")
    found = [
        App(
            str(row["clientId"]),
            str(row.get("name") or ""),
            "saml" if row.get("protocol") == "saml" else "oidc",
            tuple(_texts(row.get("redirectUris"))),
            owner(row.get("attributes")),
        )
        for row in rows
    ]
    return sorted((app for app in found if app.by or app.redirect_uris), key=lambda app: app.id)


async def rotate(keycloak: Keycloak, app_id: str) -> str:
    """Give the application a new secret; the old one is void at once."""
    row = await _find(keycloak, app_id)
    if row.get("protocol") == "saml" or row.get("publicClient"):
        raise Conflict(f"{app_id} has no secret")
    told = await keycloak.call(f"clients/{row['id']}/client-secret")
    return str(told["value"]) if isinstance(told, dict) else ""


async def remove(keycloak: Keycloak, app_id: str) -> None:
    """Remove an application that the verb added.

    Raises:
        Forbidden: the realm file or a person brought it; only they remove it.
    """
    row = await _find(keycloak, app_id)
    if owner(row.get("attributes")) != BY_VERB:
        raise Forbidden(f"{app_id} was not added by `campus identity app add`, so it is not removed here")
    await keycloak.delete(f"clients/{row['id']}")


def needs(url: str, realm: str, app: NewApp) -> dict[str, Plain]:
    """Give what the application's own settings ask for, but for the secret."""
    base = f"{url}/realms/{quoted(realm)}"
    if app.protocol == "saml":
        return {
            "entity_id": app.id,
            "idp_metadata": f"{base}/protocol/saml/descriptor",
            "idp_entity_id": base,
            "sign_on": f"{base}/protocol/saml",
        }
    return {
        "client_id": app.id,
        "issuer": base,
        "discovery": f"{base}/.well-known/openid-configuration",
        "scopes": "openid profile email",
        "pkce": "S256",
    }


async def _find(keycloak: Keycloak, app_id: str) -> Object:
    rows = await keycloak.rows("clients", clientId=app_id)
    if not rows:
        raise NotFound(f"no application is called {app_id!r}")
    return rows[0]


def _oidc(app: NewApp) -> Object:
    return {
        **_common(app),
        "publicClient": app.public,
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": False,
        "webOrigins": ["+"] if app.public else [],
        "attributes": {MARK: BY_VERB, "pkce.code.challenge.method": "S256", "post.logout.redirect.uris": "+"},
    }


def _saml(app: NewApp) -> Object:
    attributes: Object = {
        MARK: BY_VERB,
        "saml.assertion.signature": "true",
        "saml.server.signature": "true",
        "saml.client.signature": "false",
        "saml.force.post.binding": "true",
        "saml_name_id_format": "username",
    }
    return {
        **_common(app),
        "frontchannelLogout": True,
        "fullScopeAllowed": False,
        "adminUrl": app.redirect_uris[0] if app.redirect_uris else "",
        "attributes": attributes,
    }


def _common(app: NewApp) -> Object:
    return {
        "clientId": app.id,
        "name": app.name,
        "protocol": _KEYCLOAKS_WORD[app.protocol],
        "enabled": True,
        "redirectUris": list(app.redirect_uris),
    }


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    local = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    if not safe or not parts.hostname or "*" in address or parts.fragment:
        raise Conflict(f"{address!r} is no safe redirect address: write https://, exact, without * and #")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _texts(value: Plain) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
