"""Do plans of people come true in a real Keycloak, once, and is nobody doubled, locked out or given away?"""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from campus.errors import Conflict, Forbidden, NotFound, ServiceError
from campus.settings import Budget, Budgets, People, PeopleSource
from campus.store.records import SqliteRecords
from identity.keycloak import Account, Keycloak
from identity.people import source
from identity.people.apply import Office, Order, apply, plan
from identity.people.journal import Journal
from identity.people.live import read

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
KEY = b"a key of the test"
LOOSE = Budgets(**{name: Budget(count=10**6) for name in Budgets.model_fields})
HEAD = ["工号", "姓名", "部门", "状态", "证件号", "邮箱"]
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋"
HR = {
    "id": "hr",
    "person_type": "staff",
    "columns": dict(zip(["person_id", "name", "department", "status", "id_number", "mail"], HEAD, strict=True)),
    "active": ["在职"],
    "left": ["离职"],
    "groups": ["/教职工/{department}"],
    "shrink_ratio": 1,
    "empty_ratio": 1,
}


def id_number(n):
    digits = f"00000019000101{n:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def person(n, department="", status="在职", number=""):
    name = FAMILY[n % 10] + GIVEN[n // 10 % 10] + GIVEN[n // 7 % 10]
    return [number or f"T{n:04}", name, department or f"{n % 7:02}01", status, id_number(n), f"t{n}@college.example"]


class Files:
    """The staff's file, and what it says now."""

    def __init__(self, folder):
        self.source = PeopleSource.model_validate(HR | {"file": folder / "hr.csv"})

    def feeds(self, *rows):
        with self.source.file.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEAD, *rows])
        return [source.read(self.source, KEY, datetime.now(UTC))]


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest_asyncio.fixture
async def office(admin, files, tmp_path):
    """A realm that keeps our attributes and asks nobody for a family name."""
    profile = await admin.read("users/profile")
    for attribute in profile["attributes"]:
        attribute.pop("required", None)
    await admin.replace("users/profile", {**profile, "unmanagedAttributePolicy": "ADMIN_EDIT"})
    policy = People.model_construct(
        grace=timedelta(days=30), adopt=False, budgets=LOOSE, sources=(files.source,), id_secret=None
    )
    async with SqliteRecords(tmp_path / "store") as records:
        yield Office(admin, policy, KEY, Journal(records))


async def follow(office, feeds, *, principal="duty", days=0):
    """Plan and apply; gives the plan that was carried out."""
    today = TODAY + timedelta(days=days)
    found = await plan(office, feeds, today)
    outcome = await apply(office, feeds, Order(found.hash, principal, AT + timedelta(days=days), today))
    assert (outcome.left.actions, outcome.failed) == ((), ())
    return found


async def people(office):
    realm = await read(office.keycloak, office.policy.sources)
    return {one.person_id: one for one in realm.people}


# ── a college ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_hundred_people_come_once(office, files):
    feeds = files.feeds(*(person(n) for n in range(200)))
    first = await follow(office, feeds)
    assert first.counts["create"] == 200
    found = await people(office)
    assert len(found) == 200
    assert {path for one in found.values() for path in one.groups} == {f"/教职工/{n:02}01" for n in range(7)}
    assert found["T0007"].name == person(7)[1]
    assert found["T0007"].one("id_hash") == source.id_hash(id_number(7), KEY)
    assert (await plan(office, feeds, TODAY)).actions == ()


async def test_a_year_keeps_every_account(office, files):
    start = [person(n) for n in range(12)]
    await follow(office, files.feeds(*start))
    before = await people(office)
    moved, left = person(3, department="0901"), person(4, status="离职")
    second = [row for row in start if row[0] not in {"T0003", "T0004"}]
    assert dict((await follow(office, files.feeds(*second, moved, left), days=1)).counts) == {
        "suspend": 1, "restore": 0, "create": 0, "move": 1, "update": 0, "archive": 0,
    }  # fmt: skip
    assert (await follow(office, files.feeds(*second, moved, left), days=31)).counts["archive"] == 1
    gone = (await people(office))["T0004"]
    assert (gone.enabled, gone.groups) == (False, frozenset())
    again = person(4, number="T9004")
    assert (await follow(office, files.feeds(*second, moved, again), days=60)).counts["restore"] == 1
    after = {one.username: one for one in (await people(office)).values()}
    assert {name: one.uuid for name, one in after.items()} == {one.username: one.uuid for one in before.values()}
    assert (after["t0004"].enabled, after["t0004"].one("staff_no"), after["t0004"].groups) == (
        True, "T9004", {"/教职工/0401"},
    )  # fmt: skip
    assert (after["t0003"].groups, after["t0003"].all("dept_code")) == ({"/教职工/0901"}, ("0901",))


async def test_who_is_suspended_is_out_at_once_and_comes_back_with_the_same_password(office, files, keycloak):
    admin = office.keycloak
    await admin.create("clients", {"clientId": "app", "publicClient": True, "directAccessGrantsEnabled": True})
    await follow(office, files.feeds(person(1), person(2)))
    uuid = (await people(office))["T0001"].uuid
    password = {"type": "password", "value": "a-Password-1", "temporary": False}
    await admin.replace(f"users/{uuid}/reset-password", password)
    way = f"{keycloak.url}/realms/{admin.realm}/protocol/openid-connect/token"

    async def ask(**form):
        async with httpx.AsyncClient() as client:
            return await client.post(way, data={"client_id": "app", **form})

    sign_in = {"grant_type": "password", "username": "T0001", "password": "a-Password-1"}
    told = (await ask(**sign_in, scope="openid offline_access")).json()
    online = (await ask(**sign_in)).json()
    await follow(office, files.feeds(person(1, status="离职"), person(2)))
    assert (await ask(**sign_in)).status_code in {400, 401}
    for token in (told["refresh_token"], online["refresh_token"]):
        assert (await ask(grant_type="refresh_token", refresh_token=token)).status_code == 400
    await follow(office, files.feeds(person(1), person(2)), days=1)
    assert (await ask(**sign_in)).status_code == 200
    assert (await ask(grant_type="refresh_token", refresh_token=told["refresh_token"])).status_code == 400


async def test_what_others_keep_in_an_account_stays(office, files):
    await follow(office, files.feeds(person(1)))
    uuid = (await people(office))["T0001"].uuid
    user = await office.keycloak.read(f"users/{uuid}")
    theirs = {"attributes": {**user["attributes"], "nickname": ["x"]}, "requiredActions": ["CONFIGURE_TOTP"]}
    await office.keycloak.replace(f"users/{uuid}", {**user, **theirs, "lastName": "y"})
    choir = await office.keycloak.create("groups", {"name": "合唱团"})
    await office.keycloak.replace(f"users/{uuid}/groups/{choir}")
    assert (await plan(office, files.feeds(person(1)), TODAY)).actions == ()
    await follow(office, files.feeds(person(1, department="0901")))
    user = await office.keycloak.read(f"users/{uuid}")
    assert (user["attributes"]["nickname"], user["lastName"], user["requiredActions"]) == (
        ["x"],
        "y",
        ["CONFIGURE_TOTP"],
    )
    paths = {group["path"] for group in await office.keycloak.rows(f"users/{uuid}/groups")}
    assert paths == {"/合唱团", "/教职工/0901"}


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_plan_on_a_realm_that_moved_is_refused(office, files):
    await follow(office, files.feeds(person(1), person(2)))
    feeds = files.feeds(person(1, department="0901"), person(2))
    sealed = await plan(office, feeds, TODAY)
    uuid = (await people(office))["T0002"].uuid
    await office.keycloak.replace(f"users/{uuid}", {"firstName": "by hand"})
    with pytest.raises(Conflict, match="changed since"):
        await apply(office, feeds, Order(sealed.hash, "duty", AT, TODAY))
    assert (await people(office))["T0001"].one("dept_code") == "0101"
    seen = await plan(office, feeds, TODAY)
    assert {(action.kind, action.person_id) for action in seen.actions} == {("move", "T0001"), ("update", "T0002")}


async def test_a_file_that_changed_since_the_plan_is_refused(office, files):
    sealed = await plan(office, files.feeds(person(1)), TODAY)
    with pytest.raises(Conflict):
        await apply(office, files.feeds(person(1), person(2)), Order(sealed.hash, "duty", AT, TODAY))
    assert await people(office) == {}


async def test_a_broken_budget_needs_the_signature_of_another_and_once(office, files):
    strict = replace(office, policy=office.policy.model_copy(update={"budgets": Budgets(create=Budget(count=1))}))
    feeds = files.feeds(person(1), person(2))
    sealed = await plan(strict, feeds, TODAY)

    async def carry_out(principal, minutes=0):
        return await apply(strict, feeds, Order(sealed.hash, principal, AT + timedelta(minutes=minutes), TODAY))

    with pytest.raises(NotFound):
        await strict.journal.approve(sealed.hash, "lead", AT)
    await strict.journal.planned(sealed, "duty", AT)
    with pytest.raises(Forbidden, match="second person"):
        await carry_out("duty")
    await strict.journal.approve(sealed.hash, "duty", AT)
    with pytest.raises(Forbidden, match="somebody else"):
        await carry_out("duty")
    await strict.journal.approve(sealed.hash, "duty", AT, break_glass=True)
    with pytest.raises(Forbidden, match="wait until"):
        await carry_out("duty", minutes=29)
    assert await people(office) == {}
    assert (await carry_out("duty", minutes=30)).left.actions == ()
    for uuid in [one.uuid for one in (await people(office)).values()]:
        await office.keycloak.delete(f"users/{uuid}")
    assert (await plan(strict, feeds, TODAY)).hash == sealed.hash
    with pytest.raises(Forbidden, match="second person"):
        await carry_out("duty", minutes=60)
    await strict.journal.approve(sealed.hash, "lead", AT + timedelta(minutes=61))
    assert (await carry_out("duty", minutes=62)).failed == ()


async def test_nobody_can_sign_for_a_file_that_is_not_believed(office, files):
    await follow(office, files.feeds(person(1), person(2)))
    files.source.file.unlink()
    feeds = [source.read(files.source, KEY, datetime.now(UTC))]
    sealed = await plan(office, feeds, TODAY)
    await office.journal.planned(sealed, "duty", AT)
    await office.journal.approve(sealed.hash, "lead", AT)
    with pytest.raises(Forbidden, match="not believed"):
        await apply(office, feeds, Order(sealed.hash, "duty", AT, TODAY))


async def test_a_realm_that_would_drop_our_attributes_is_refused(office, files):
    profile = await office.keycloak.read("users/profile")
    profile.pop("unmanagedAttributePolicy")
    await office.keycloak.replace("users/profile", profile)
    with pytest.raises(ServiceError, match="would drop the attributes"):
        await plan(office, files.feeds(person(1)), TODAY)


async def test_one_person_whom_keycloak_refuses_stops_nobody_else(office, files):
    twin = [*person(2)[:5], person(1)[5]]
    feeds = files.feeds(person(1), twin, person(3))
    sealed = await plan(office, feeds, TODAY)
    outcome = await apply(office, feeds, Order(sealed.hash, "duty", AT, TODAY))
    assert len(outcome.failed) == 1
    assert len(await people(office)) == 2
    assert [action.person_id for action in outcome.left.actions] == [outcome.failed[0][0]]


# ── cut off ──────────────────────────────────────────────────────────────────────────────────────────────────


class CutOff(BaseException):
    """The end of the process, as seen from within."""


class Wire(httpx.AsyncHTTPTransport):
    """A way to Keycloak that ends the process at the n-th write: before it is sent, or before its answer comes."""

    def __init__(self, after, *, sent):
        super().__init__()
        self._left, self._sent = after, sent

    async def handle_async_request(self, request):
        if request.method == "GET" or "/token" in request.url.path or self._left is None:
            return await super().handle_async_request(request)
        self._left -= 1
        if self._left >= 0:
            return await super().handle_async_request(request)
        if self._sent and self._left == -1:
            answer = await super().handle_async_request(request)
            await answer.aread()
        raise CutOff


@pytest.mark.parametrize("sent", [False, True], ids=["before-the-request", "before-the-answer"])
async def test_a_run_that_is_cut_off_anywhere_is_finished_by_the_same_plan(office, files, keycloak, sent):
    start = [person(n) for n in range(5)]
    then = [person(0, status="离职"), person(1, department="0901"), *start[2:], person(5), person(6)]
    await follow(office, files.feeds(*start))
    uuids = {one.uuid for one in (await people(office)).values()}
    account = Account(keycloak.url, "master", keycloak.client_id, lambda: keycloak.secret)
    cut = 0
    for after in range(40):
        feeds = files.feeds(*then)
        sealed = await plan(office, feeds, TODAY)
        order = Order(sealed.hash, "duty", AT + timedelta(minutes=after), TODAY)
        async with Keycloak(account, office.keycloak.realm, way=Wire(after, sent=sent)) as wire:
            try:
                await apply(replace(office, keycloak=wire), feeds, order)
            except CutOff:
                cut += 1
            else:
                break
        assert len(await office.journal.cut_off()) == 1
        outcome = await apply(office, feeds, order)
        assert (outcome.left.actions, outcome.failed, await office.journal.cut_off()) == ((), (), [])
        found = await people(office)
        assert sorted(found) == [f"T{n:04}" for n in range(7)]
        assert not found["T0000"].enabled
        for newcomer in {one.uuid for one in found.values()} - uuids:
            await office.keycloak.delete(f"users/{newcomer}")
        await follow(office, files.feeds(*start))
    assert cut >= 7


async def test_sessions_that_a_cut_left_open_are_ended_by_the_next_run(office, files, keycloak):
    await follow(office, files.feeds(person(1), person(2)))
    feeds = files.feeds(person(1, status="离职"), person(2))
    sealed = await plan(office, feeds, TODAY)
    account = Account(keycloak.url, "master", keycloak.client_id, lambda: keycloak.secret)
    async with Keycloak(account, office.keycloak.realm, way=Wire(1, sent=False)) as wire:
        with pytest.raises(CutOff):
            await apply(replace(office, keycloak=wire), feeds, Order(sealed.hash, "duty", AT, TODAY))
    (one,) = [one for one in (await people(office)).values() if not one.enabled]
    assert (await office.keycloak.read(f"users/{one.uuid}"))["notBefore"] == 0
    await follow(office, files.feeds(person(1, status="离职"), person(2, department="0901")), days=1)
    assert (await office.keycloak.read(f"users/{one.uuid}"))["notBefore"] > 0
    assert [record.body["state"] for record in await office.journal.runs()] == ["done", "superseded", "done"]


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_no_name_id_number_or_address_is_kept_outside_keycloak(office, files, tmp_path):
    rows = [person(n) for n in range(20)]
    feeds = files.feeds(*rows)
    await office.journal.planned(await plan(office, feeds, TODAY), "duty", AT)
    await follow(office, feeds)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "store").iterdir())
    assert b"T0007" in kept
    personal = {text for row in rows for text in (row[1], row[4], row[5])}
    hashes = {source.id_hash(row[4], KEY) for row in rows}
    assert not [text for text in personal | hashes if text.encode() in kept]
