"""Does a token of the college's Keycloak open what its roles say, and nothing else?"""

import base64
import json
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from api.keys import READ
from campus.errors import ServiceError
from identity.tokens import Expected, Verifier

EXPECTED = Expected("https://sso.example/realms/campus", "campus-api")
KEY = generate_private_key(65537, 2048)


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(at, **claims):
    said = {
        "iss": EXPECTED.issuer,
        "aud": "campus-api",
        "typ": "Bearer",
        "azp": "quality-platform",
        "sub": "service-1",
        "iat": at.timestamp(),
        "exp": (at + timedelta(minutes=5)).timestamp(),
        "resource_access": {"campus-api": {"roles": [READ]}},
    } | claims
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k1"}, said))
    return f"{text}.{b64(KEY.sign(text.encode(), PKCS1v15(), SHA256()))}"


async def keys():
    numbers = KEY.public_key().public_numbers()
    octets = {"n": numbers.n.to_bytes(256), "e": numbers.e.to_bytes(3)}
    return {"keys": [{"kty": "RSA", "use": "sig", "kid": "k1", **{name: b64(value) for name, value in octets.items()}}]}


async def away():
    raise ServiceError("Keycloak is away")


async def asked(college, path, token, fetch=keys):
    transport = httpx.ASGITransport(college.app(tokens=Verifier(EXPECTED, fetch)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/overview", 200), ("/api/v1/aps", 403)], ids=["its role", "another role"]
)
async def test_a_token_opens_what_its_roles_say(college, path, status):
    assert (await asked(college, path, token(college.at))).status_code == status


@pytest.mark.parametrize(
    "claims",
    [{"aud": "account"}, {"iss": "https://evil.example/realms/campus"}, {"exp": 1}, {"typ": "ID"}],
    ids=["for another audience", "of another issuer", "ended", "an identity token"],
)
async def test_a_token_that_is_not_for_us_opens_nothing(college, claims):
    answer = await asked(college, "/api/v1/overview", token(college.at, **claims))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_an_api_key_still_opens_beside_tokens(college):
    assert (await asked(college, "/api/v1/overview", await college.key())).status_code == 200


async def test_keycloak_being_away_is_no_refusal(college):
    assert (await asked(college, "/api/v1/overview", token(college.at), away)).status_code == 503


async def test_without_a_keycloak_no_token_is_accepted(college, stranger):
    answer = await stranger.get("/api/v1/overview", headers={"Authorization": f"Bearer {token(college.at)}"})
    assert answer.status_code == 401
