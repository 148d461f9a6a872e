"""Who gets in, who does not, and what is kept of a key?"""

from datetime import timedelta

import httpx
import pytest

from api.keys import INVENTORY, READ, Keyring
from campus.errors import NotFound


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def routes(college):
    schema = college.app().openapi()
    return [(method.upper(), path) for path, methods in schema["paths"].items() for method in methods]


async def test_every_route_but_health_and_signing_in_needs_a_principal(college, stranger):
    asked = [
        (method, path)
        for method, path in routes(college)
        if not path.startswith("/health/") and (method, path) != ("POST", "/api/v1/session")
    ]
    assert len(asked) > 20
    for method, path in asked:
        answer = await stranger.request(method, path)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_opens_until_it_ends(college, stranger):
    token = await college.key(life=timedelta(hours=1))
    assert (await stranger.get("/api/v1/aps", headers=bearer(token))).status_code == 200
    college.at += timedelta(hours=1)
    assert (await stranger.get("/api/v1/aps", headers=bearer(token))).status_code == 401


async def test_a_revoked_key_and_its_sessions_are_shut_out(college, stranger):
    token = await college.key()
    await stranger.post("/api/v1/session", json={"key": token})
    assert (await stranger.get("/api/v1/session")).status_code == 200
    await Keyring(college.records).revoke(token.split("_")[1], college.at)
    assert (await stranger.get("/api/v1/session")).status_code == 401
    assert (await stranger.get("/api/v1/aps", headers=bearer(token))).status_code == 401


@pytest.mark.parametrize("bad", ["", "x", "campus_", "campus_00_11", "other_{id}_{secret}", "campus_{id}_{secret}x"])
async def test_a_wrong_key_is_refused(college, stranger, bad):
    _, key_id, secret = (await college.key()).split("_", 2)
    token = bad.format(id=key_id, secret=secret)
    assert (await stranger.get("/api/v1/aps", headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_a_key_may_only_what_its_scopes_say(college, stranger):
    token = await college.key(READ)
    assert (await stranger.get("/api/v1/overview", headers=bearer(token))).status_code == 200
    assert (await stranger.get("/api/v1/aps", headers=bearer(token))).status_code == 403
    token = await college.key(INVENTORY)
    assert (await stranger.get("/api/v1/aps", headers=bearer(token))).status_code == 200
    assert (await stranger.get("/api/v1/overview", headers=bearer(token))).status_code == 403


async def test_a_scope_that_does_not_exist_is_refused_when_issuing(college):
    with pytest.raises(NotFound, match="sudo"):
        await college.key("sudo")


async def test_no_secret_is_kept(college):
    token = await college.key()
    secret = token.split("_", 2)[2]
    kept = await college.records.list("api_key")
    assert len(kept) == 1
    assert secret not in repr(kept)


async def test_after_ten_failures_an_address_must_wait_even_with_the_right_key(college, stranger):
    token = await college.key()
    for _ in range(10):
        await stranger.post("/api/v1/session", json={"key": "campus_00_11"})
    refused = await stranger.post("/api/v1/session", json={"key": token})
    assert refused.status_code == 429
    college.at += timedelta(seconds=int(refused.headers["retry-after"]))
    assert (await stranger.post("/api/v1/session", json={"key": token})).status_code == 201


async def test_failures_of_one_address_do_not_hold_back_another(college, stranger):
    token = await college.key()
    for _ in range(10):
        await stranger.post("/api/v1/session", json={"key": "campus_00_11"})
    other = httpx.ASGITransport(college.app(), client=("127.0.0.2", 1))
    async with httpx.AsyncClient(transport=other, base_url="http://campus.test") as client:
        assert (await client.post("/api/v1/session", json={"key": token})).status_code == 201


# ── page sessions ─────────────────────────────────────────────────────────────────────────────────────────────


async def sign_in(college, client):
    answer = await client.post("/api/v1/session", json={"key": await college.key()})
    assert answer.status_code == 201
    return answer


async def test_the_cookie_is_hidden_from_scripts_and_other_sites(college, stranger):
    cookie = (await sign_in(college, stranger)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


async def test_over_https_the_cookie_is_secure(college):
    transport = httpx.ASGITransport(college.app())
    async with httpx.AsyncClient(transport=transport, base_url="https://campus.test") as client:
        assert "secure" in (await sign_in(college, client)).headers["set-cookie"].lower()


async def test_reading_needs_the_cookie_alone_and_writing_the_csrf_token_too(college, stranger):
    token = (await sign_in(college, stranger)).json()["csrf_token"]
    assert (await stranger.get("/api/v1/overview")).status_code == 200
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "né"}):
        raw = {name: value.encode() for name, value in headers.items()}
        assert (await stranger.delete("/api/v1/session", headers=raw)).status_code == 403
    assert (await stranger.delete("/api/v1/session", headers={"X-CSRF-Token": token})).status_code == 204


async def test_signing_out_ends_the_session_for_copies_of_the_cookie(college, stranger):
    token = (await sign_in(college, stranger)).json()["csrf_token"]
    copy = dict(stranger.cookies)
    await stranger.delete("/api/v1/session", headers={"X-CSRF-Token": token})
    again = await stranger.get("/api/v1/session", headers={"Cookie": f"campus_session={copy['campus_session']}"})
    assert again.status_code == 401


async def test_a_session_ends_by_itself(college, stranger):
    await sign_in(college, stranger)
    college.at += timedelta(hours=12)
    assert (await stranger.get("/api/v1/session")).status_code == 401


async def test_a_session_never_outlives_its_key(college, stranger):
    token = await college.key(life=timedelta(hours=2))
    await stranger.post("/api/v1/session", json={"key": token})
    college.at += timedelta(hours=2)
    assert (await stranger.get("/api/v1/session")).status_code == 401


async def test_another_site_can_not_sign_a_reader_in(college, stranger):
    key = await college.key()
    answer = await stranger.post("/api/v1/session", json={"key": key}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_a_page_learns_its_campus_from_the_session(college, stranger):
    told = (await sign_in(college, stranger)).json()
    assert told["campus"] == {"zh": "试验学院", "en": "Trial College"}
    assert told["zone"] == "Asia/Shanghai"
