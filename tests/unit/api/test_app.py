"""Does the application keep its promises to browsers, machines and Prometheus?"""

import json
import re
from pathlib import Path

import pytest

from api.openapi import FILE, document

PAGES = ("/", "/aps", "/sign-in")


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/nothing", "/health/live", "/static/js/api.js"])
async def test_every_answer_carries_the_security_headers(stranger, path):
    headers = (await stranger.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
async def test_pages_hold_no_inline_script_or_style_and_load_only_from_here(stranger, path):
    page = (await stranger.get(path)).text
    assert not re.findall(r"<style|\son\w+=|\sstyle=|<script(?![^>]*\ssrc=)", page)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    for address in loaded:
        assert (await stranger.get(address)).status_code == 200, address


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/", "no-cache"),
        ("/static/js/api.js", "no-cache"),
        ("/api/v1/session", "no-store"),
        ("/api/v1/areas", "private"),
    ],
)
async def test_nothing_outlives_an_upgrade_or_a_session_in_a_cache(client, path, caching):
    assert (await client.get(path)).headers["cache-control"].startswith(caching)


async def test_interactive_documentation_from_elsewhere_is_off(stranger):
    assert [(await stranger.get(path)).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


async def test_health_needs_no_key_and_ready_asks_the_store(stranger, college):
    assert (await stranger.get("/health/live")).json()["status"] == "ok"
    await college.all_well()
    assert (await stranger.get("/health/ready")).status_code == 200


async def test_a_reader_that_has_the_answer_gets_304(client, college):
    await college.all_well()
    first = await client.get("/api/v1/areas")
    again = await client.get("/api/v1/areas", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    await college.lose("D1-1F-1")
    changed = await client.get("/api/v1/areas", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_self_monitoring_counts_requests_and_the_age_of_data(client, college):
    await college.all_well()
    await client.get("/api/v1/areas")
    text = (await client.get("/metrics")).text
    assert 'campus_http_requests_total{method="GET",status="2xx"} 1' in text
    assert "campus_data_age_seconds 0.000" in text
    assert text.endswith("# EOF\n")


async def test_the_age_of_data_is_absent_before_the_first_reading(client):
    assert "campus_data_age" not in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/api/v1/areas", ["A1", "A2"]),
        ("/api/v1/buildings", ["B1", "B2", "D1"]),
        ("/api/v1/buildings?scope=area:A2", ["D1"]),
        ("/api/v1/floors?scope=building:B1", ["B1-1F", "B1-2F"]),
        ("/api/v1/controllers", ["ac-1", "ac-2", "ac-3"]),
        ("/api/v1/hosts", ["host-1"]),
        ("/api/v1/switches", ["sw-1"]),
    ],
)
async def test_nouns_are_listed_and_each_can_be_asked_for(client, college, path, ids):
    await college.all_well()
    items = (await client.get(path)).json()["items"]
    assert [item["id"] for item in items] == ids
    noun = path.partition("?")[0]
    for item in items:
        assert (await client.get(f"{noun}/{item['id']}")).json() == item
    assert (await client.get(f"{noun}/nobody")).status_code == 404


async def test_a_device_tells_its_values_with_units_and_its_group(client, college):
    await college.all_well()
    ac = (await client.get("/api/v1/controllers/ac-1")).json()
    assert ac["group"] == "pair"
    assert ac["model"] == "M1"
    assert {value["metric"]: value["unit"] for value in ac["values"]} == {"ac.cpu_ratio": "ratio", "ac.up": "bool"}


# ── the contract of openapi.json ──────────────────────────────────────────────────────────────────────────────


def test_the_committed_contract_is_that_of_the_application():
    assert json.loads(FILE.read_text(encoding="utf-8")) == document(), "run: python -m api.openapi"


def numbers(schema, path=""):
    """Every numeric schema of the answers, with where it stands and whether it may be null."""
    if isinstance(schema, list):
        for at, item in enumerate(schema):
            yield from numbers(item, f"{path}/{at}")
    if not isinstance(schema, dict):
        return
    kinds = {one["type"] for one in [schema, *schema.get("anyOf", [])] if isinstance(one.get("type"), str)}
    if kinds & {"number", "integer"}:
        yield path, schema, "null" in kinds
        return
    for key, item in schema.items():
        yield from numbers(item, f"{path}/{key}")


def test_every_number_of_the_contract_has_a_unit_and_every_null_a_meaning():
    found = list(numbers(document()))
    assert len(found) > 30
    assert [path for path, schema, _ in found if "x-unit" not in schema] == []
    assert [path for path, schema, null in found if null and "x-null" not in schema] == []


def test_the_contract_is_openapi_3_1_and_stands_beside_the_code():
    assert document()["openapi"].startswith("3.1")
    assert Path(FILE).parent.name == "api"
