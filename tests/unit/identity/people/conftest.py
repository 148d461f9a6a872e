"""What do the tests of people share? Sources, ID numbers that nobody has, and files of them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from campus.settings import Budget, Budgets, People, PeopleSource
from identity.people.change import Action
from identity.people.person import Person
from identity.people.plan import Plan, make
from identity.people.source import Feed, Row

TODAY = date(2026, 11, 23)
KEY = b"a key of the test"
LOOSE = Budgets(**{name: Budget(count=10**6) for name in Budgets.model_fields})
HR = {
    "id": "hr",
    "file": "hr.csv",
    "person_type": "staff",
    "columns": {"person_id": "工号", "name": "姓名", "department": "部门", "status": "状态", "id_number": "证件号"},
    "active": ["在职"],
    "left": ["离职"],
    "groups": ["/教职工/{department}"],
    "fault_ratio": 0.2,
    "empty_ratio": 0.5,
}


@pytest.fixture
def source(tmp_path: Path):
    """Give ``source(**changes)``: the staff of a college; a column of ``None`` is not read."""

    def make(columns: dict[str, str | None] | None = None, **changes: object) -> PeopleSource:
        return PeopleSource.model_validate(
            HR | {"file": tmp_path / "hr.csv"} | changes | {"columns": HR["columns"] | (columns or {})}
        )

    return make


def well_formed(n: int) -> str:
    """Give an ID number that nobody has: the division code 000000 is not given out."""
    digits = f"00000019000101{n:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


@pytest.fixture
def id_number():
    """Give ``id_number(n)``: a well-formed ID number that nobody has."""
    return well_formed


@pytest.fixture
def people() -> list[str]:
    """Ten rows of a good file."""
    return [f"T{n:03},某人{n},0{n % 3}01,在职,{well_formed(n)}" for n in range(10)]


class College:
    """The accounts of a college, and plans carried out on them as `identity.people.apply` does it in Keycloak."""

    def __init__(self, *sources: PeopleSource, **policy: object) -> None:
        self.policy = People.model_construct(
            **{"grace": timedelta(days=30), "adopt": False, "budgets": LOOSE, "sources": sources} | policy
        )
        self.people: list[Person] = []

    def plan(self, feeds: list[Feed], today: date = TODAY) -> Plan:
        """Make a plan for the accounts as they are."""
        return make(feeds, self.people, self.policy, KEY, today)

    def follow(self, feeds: list[Feed], today: date = TODAY) -> Plan:
        """Make a plan and carry it out unless it is stopped."""
        found = self.plan(feeds, today)
        for action in () if found.breaches else found.actions:
            self.carry_out(action)
        return found

    def carry_out(self, action: Action) -> None:
        """Change one account."""
        old = next((person for person in self.people if person.uuid == action.uuid), None)
        person = old or Person(f"uuid-{len(self.people)}", action.person_id.lower())
        attributes, groups, plain = dict(person.attributes), set(person.groups), {}
        for name, (_, new) in action.changes.items():
            if name.startswith("group:"):
                (groups.add if new else groups.discard)(name.removeprefix("group:"))
            elif name in {"enabled", "name", "mail"}:
                plain[name] = new
            else:
                attributes[name] = new
        self.people = [one for one in self.people if one is not old]
        self.people.append(replace(person, attributes=attributes, groups=frozenset(groups), **plain))

    def person(self, person_id: str) -> Person:
        """Give one account by number."""
        return next(person for person in self.people if person.person_id == person_id)


@pytest.fixture
def college():
    """Give ``college(*sources, **policy)``: a college without people, whose budgets allow everything."""
    return College


@pytest.fixture
def staff(source):
    """Give ``staff("T1 name dept [left]", …, **feed)``: what the staff's source says, row by row."""
    return lambda *rows, **feed: _feed(source(), rows, feed)


@pytest.fixture
def students(source):
    """Give ``students("S1 name dept class [left]", …, **feed)``: the same for students."""
    found = source({"class": "班级"}, id="students", person_type="student", groups=["/学生/{department}/{class}"])
    return lambda *rows, **feed: _feed(found, rows, feed)


def _feed(source: PeopleSource, rows: tuple[str, ...], feed: dict[str, object]) -> Feed:
    return Feed(source, tuple(_row(source, row.split()) for row in rows), **{"whole": True} | feed)


def _row(source: PeopleSource, words: list[str]) -> Row:
    told = [word for word in words if word != "left" and not word.startswith("id=")]
    hashes = [word.removeprefix("id=") for word in words if word.startswith("id=")]
    more = {"class_": told[3]} if len(told) > 3 else {}
    number, name, department = told[:3]
    return Row(
        *(source.id, source.person_type, number, name, "left" not in words, department),
        id_hash="".join(hashes),
        **more,
    )
