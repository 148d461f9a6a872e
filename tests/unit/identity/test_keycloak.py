"""Does the transport repeat only what may be repeated, stay signed in, and keep its secret to itself?"""

import asyncio
import json

import httpx
import pytest

from campus.errors import Conflict, Forbidden, NotFound, ServiceError
from identity.keycloak import Account, Keycloak

SECRET = "a-secret-of-the-test"
ACCOUNT = Account("http://sso.test", "campus", "campus-ops", lambda: SECRET)


class Script:
    """A server that answers each admin request with the next line of a script, and every sign-in with a new token."""

    def __init__(self, *answers, life=300):
        self.answers = list(answers)
        self.life = life
        self.asked = []
        self.sign_ins = 0

    async def __call__(self, request):
        if request.url.path.endswith("/token"):
            self.sign_ins += 1
            return httpx.Response(200, json={"access_token": f"token-{self.sign_ins}", "expires_in": self.life})
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return httpx.Response(status, json=body, headers={"Location": "http://sso.test/admin/realms/campus/users/u-1"})


def keycloak(script):
    return Keycloak(ACCOUNT, "campus", way=httpx.MockTransport(script), pauses=(0, 0))


@pytest.mark.parametrize("trouble", [(503, {}), (429, {}), (502, {}), (504, {}), httpx.ReadError("gone")])
async def test_reading_is_repeated_after_trouble_on_the_way(trouble):
    script = Script(trouble, trouble, (200, {"realm": "campus"}))
    async with keycloak(script) as admin:
        assert await admin.read("") == {"realm": "campus"}
    assert len(script.asked) == 3


async def test_trouble_that_stays_is_told_after_the_last_pause():
    script = Script((503, {}))
    async with keycloak(script) as admin:
        with pytest.raises(ServiceError, match="503"):
            await admin.read("users/count")
    assert len(script.asked) == 3


@pytest.mark.parametrize("trouble", [(502, {}), (504, {}), httpx.ReadTimeout("late")])
async def test_adding_is_not_repeated_when_it_may_have_been_done(trouble):
    script = Script(trouble, (201, None))
    async with keycloak(script) as admin:
        with pytest.raises(ServiceError):
            await admin.create("users", {"username": "one"})
    assert len(script.asked) == 1


@pytest.mark.parametrize("trouble", [(503, {}), (429, {}), httpx.ConnectError("refused")])
async def test_adding_is_repeated_when_it_was_surely_not_done(trouble):
    script = Script(trouble, (201, None))
    async with keycloak(script) as admin:
        assert await admin.create("users", {"username": "one"}) == "u-1"
    assert [json.loads(request.content) for request in script.asked] == [{"username": "one"}] * 2


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Forbidden), (404, NotFound), (409, Conflict), (400, ServiceError), (500, ServiceError)]
)
async def test_refusals_are_told_in_keycloaks_own_words(status, kind):
    async with keycloak(Script((status, {"errorMessage": "the reason"}))) as admin:
        with pytest.raises(kind, match="the reason"):
            await admin.replace("clients/c-1", {"name": "x"})


async def test_what_is_gone_already_counts_as_removed():
    script = Script((404, {"error": "not found"}))
    async with keycloak(script) as admin:
        await admin.delete("groups/g-1")
        assert await admin.find("groups/g-1") is None
    assert [request.method for request in script.asked] == ["DELETE", "GET"]


async def test_many_askers_cause_one_sign_in():
    script = Script((200, {}))
    async with keycloak(script) as admin:
        await asyncio.gather(*(admin.read(f"users/{number}") for number in range(50)))
    assert script.sign_ins == 1


async def test_a_token_at_its_end_is_renewed_before_it_is_used():
    script = Script((200, {}), life=0)
    async with keycloak(script) as admin:
        await admin.read("")
        await admin.read("")
    assert [request.headers["Authorization"] for request in script.asked] == ["Bearer token-1", "Bearer token-2"]


async def test_a_token_that_ended_early_is_renewed_once():
    script = Script((401, {}), (200, {"realm": "campus"}))
    async with keycloak(script) as admin:
        assert await admin.read("") == {"realm": "campus"}
    assert script.sign_ins == 2


async def test_an_account_that_is_refused_for_good_is_asked_twice_only():
    script = Script((401, {"error": "HTTP 401 Unauthorized"}))
    async with keycloak(script) as admin:
        with pytest.raises(ServiceError, match="401"):
            await admin.read("")
    assert len(script.asked) == 2


async def test_long_lists_are_read_page_by_page():
    script = Script((200, [{"n": 1}, {"n": 2}]), (200, [{"n": 3}]))
    async with keycloak(script) as admin:
        assert await admin.all_rows("users", 2, briefRepresentation="true") == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [dict(request.url.params) for request in script.asked] == [
        {"first": "0", "max": "2", "briefRepresentation": "true"},
        {"first": "2", "max": "2", "briefRepresentation": "true"},
    ]


@pytest.mark.parametrize("answer", [[], "text", 5, None])
async def test_an_answer_of_another_shape_is_an_error_of_the_service(answer):
    async with keycloak(Script((200, answer))) as admin:
        with pytest.raises(ServiceError):
            await admin.read("clients/c-1")


async def test_a_page_of_a_proxy_in_between_is_an_error_of_the_service():
    async def answer(request):
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "token", "expires_in": 60})
        return httpx.Response(200, text="<html>maintenance</html>")

    async with keycloak(answer) as admin:
        with pytest.raises(ServiceError, match="no JSON"):
            await admin.read("")


async def test_neither_secret_nor_token_stands_in_an_error():
    async def refuse(request):
        return httpx.Response(401, json={"error": "unauthorized_client", "error_description": "Invalid client"})

    async with keycloak(refuse) as admin:
        with pytest.raises(ServiceError) as caught:
            await admin.read("")
    assert "campus-ops" in str(caught.value)
    assert "Invalid client" in str(caught.value)
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        assert SECRET not in repr(error)
