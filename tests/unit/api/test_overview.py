"""Does the first page's one read tell what the readings say?"""

from datetime import timedelta

import pytest

from campus.store.contracts import Record

MINUTE = timedelta(minutes=1)


async def overview(client):
    answer = await client.get("/api/v1/overview")
    assert answer.status_code == 200
    return answer.json()


async def test_counts_aps_stations_and_controllers(client, college):
    await college.lose("B2-1F-1")
    page = await overview(client)
    assert page["aps"]["counts"] | {"excluded": 0} == {
        "in_service": 7, "good": 6, "bad": 1, "unknown": 0, "maintenance": 0, "excluded": 0,
    }  # fmt: skip
    assert page["stations"] | {"fresh": None} == {"count": 30, "reporting_aps": 6, "fresh": None}
    assert page["controllers"]["counts"]["good"] == 3


async def test_rows_follow_the_estate_and_add_up(client, college):
    await college.lose("B2-1F-1")
    areas = (await overview(client))["areas"]
    assert [(one["area"]["id"], [row["id"] for row in one["buildings"]]) for one in areas] == [
        ("A1", ["B1", "B2"]),
        ("A2", ["D1"]),
    ]
    for one in areas:
        assert one["area"]["aps"]["in_service"] == sum(row["aps"]["in_service"] for row in one["buildings"])
        assert one["area"]["stations"] == sum(row["stations"] or 0 for row in one["buildings"])


async def test_a_building_whose_aps_told_no_stations_has_none_not_zero(client, college):
    await college.lose("B2-1F-1")
    library = (await overview(client))["areas"][0]["buildings"][1]
    assert library["stations"] is None


async def test_a_tile_is_stale_two_intervals_after_its_reading_so_that_one_may_come_late(client, college):
    await college.all_well()
    fresh = (await overview(client))["aps"]["fresh"]
    assert fresh == {"as_of": "2026-11-02T09:00:00+08:00", "stale_at": "2026-11-02T09:02:00+08:00"}


async def test_stations_are_counted_while_the_reading_is_not_stale(client, college):
    await college.all_well()
    college.at += 1.5 * MINUTE
    assert (await overview(client))["stations"]["count"] == 35
    college.at += 0.5 * MINUTE
    assert (await overview(client))["stations"]["count"] is None


async def test_before_the_first_reading_nothing_is_claimed(client):
    page = await overview(client)
    assert page["aps"]["counts"]["in_service"] == 0
    assert page["aps"]["fresh"] == {"as_of": None, "stale_at": None}
    assert page["availability"]["today"]["actual"] is None
    assert page["availability"]["today"]["grade"] == "grey"


async def test_a_silent_pair_is_one_problem_with_its_aps_bad(client, college):
    await college.all_well()
    college.at += MINUTE
    await college.reach(silent=["ac-1", "ac-2"])
    await college.aps(names=["D1-1F-1", "D1-1F-2"])
    page = await overview(client)
    assert page["aps"]["counts"]["bad"] == 5
    (problem,) = page["problems"]
    assert problem["cause"] == {"kind": "controller", "id": "pair", "name": "教学区控制器甲 / 教学区控制器乙"}
    assert {one["kind"]: one["count"] for one in problem["affected"]} == {"ap": 5, "ac": 2}
    assert problem["places"][0] | {"name": None} == {"scope": "building:B1", "id": "B1", "name": None, "count": 4}


async def test_a_pair_silent_on_snmp_alone_makes_its_aps_unknown_not_bad(client, college):
    await college.all_well()
    college.at += MINUTE
    await college.reach(snmp_silent=["ac-1", "ac-2"])
    await college.aps(names=["D1-1F-1", "D1-1F-2"])
    counts = (await overview(client))["aps"]["counts"]
    assert (counts["bad"], counts["unknown"]) == (0, 5)


async def test_availability_of_today_and_its_hours_come_from_the_ledger(client, college):
    await college.all_well()
    await college.pass_minutes(30, down=["B2-1F-1"])
    tile = (await overview(client))["availability"]
    assert tile["indicator"] == "W01"
    assert tile["target"] == 99.5
    assert tile["today"]["grade"] in {"orange", "yellow"}
    assert tile["hours"][-1]["actual"] == tile["today"]["actual"] < 100


async def test_an_ap_without_a_place_counts_nowhere_but_is_told(client, college):
    await college.all_well()
    await college.aps(names=["NEW-1"])
    aps = (await overview(client))["aps"]
    assert (aps["unplaced"], aps["counts"]["in_service"]) == (1, 7)


@pytest.mark.parametrize(("age", "told"), [(timedelta(hours=1), True), (timedelta(hours=25), False)])
async def test_a_past_that_a_lab_made_up_is_told_while_the_strips_show_it(client, college, age, told):
    end = college.at - age
    body = {"start": (end - timedelta(days=7)).isoformat(), "end": end.isoformat()}
    await college.records.append(Record("synthetic", "past", college.at, "lab", body))
    synthetic = (await overview(client))["synthetic"]
    assert (synthetic is not None) == told
