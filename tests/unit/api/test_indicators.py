"""Does a judged number leave the house as the record that others rely on?"""

import pytest

from api.records import Telling, record
from api.shapes import percent
from campus import catalogue
from campus.indicators import definition
from campus.indicators.engine import judge
from campus.indicators.published import Published
from campus.model import CAMPUS, Period, Tally
from tests.small_campus import CALENDAR

KEYS = [
    "indicator",
    "name_zh",
    "scope",
    "period",
    "actual",
    "unit",
    "target",
    "standard",
    "warning",
    "deviation",
    "attainment_ratio",
    "attainment_score",
    "grade",
    "counts",
    "completeness",
    "method",
    "rules_version",
    "revision",
    "frozen",
    "worst",
    "measures",
    "evidence",
]


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.0, 100.0), (0.99996, 99.99), (0.999999999, 99.99), (0.99994, 99.99), (0.9912, 99.12), (0.0, 0.0)],
)
def test_what_is_short_of_everything_is_never_shown_as_100(ratio, expected):
    assert percent(ratio) == expected


@pytest.fixture
def told(college):
    """The record of a tally of October."""
    indicator = definition.load(catalogue.load())["W01"]

    def of(**counts):
        period = Period("month", college.at, college.at)
        value = judge(indicator, CAMPUS, period, Tally(**counts))
        telling = Telling(lambda scope: "校", lambda instant: instant, CALENDAR)
        return record(Published(value), indicator, telling).model_dump(mode="json")

    return of


def test_the_record_has_the_agreed_keys_in_their_order(told):
    one = told(good=1)
    assert list(one) == KEYS
    assert list(one["scope"]) == ["type", "id", "path"]
    assert list(one["period"]) == ["grain", "start", "end", "term", "calendar"]
    assert list(one["counts"]) == ["good", "bad", "unknown", "maintenance", "excluded"]


def test_deviation_attainment_and_grade_of_a_worked_example(told):
    one = told(good=1820344, bad=16163, unknown=2101, maintenance=5400)
    assert (one["actual"], one["deviation"], one["attainment_ratio"]) == (99.12, -0.38, 0.9962)
    assert (one["attainment_score"], one["grade"], one["completeness"]) == (74.7, "blue", 0.9989)


def test_too_little_data_gives_null_and_grey_never_a_number(told):
    one = told(good=80, unknown=20)
    assert [one[key] for key in ("actual", "deviation", "attainment_ratio", "attainment_score")] == [None] * 4
    assert (one["grade"], one["completeness"]) == ("grey", 0.8)


async def values(client, **asked):
    asked = {"from": "2026-11-02T08:00:00+08:00", "to": "2026-11-02T10:00:00+08:00", "grain": "hour"} | asked
    answer = await client.get("/api/v1/indicators/W01/values", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_values_come_by_hour_in_campus_time_with_their_place(client, college):
    await college.all_well()
    await college.pass_minutes(30, down=["B2-1F-1"])
    before, during = (await values(client, scope="building:B2"))["items"]
    assert before["actual"] is None
    assert during["period"] == {
        "grain": "hour", "start": "2026-11-02T09:00:00+08:00", "end": "2026-11-02T10:00:00+08:00",
        "term": "2026-2027-1", "calendar": "7x24",
    }  # fmt: skip
    assert during["scope"] == {"type": "building", "id": "B2", "path": "试验学院/教学区/图书馆"}
    assert during["counts"] == {"good": 1, "bad": 30, "unknown": 0, "maintenance": 0, "excluded": 0}
    assert during["worst"] == [{"scope": "floor:B2-1F", "actual": 3.23}]


async def test_several_scopes_page_without_loss(client, college):
    await college.all_well()
    await college.pass_minutes(2)
    scopes = ["building:B1", "building:B2", "campus:campus"]
    whole = (await values(client, scope=scopes))["items"]
    first = await values(client, scope=scopes, limit=4)
    rest = await values(client, scope=scopes, limit=4, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == whole
    assert (len(whole), rest["next_cursor"]) == (6, None)


async def test_a_query_answers_each_wish_in_its_place(client, college):
    await college.all_well()
    await college.pass_minutes(2)
    window = {"from": "2026-11-02T01:00:00Z", "to": "2026-11-02T02:00:00Z", "grain": "hour"}
    wishes = [{"indicator": name, "scope": "campus:campus"} | window for name in ("W03", "W01")]
    answer = await client.post("/api/v1/indicators/query", json={"series": wishes})
    assert [one["values"][0]["indicator"] for one in answer.json()["series"]] == ["W03", "W01"]


async def test_more_than_fifty_wishes_are_refused(client):
    wish = {"indicator": "W01", "from": "2026-11-02T01:00:00Z", "to": "2026-11-02T02:00:00Z"}
    answer = await client.post("/api/v1/indicators/query", json={"series": [wish] * 51})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/indicators/X99",
        "/api/v1/indicators/X99/values?from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00Z",
        "/api/v1/indicators/W01/values?from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00Z&scope=building:nowhere",
    ],
)
async def test_what_does_not_exist_is_not_found(client, path):
    assert (await client.get(path)).status_code == 404


async def test_definitions_carry_lines_source_and_class(client):
    items = (await client.get("/api/v1/indicators")).json()["items"]
    assert {"C01", "W01", "W03"} <= {one["id"] for one in items}
    (w01,) = [one for one in items if one["id"] == "W01"]
    assert (w01["target"], w01["standard"], w01["warning"], w01["unit"]) == (99.5, 99.0, 98.0, "%")
    assert w01["method_class"] == "A"
