"""Are tokens of a real Keycloak taken for what they are?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from campus.errors import ServiceError
from identity.keycloak import issuer, signing_keys
from identity.realm import file
from identity.realm.apply import apply, plan
from identity.tokens import Expected, Refused, Verifier

STARTER = Path(__file__).parents[2] / "identity" / "realm.yaml"
SECRET = "a-secret-of-the-test"


def now():
    return datetime.now(UTC)


def verifier(keycloak, admin, audience="campus-api"):
    expected = Expected(issuer(keycloak.url, admin.realm), audience)
    return Verifier(expected, lambda: signing_keys(keycloak.url, admin.realm))


async def token(keycloak, admin, client):
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": SECRET}
    async with httpx.AsyncClient() as http:
        address = f"{issuer(keycloak.url, admin.realm)}/protocol/openid-connect/token"
        return (await http.post(address, data=form)).raise_for_status().json()["access_token"]


async def test_the_client_of_the_starter_file_may_read_the_metrics_of_our_api(keycloak, admin):
    desired = file.load(STARTER, admin.realm, {"CAMPUS_QUALITY_SECRET": SECRET})
    await apply(admin, desired, (await plan(admin, desired)).hash)
    good = await token(keycloak, admin, "quality-platform")
    checking = verifier(keycloak, admin)
    found = await checking.check(good, now())
    assert (found.client, found.scopes) == ("quality-platform", {"metrics:read"})
    assert timedelta(minutes=4) < found.expires_at - now() <= timedelta(minutes=5)
    with pytest.raises(Refused, match="has ended"):
        await checking.check(good, now() + timedelta(minutes=6))
    with pytest.raises(Refused, match="not meant for finance"):
        await verifier(keycloak, admin, "finance").check(good, now())


async def test_a_token_of_any_other_client_is_not_meant_for_our_api(keycloak, admin):
    body = {"clientId": "other", "publicClient": False, "serviceAccountsEnabled": True, "secret": SECRET}
    await admin.create("clients", body)
    with pytest.raises(Refused, match="not meant for campus-api"):
        await verifier(keycloak, admin).check(await token(keycloak, admin, "other"), now())


async def test_a_token_of_another_realm_is_refused(keycloak, admin):
    form = {"grant_type": "client_credentials", "client_id": keycloak.client_id, "client_secret": keycloak.secret}
    async with httpx.AsyncClient() as http:
        address = f"{issuer(keycloak.url, 'master')}/protocol/openid-connect/token"
        foreign = (await http.post(address, data=form)).json()["access_token"]
    with pytest.raises(Refused, match="unknown key"):
        await verifier(keycloak, admin).check(foreign, now())


async def test_a_realm_that_is_not_there_has_no_keys(keycloak):
    with pytest.raises(ServiceError, match="does not tell the keys of realm nowhere: 404"):
        await signing_keys(keycloak.url, "nowhere")
