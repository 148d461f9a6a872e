"""Does a plan do what the sources tell, all of it, nothing else, and never too much at once?"""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from campus.settings import Budget, Budgets
from identity.people.person import Person
from identity.people.plan import as_data
from identity.people.source import Doubt

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def kinds(plan):
    return [(action.kind, action.person_id) for action in plan.actions]


@pytest.fixture
def some(college, staff):
    """A college with three members of staff."""
    found = college()
    found.follow([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")])
    return found


# ── joiners and movers ───────────────────────────────────────────────────────────────────────────────────────


def test_who_is_new_gets_an_account_with_groups(college, staff):
    (action,) = college().plan([staff("T1 赵六 01 id=x")]).actions
    assert (action.kind, action.person_id, action.source, action.person_type) == ("create", "T1", "hr", "staff")
    assert {name: new for name, (_, new) in action.changes.items()} == {
        "enabled": True,
        "name": "赵六",
        "person_type": ("staff",),
        "staff_no": ("T1",),
        "dept_code": ("01",),
        "id_hash": ("x",),
        "campus.managed": ("people",),
        "campus.sources": ("hr",),
        "group:/教职工/01": True,
    }


def test_who_left_before_we_knew_them_gets_none(college, staff):
    assert college().plan([staff("T1 赵六 01 left")]).actions == ()


def test_after_a_plan_nothing_is_left_to_do(some, staff):
    again = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")])
    assert (again.actions, again.breaches) == ((), ())


def test_who_changes_the_department_changes_the_group(some, staff):
    (action,) = some.plan([staff("T1 赵六 02 id=x", "T2 钱七 01", "T3 孙八 02")]).actions
    assert (action.kind, dict(action.changes)) == (
        "move",
        {"dept_code": (("01",), ("02",)), "group:/教职工/01": (True, False), "group:/教职工/02": (False, True)},
    )


def test_a_new_name_is_an_update_and_no_other_person(some, staff):
    (action,) = some.plan([staff("T1 赵七 01 id=x", "T2 钱七 01", "T3 孙八 02")]).actions
    assert (action.kind, dict(action.changes)) == ("update", {"name": ("赵六", "赵七")})


def test_who_studies_and_works_has_the_groups_of_both(college, staff, students):
    one = college()
    one.follow([staff("T1 赵六 01 id=x"), students("S1 赵六 09 1班 id=x")])
    person = one.person("T1")
    assert (len(one.people), person.groups) == (1, {"/教职工/01", "/学生/09/1班"})
    assert (person.one("student_no"), person.one("person_type"), person.all("dept_code")) == (
        "S1",
        "staff",
        ("01", "09"),
    )


def test_who_ends_one_of_two_roles_keeps_the_other(college, staff, students):
    one = college()
    one.follow([staff("T1 赵六 01 id=x"), students("S1 赵六 09 1班 id=x")])
    one.follow([staff("T1 赵六 01 id=x left"), students("S1 赵六 09 1班 id=x")])
    person = one.person("T1")
    assert (person.enabled, person.groups, person.one("person_type")) == (True, {"/学生/09/1班"}, "student")


# ── leavers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_left_is_suspended_then_archived_and_never_deleted(some, staff):
    rows = ("T1 赵六 01 id=x left", "T2 钱七 01", "T3 孙八 02")
    assert kinds(some.follow([staff(*rows)])) == [("suspend", "T1")]
    assert some.plan([staff(*rows)], TODAY + 29 * DAY).actions == ()
    assert kinds(some.follow([staff(*rows)], TODAY + 30 * DAY)) == [("archive", "T1")]
    assert some.plan([staff(*rows)], TODAY + 900 * DAY).actions == ()
    assert (some.person("T1").enabled, some.person("T1").groups) == (False, frozenset())


def test_who_comes_back_is_the_same_account(some, staff):
    others = ("T2 钱七 01", "T3 孙八 02")
    before = some.person("T1").uuid
    some.follow([staff("T1 赵六 01 id=x left", *others)])
    some.follow([staff("T1 赵六 01 id=x left", *others)], TODAY + 40 * DAY)
    assert kinds(some.follow([staff("T9 赵六 02 id=x", *others)], TODAY + 50 * DAY)) == [("restore", "T1")]
    (person,) = [person for person in some.people if person.uuid == before]
    assert (person.enabled, person.one("staff_no"), person.groups) == (True, "T9", {"/教职工/02"})
    assert some.plan([staff("T9 赵六 02 id=x", *others)], TODAY + 51 * DAY).actions == ()


def test_absence_is_first_noted_and_means_something_only_after_days(some, staff):
    rest = staff("T2 钱七 01", "T3 孙八 02")
    feeds = [replace(rest, source=rest.source.model_copy(update={"shrink_ratio": 1.0}))]
    assert kinds(some.follow(feeds)) == [("update", "T1")]
    assert some.person("T1").all("campus.absent") == ("hr=2026-11-23",)
    assert some.follow(feeds, TODAY + 2 * DAY).actions == ()
    assert kinds(some.follow(feeds, TODAY + 3 * DAY)) == [("suspend", "T1")]
    assert kinds(some.follow(feeds, TODAY + 40 * DAY)) == [("archive", "T1")]


def test_who_is_named_again_was_never_absent(some, staff):
    rest = staff("T2 钱七 01", "T3 孙八 02")
    feeds = [replace(rest, source=rest.source.model_copy(update={"shrink_ratio": 1.0}))]
    some.follow(feeds)
    some.follow([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")], TODAY + DAY)
    assert some.person("T1").all("campus.absent") == ()
    assert kinds(some.follow(feeds, TODAY + 3 * DAY)) == [("update", "T1")]


@pytest.mark.parametrize(
    "feed",
    [
        {"refused": (Doubt("stale"),)},
        {"whole": False},
        {"held": frozenset({"T1"})},
    ],
    ids=["refused", "a-row-without-number", "held"],
)
def test_absence_in_a_doubtful_file_means_nothing(some, staff, feed):
    rows = () if "refused" in feed else ("T2 钱七 01", "T3 孙八 02")
    told = staff(*rows, **feed)
    told = replace(told, source=told.source.model_copy(update={"shrink_ratio": 1.0}))
    for days in range(10):
        some.follow([told], TODAY + days * DAY)
    assert some.person("T1").enabled
    assert some.person("T1").all("campus.absent") == ()


def test_a_suspended_person_stays_out_while_the_source_is_away(some, staff):
    some.follow([staff("T1 赵六 01 id=x left", "T2 钱七 01", "T3 孙八 02")])
    assert some.plan([staff(refused=(Doubt("away"),))], TODAY + 90 * DAY).actions == ()


# ── what others did ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_of_ours_by_hand_is_put_right(some, staff):
    some.people = [
        replace(person, attributes={**person.attributes, "dept_code": ("99",)}, groups=person.groups | {"/教职工/77"})
        if person.person_id == "T1"
        else person
        for person in some.people
    ]
    (action,) = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")]).actions
    assert dict(action.changes) == {"dept_code": (("99",), ("01",)), "group:/教职工/77": (True, False)}


def test_what_is_not_ours_is_left_and_told(some, staff):
    first, *rest = some.people
    mine = replace(first, attributes={**first.attributes, "nickname": ("阿六",)}, groups=first.groups | {"/合唱团"})
    some.people = [mine, *rest, Person("z", "admin", groups=frozenset({"/教职工/01"}))]
    plan = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")])
    assert plan.actions == ()
    assert [(note.code, note.person_id, note.about) for note in plan.notes] == [("not_ours", "admin", "/教职工/01")]


def test_who_was_disabled_by_hand_is_not_enabled(some, staff):
    first, *rest = some.people
    some.people = [replace(first, enabled=False), *rest]
    plan = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01", "T3 孙八 02")])
    assert (plan.actions, [note.code for note in plan.notes]) == ((), ["disabled_by_hand"])


def test_who_was_enabled_by_hand_after_leaving_is_suspended_again(some, staff):
    rows = ("T1 赵六 01 id=x left", "T2 钱七 01", "T3 孙八 02")
    some.follow([staff(*rows)])
    some.people = [replace(person, enabled=True) for person in some.people]
    (action,) = some.plan([staff(*rows)], TODAY + DAY).actions
    assert (action.kind, dict(action.changes)) == ("suspend", {"enabled": (True, False)})


def test_an_account_whose_sources_were_wiped_by_hand_is_not_suspended(some, staff):
    some.people = [
        replace(person, attributes={**person.attributes, "campus.sources": (), "staff_no": ()})
        if person.person_id == "T3"
        else person
        for person in some.people
    ]
    plan = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01")])
    assert (plan.actions, [(note.code, note.person_id) for note in plan.notes]) == ((), [("no_source", "t3")])


# ── too much at once ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_lost_many_people_is_not_believed(some, staff):
    plan = some.plan([staff("T1 赵六 01 id=x", "T2 钱七 01")])
    assert plan.actions == ()
    assert [(breach.reason, breach.source, breach.what) for breach in plan.breaches] == [("feed", "hr", "shrunk")]


def test_a_file_whose_id_numbers_slipped_by_a_row_makes_no_newcomer(college, staff):
    one = college()
    one.follow([staff("T1 赵六 01 id=a", "T2 钱七 01 id=b", "T3 孙八 02 id=c")])
    plan = one.plan(
        [staff("T1 赵六 01 id=d", "T2 钱七 01 id=a", "T3 孙八 02 id=b", "T4 李九 02 id=c", "T5 周一 02 id=e")]
    )
    assert plan.actions == ()
    assert [(breach.reason, breach.what) for breach in plan.breaches] == [("feed", "contradictions")]
    assert {(note.code, note.person_id) for note in plan.notes} == {("two_accounts", f"T{n}") for n in range(1, 5)}


@pytest.mark.parametrize(
    ("limit", "stopped"),
    [
        (Budget(count=1), False),
        (Budget(count=0), True),
        (Budget(count=9, ratio=0.34), False),
        (Budget(count=9, ratio=0.33), True),
    ],
)
def test_a_budget_is_broken_by_count_or_by_ratio(college, staff, limit, stopped):
    one = college(budgets=Budgets(suspend=limit))
    one.follow([staff("T1 赵六 01", "T2 钱七 01", "T3 孙八 02")])
    plan = one.plan([staff("T1 赵六 01 left", "T2 钱七 01", "T3 孙八 02")])
    assert kinds(plan) == [("suspend", "T1")]
    assert bool(plan.breaches) is stopped


def test_names_that_change_have_a_budget_of_their_own(college, staff):
    one = college(budgets=Budgets(update=Budget(count=9), rename=Budget(count=1)))
    one.follow([staff("T1 赵六 01", "T2 钱七 01", "T3 孙八 02")])
    (breach,) = one.plan([staff("T1 赵 01", "T2 钱 01", "T3 孙八 02")]).breaches
    assert (breach.what, breach.count, breach.of, breach.person_type) == ("rename", 2, 3, "staff")


def test_a_source_has_its_own_budgets(college, staff, students):
    own = Budgets(create=Budget(count=1))
    feed = students("S1 赵 01 1班", "S2 钱 01 1班")
    feed = replace(feed, source=feed.source.model_copy(update={"budgets": own}))
    plan = college(staff().source, feed.source).plan([staff("T1 孙 01", "T2 李 01"), feed])
    assert [(breach.source, breach.what) for breach in plan.breaches] == [("students", "create")]


# ── the plan as others read it ───────────────────────────────────────────────────────────────────────────────


def test_the_hash_seals_every_value_and_needs_the_key(college, staff):
    one, two = (college().plan([staff(row)]) for row in ("T1 赵六 01", "T1 赵七 01"))
    assert one.hash == college().plan([staff("T1 赵六 01")]).hash
    assert one.hash != two.hash


def test_a_plan_shows_no_personal_value(some, staff):
    plan = some.plan([staff("T1 赵七 02 id=x", "T2 钱七 01", "T3 孙八 02", "T4 李九 02 id=z")])
    told = as_data(plan)
    assert told["stopped"] is None
    assert told["counts"] == {"create": 1, "update": 0, "move": 1, "suspend": 0, "restore": 0, "archive": 0}
    text = json.dumps(told, ensure_ascii=False)
    assert not any(secret in text for secret in ("赵", "李九", '"z"'))


def test_a_plan_is_the_document_that_was_agreed(some, staff):
    told = as_data(some.plan([staff("T1 赵六 02 id=x", "T2 钱七 01", "T3 孙八 02")]))
    assert list(told)[:4] == ["hash", "stopped", "counts", "actions"]
    assert told["actions"] == [
        {
            "kind": "move",
            "person_id": "T1",
            "changes": {
                "dept_code": ["01", "02"],
                "group:/教职工/01": [True, False],
                "group:/教职工/02": [False, True],
            },
        }
    ]


def test_a_stopped_plan_says_by_what(college, staff):
    one = college(budgets=Budgets(create=Budget(count=1)))
    assert as_data(one.plan([staff("T1 赵 01", "T2 钱 01")]))["stopped"] == {
        "reason": "budget",
        "budget": [
            {
                "reason": "budget",
                "source": "hr",
                "what": "create",
                "person_type": "staff",
                "count": 2,
                "of": 2,
                "limit": {"count": 1, "ratio": 1.0},
            }
        ],
    }
