"""Can a quality office play the whole loop through the API alone: fall, measure, refusal, proof, closing?"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from campus.indicators.closing import Closings
from campus.model import Batch, Entity, Measurement, Scope, ScopeTally, Tally
from tests.small_campus import AP_NAMES, CALENDAR, COLLECTOR, DEVICES, MINUTE, serial

HOUR = timedelta(hours=1)
MEASURE = {
    "indicator": "W01",
    "scope": "building:B2",
    "period": "2026-11-03",
    "owner": "网络中心",
    "due": "2026-11-20",
    "text": "更换图书馆接入交换机",
}
DAYS = {"from": "2026-11-03T00:00:00+08:00", "to": "2026-11-09T00:00:00+08:00", "grain": "day", "scope": "building:B2"}


@pytest.fixture
async def days(college):
    """Give ``days(first, last, up)``: whole days of November in which the library's AP is up or not, closed."""
    closings = Closings(college.records, college.engine.ledger, list(college.engine.estate.paths), HOUR)

    async def pass_days(first, last, up):
        for day in range(first, last + 1):
            start = CALENDAR.named(f"2026-11-{day:02d}").start
            await tell(college, start, up)
            college.at = start + 24 * HOUR
        await college.engine.ledger.catch_up(college.at + MINUTE)
        await closings.close_due(college.at + HOUR, "collector")

    return pass_days


@pytest.fixture
async def client(college, stranger):
    """A client whose key outlives the term."""
    stranger.headers["Authorization"] = f"Bearer {await college.key(life=timedelta(days=90))}"
    return stranger


async def tell(college, start, up):
    reach = [Measurement(Entity("reach", "anchor:gate/icmp"), start, {"reach.up": 1.0})]
    reach += [Measurement(Entity("reach", f"{device}/snmp"), start, {"reach.up": 1.0}) for device in DEVICES]
    aps = [
        Measurement(Entity("ap", serial(name)), start, {"ap.up": float(up or name[:2] != "B2")}, {"name": name})
        for name in AP_NAMES
    ]
    for source, told in ((COLLECTOR, reach), ("ac-1", aps[:5]), ("ac-3", aps[5:])):
        await college.store.write(Batch(source, 24 * HOUR, tuple(told)))


async def actuals(client):
    items = (await client.get("/api/v1/indicators/W01/values", params=DAYS)).json()["items"]
    return {one["period"]["start"][:10]: one for one in items}


async def test_a_played_loop(client, days, college):
    await days(1, 2, up=True)
    await days(3, 4, up=False)
    told = await actuals(client)
    assert [told[day]["grade"] for day in ("2026-11-03", "2026-11-04")] == ["orange", "red"]
    assert (told["2026-11-03"]["frozen"], told["2026-11-03"]["revision"]) == (True, 1)
    added = await client.post("/api/v1/measures", json=MEASURE)
    assert (added.status_code, added.json()["id"], added.json()["state"]) == (201, "MEAS-2026-001", "open")
    closing = "/api/v1/measures/MEAS-2026-001/closing"
    refused = await client.post(closing, json={"evidence": "replaced"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    await days(5, 5, up=True)
    refused = await client.post(closing, json={"evidence": "replaced"})
    assert "2026-11-04: 0.0 %" in refused.json()["detail"]
    await days(6, 6, up=True)
    ended = await client.post(closing, json={"evidence": "replaced"})
    assert (ended.status_code, ended.json()["proof"], ended.json()["state"]) == (200, [100.0, 100.0], "closed")
    college.at += 48 * HOUR
    told = await actuals(client)
    assert [day for day, one in told.items() if one["measures"] == ["MEAS-2026-001"]] == [
        "2026-11-03", "2026-11-04", "2026-11-05", "2026-11-06",
    ]  # fmt: skip
    assert [one["state"] for one in (await client.get("/api/v1/measures?state=closed")).json()["items"]] == ["closed"]
    assert (await client.get("/api/v1/measures?state=open")).json()["items"] == []


async def test_a_closed_number_stays_whatever_is_counted_later_and_shows_its_evidence(client, days, college):
    await days(2, 2, up=True)
    await days(3, 3, up=False)
    before = (await actuals(client))["2026-11-03"]
    hour = CALENDAR.named("2026-11-03").start
    await college.store.put([ScopeTally("W01", Scope("building", "B2"), hour, Tally(good=10**6))])
    assert (await actuals(client))["2026-11-03"] == before
    evidence = (await client.get(before["evidence"])).json()
    text = json.dumps(evidence["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == evidence["hash"]
    assert evidence["content"]["value"] == "0.000000"


async def test_an_open_period_has_no_evidence_yet(client, college):
    await college.all_well()
    window = {"from": "2026-11-02T08:00:00+08:00", "to": "2026-11-02T10:00:00+08:00", "grain": "term"}
    (term,) = (await client.get("/api/v1/indicators/W01/values", params=window)).json()["items"]
    assert (term["period"]["grain"], term["period"]["term"]) == ("term", "2026-2027-1")
    assert (term["frozen"], term["revision"], term["evidence"]) == (False, 1, None)
    asked = await client.get("/api/v1/indicators/W01/evidence", params={"period": "2026-11-02"})
    assert asked.status_code == 404
    assert (await client.get("/api/v1/indicators/W01/evidence", params={"period": "2026-13"})).status_code == 422


async def test_a_repeat_with_the_same_key_is_carried_out_once(client):
    headers = {"Idempotency-Key": "k-1"}
    first = await client.post("/api/v1/measures", json=MEASURE, headers=headers)
    again = await client.post("/api/v1/measures", json=MEASURE, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await client.post("/api/v1/measures", json=MEASURE | {"owner": "后勤处"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "header/Idempotency-Key"
    assert len((await client.get("/api/v1/measures")).json()["items"]) == 1
    await client.post("/api/v1/measures", json=MEASURE)
    assert len((await client.get("/api/v1/measures")).json()["items"]) == 2


async def test_a_key_is_forgotten_after_a_day(client, college):
    headers = {"Idempotency-Key": "k-1"}
    ids = []
    for _ in range(2):
        ids.append((await client.post("/api/v1/measures", json=MEASURE, headers=headers)).json()["id"])
        college.at += 25 * HOUR
    assert ids == ["MEAS-2026-001", "MEAS-2026-002"]


async def test_who_may_only_read_can_not_decide(stranger, college):
    stranger.headers["Authorization"] = f"Bearer {await college.key('metrics:read')}"
    assert (await stranger.get("/api/v1/measures")).status_code == 200
    assert (await stranger.post("/api/v1/measures", json=MEASURE)).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"indicator": "X99"}, 404),
        ({"scope": "building:nowhere"}, 404),
        ({"period": "2026-11-31"}, 422),
        ({"owner": " "}, 422),
        ({"due": "soon"}, 422),
        ({"more": 1}, 422),
    ],
)
async def test_a_measure_names_things_that_exist(client, change, status):
    assert (await client.post("/api/v1/measures", json=MEASURE | change)).status_code == status


async def test_a_measure_is_late_after_its_day(client, college):
    await client.post("/api/v1/measures", json=MEASURE)
    college.at = datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert (await client.get("/api/v1/measures")).json()["items"][0]["state"] == "late"
