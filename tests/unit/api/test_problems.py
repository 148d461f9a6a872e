"""Is every refusal a problem document, in the reader's language, that leaks nothing?"""

import httpx
import pytest

from api.problems import language
from campus.errors import CampusError, Conflict, Forbidden, NotFound, ServiceError


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, en;q=0.5, zh;q=0.4", "en"),
        ("en;q=0.3, zh-TW;q=0.4", "zh"),
        ("en;q=nonsense", "zh"),
        ("de", "zh"),
    ],
)
def test_language_is_chosen_by_quality(accept, expected):
    assert language(accept) == expected


async def test_titles_follow_the_reader_and_codes_stay(client):
    zh = await client.get("/api/v1/aps/x")
    en = await client.get("/api/v1/aps/x", headers={"Accept-Language": "en"})
    assert zh.headers["content-type"] == "application/problem+json"
    assert (zh.json()["title"], en.json()["title"]) == ("没有找到", "Not found")
    assert zh.json()["type"] == en.json()["type"] == "urn:campusops:problem:not-found"
    assert zh.json()["request_id"] == zh.headers["x-request-id"]
    assert zh.json()["instance"] == "/api/v1/aps/x"


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/api/v1/aps?limit=1001", "query/limit"),
        ("/api/v1/aps?limit=0", "query/limit"),
        ("/api/v1/aps?state=odd", "query/state"),
        ("/api/v1/indicators/W01/values?from=2026-11-02T00:00:00&to=2026-11-03T00:00:00Z", "query/from"),
        ("/api/v1/indicators/W01/values?to=2026-11-03T00:00:00Z", "query/from"),
        ("/api/v1/indicators/W01/values?from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z", "to"),
        ("/api/v1/indicators/W01/values?from=1990-11-02T00:00:00Z&to=2026-11-02T00:00:00Z&grain=hour", "grain"),
    ],
)
async def test_a_wrong_request_names_each_mistake(client, path, pointer):
    answer = await client.get(path)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert pointer in [item["pointer"] for item in answer.json()["errors"]]


async def test_a_body_that_is_no_json_is_a_mistake_too(client):
    answer = await client.post("/api/v1/indicators/query", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_unknown_paths_and_methods_are_problem_documents(client):
    assert (await client.get("/api/v1/nothing")).json()["code"] == "not_found"
    refused = await client.put("/api/v1/aps")
    assert (refused.json()["code"], refused.headers["allow"]) == ("method_not_allowed", "GET")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no such thing"), 404, "not_found"),
        (Forbidden("not yours"), 403, "forbidden"),
        (Conflict("changed"), 409, "conflict"),
        (ServiceError("the disk is full"), 503, "unavailable"),
        (CampusError("something odd with /etc/secret"), 500, "internal"),
        (RuntimeError("password=hunter2"), 500, "internal"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_errors_of_the_kernel_become_their_status(college, caplog, error, status, code):
    app = college.app()

    @app.get("/broken")
    def broken():
        raise error

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://campus.test") as client:
        answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 500:
        assert str(error) not in answer.text
        (logged,) = [one for one in caplog.records if one.levelname == "ERROR"]
        assert logged.request_id == answer.json()["request_id"]
    else:
        assert answer.json()["detail"] == str(error)
