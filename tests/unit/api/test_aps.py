"""Does the list of APs find, sort and page as the page asks it to?"""

from datetime import timedelta

import pytest

from tests.small_campus import ip, mac

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def aps(client, college):
    await college.lose("B1-2F-1", "B2-1F-1")

    async def ask(**asked):
        answer = await client.get("/api/v1/aps", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def names(page):
    return [row["name"] for row in page["items"]]


async def test_worst_state_comes_first_then_names_as_people_count(aps):
    assert names(await aps()) == ["B1-2F-1", "B2-1F-1", "B1-1F-1", "B1-1F-2", "B1-1F-10", "D1-1F-1", "D1-1F-2"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"scope": "building:B2"}, ["B2-1F-1"]),
        ({"scope": "area:A2"}, ["D1-1F-1", "D1-1F-2"]),
        ({"scope": "floor:B1-1F", "state": "good"}, ["B1-1F-1", "B1-1F-2", "B1-1F-10"]),
        ({"state": "bad"}, ["B1-2F-1", "B2-1F-1"]),
        ({"q": "d1-"}, ["D1-1F-1", "D1-1F-2"]),
        ({"q": "sb21f1"}, ["B2-1F-1"]),
        ({"q": mac("B2-1F-1").upper()}, ["B2-1F-1"]),
        ({"q": mac("B2-1F-1").replace(":", "-")}, ["B2-1F-1"]),
        ({"q": ip("D1-1F-1")}, ["D1-1F-1"]),
        ({"q": "no such"}, []),
    ],
)
async def test_filters(aps, asked, expected):
    page = await aps(**asked)
    assert names(page) == expected
    assert page["total"] == len(expected)


@pytest.mark.parametrize("sort", ["name", "-name", "state", "-state", "place", "-stations", "since"])
async def test_pages_of_any_order_join_to_the_whole(aps, sort):
    whole = names(await aps(sort=sort))
    joined, cursor = [], None
    while True:
        page = await aps(sort=sort, limit=2, **({"cursor": cursor} if cursor else {}))
        joined += names(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert joined == whole
    assert len(set(joined)) == 7


async def test_the_last_full_page_has_no_next_cursor(aps):
    assert (await aps(limit=7))["next_cursor"] is None


async def test_a_cursor_of_nobody_is_refused(client, aps):
    answer = await client.get("/api/v1/aps", params={"cursor": "bm9uc2Vuc2U"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_what_no_source_told_is_null(aps):
    (down,) = (await aps(scope="building:B2"))["items"]
    assert down["stations"] is None
    assert down["software"] is None


async def test_a_standby_controller_is_not_named_as_the_one_that_serves(aps):
    (row,) = (await aps(q="B1-1F-10"))["items"]
    assert row["controller"] == "教学区控制器甲"


async def test_one_ap_comes_with_its_values_in_catalogue_units(client, aps):
    row = (await client.get("/api/v1/aps/SD11F1")).json()
    told = {value["metric"]: (value["value"], value["unit"]) for value in row["values"]}
    assert told == {"ap.stations": (5.0, "count"), "ap.up": (1.0, "bool")}
    assert row["floor"]["scope"] == "floor:D1-1F"


async def test_an_unknown_ap_is_not_found(client, aps):
    answer = await client.get("/api/v1/aps/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_ap_down_is_charged_to_itself_by_name(aps):
    (row,) = (await aps(scope="building:B2"))["items"]
    assert row["condition"]["state"] == "bad"
    assert row["condition"]["cause"] == {"kind": "ap", "id": "SB21F1", "name": "B2-1F-1"}
    assert row["condition"]["since"] == "2026-11-02T09:01:00+08:00"


@pytest.mark.parametrize("listed", ["aps", "buildings", "floors"])
@pytest.mark.parametrize("scope", ["building:NOPE", "nonsense", ""])
async def test_a_place_that_nobody_knows_is_no_empty_place(client, listed, scope):
    answer = await client.get(f"/api/v1/{listed}", params={"scope": scope})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
