"""Is every token refused that is not exactly right, and is Keycloak asked for keys only when it must be?"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from campus.errors import ServiceError
from identity.tokens import LEEWAY, Expected, Refused, UnknownKey, Verifier, read_keys, verify

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
EXPECTED = Expected("https://sso.example/realms/campus", "campus-api")
KEY, OTHER, SMALL = (generate_private_key(65537, bits) for bits in (2048, 2048, 1024))
GOOD = {
    "iss": EXPECTED.issuer,
    "aud": ["account", "campus-api"],
    "typ": "Bearer",
    "azp": "campus-pages",
    "sub": "person-1",
    "preferred_username": "one",
    "iat": NOW.timestamp(),
    "exp": (NOW + timedelta(minutes=5)).timestamp(),
    "resource_access": {"campus-api": {"roles": ["metrics:read"]}, "account": {"roles": ["manage-account"]}},
}


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jwk(key, kid, **more):
    numbers = key.public_key().public_numbers()
    octets = {"n": numbers.n.to_bytes(key.key_size // 8), "e": numbers.e.to_bytes(3)}
    return {"kty": "RSA", "use": "sig", "kid": kid, **{name: b64(value) for name, value in octets.items()}, **more}


def signed(claims, key=KEY, **header):
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k1", **header}, claims))
    return f"{text}.{b64(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


KEYS = read_keys({"keys": [jwk(KEY, "k1")]})


def check(token, expected=EXPECTED):
    return verify(token, KEYS, expected, NOW)


def test_a_good_token_says_who_comes_and_what_they_may_do():
    token = check(signed(GOOD))
    assert (token.subject, token.name, token.client) == ("person-1", "one", "campus-pages")
    assert token.scopes == {"metrics:read"}
    assert token.expires_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://sso.example/realms/other"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "account"}, "not meant for campus-api"),
        ({"aud": ["account"]}, "not meant for campus-api"),
        ({"aud": "campus-api-2"}, "not meant for campus-api"),
        ({"typ": "ID"}, "no access token"),
        ({"typ": "Refresh"}, "no access token"),
        ({"sub": None}, "lacks sub"),
        ({"exp": None}, "lacks exp"),
        ({"exp": "later"}, "exp is no time"),
        ({"exp": True}, "exp is no time"),
        ({"exp": 1e300}, "exp is no time"),
        ({"exp": (NOW - LEEWAY).timestamp()}, "has ended"),
        ({"nbf": (NOW + LEEWAY + timedelta(seconds=1)).timestamp()}, "not valid yet"),
        ({"iat": (NOW + timedelta(hours=1)).timestamp()}, "not valid yet"),
    ],
)
def test_a_claim_that_is_not_right_is_refused(change, why):
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(Refused, match=why):
        check(signed(claims))


def test_clocks_may_differ_by_the_leeway():
    late, early = (NOW - LEEWAY + timedelta(seconds=1)).timestamp(), (NOW + LEEWAY).timestamp()
    assert check(signed({**GOOD, "exp": late, "iat": early, "nbf": early}))


def test_a_client_that_is_not_on_the_list_is_refused():
    few = Expected(EXPECTED.issuer, EXPECTED.audience, frozenset({"quality-platform"}))
    with pytest.raises(Refused, match="client that is not accepted"):
        check(signed(GOOD), few)
    assert check(signed({**GOOD, "azp": "quality-platform"}), few)


def forged(header, sign):
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"kid": "k1", **header}, GOOD))
    return f"{text}.{b64(sign(text.encode()))}"


PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "token",
    [
        forged({"alg": "none"}, lambda text: b""),
        forged({"alg": "None"}, lambda text: b""),
        forged({"alg": "HS256"}, lambda text: hmac.digest(PUBLIC, text, hashlib.sha256)),
        forged({"alg": "RS256"}, lambda text: hmac.digest(PUBLIC, text, hashlib.sha256)),
        forged({"alg": "RS256"}, lambda text: b""),
        forged({"alg": "RS512"}, lambda text: KEY.sign(text, PKCS1v15(), SHA256())),
        signed(GOOD, OTHER),
        signed(GOOD, crit=["exp"]),
        signed(GOOD)[:-8],
        signed(GOOD) + ".x",
        "campus_id_secret",
        "..",
        "",
        "a" * 20000,
    ],
    ids=range(14),
)
def test_forged_and_torn_tokens_are_refused(token):
    with pytest.raises(Refused):
        check(token)


@given(st.text() | st.lists(st.text(alphabet="aA0-_=.{}", max_size=9), max_size=4).map(".".join))
def test_nothing_but_a_refusal_comes_of_garbage(text):
    with pytest.raises(Refused):
        check(text)


@given(st.integers(0, len(signed(GOOD)) - 1), st.characters(codec="ascii"))
def test_no_letter_of_a_token_can_be_changed(at, letter):
    good = signed(GOOD)
    changed = good[:at] + letter + good[at + 1 :]
    if changed == good:
        return
    # Only the unused low bits of the last letter can differ without changing a bit of the signature.
    if at == len(good) - 1:
        return
    with pytest.raises(Refused):
        check(changed)


def test_keys_for_something_else_or_too_small_are_left_out():
    rows = [jwk(KEY, "k1"), jwk(OTHER, "enc", use="enc"), jwk(SMALL, "small"), {"kty": "EC", "kid": "ec"}]
    assert set(read_keys({"keys": rows})) == {"k1"}


@pytest.mark.parametrize("told", [None, [], {}, {"keys": []}, {"keys": [{"kty": "RSA", "kid": "x", "n": "!"}]}])
def test_a_document_without_a_usable_key_is_an_error_of_the_service(told):
    with pytest.raises(ServiceError):
        read_keys(told)


class Server:
    """Tells its keys, and counts how often it is asked."""

    def __init__(self, *keys):
        self.keys, self.asked, self.away = keys, 0, False

    async def __call__(self):
        self.asked += 1
        if self.away:
            raise ServiceError("away")
        return {"keys": list(self.keys)}


async def test_known_tokens_pass_while_keycloak_is_away():
    server = Server(jwk(KEY, "k1"))
    verifier = Verifier(EXPECTED, server)
    await verifier.check(signed(GOOD), NOW)
    server.away = True
    assert (await verifier.check(signed(GOOD), NOW)).subject == "person-1"
    assert server.asked == 1


async def test_made_up_keys_do_not_make_us_ask_again_and_again():
    server = Server(jwk(KEY, "k1"))
    verifier = Verifier(EXPECTED, server)
    for number in range(20):
        with pytest.raises(UnknownKey):
            await verifier.check(signed(GOOD, kid=f"made-up-{number}"), NOW)
    assert server.asked == 1


async def test_a_new_key_of_keycloak_is_fetched():
    server = Server(jwk(KEY, "k1"))
    verifier = Verifier(EXPECTED, server, again_s=0)
    await verifier.check(signed(GOOD), NOW)
    server.keys = (jwk(KEY, "k1"), jwk(OTHER, "k2"))
    assert await verifier.check(signed(GOOD, OTHER, kid="k2"), NOW)
    assert server.asked == 2


async def test_without_any_key_the_service_is_told_to_be_away():
    server = Server()
    server.away = True
    verifier = Verifier(EXPECTED, server)
    for _ in range(3):
        with pytest.raises(ServiceError, match="away"):
            await verifier.check(signed(GOOD), NOW)
    assert server.asked == 1
