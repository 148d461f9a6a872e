"""Over many random histories with bad files in them: is nobody shut out who did not leave, and does who left go?"""

import csv
import io
import os
import random
from datetime import UTC, datetime, time, timedelta

import pytest

from campus.settings import Budget, Budgets
from identity.people.source import read

HEAD = ["工号", "姓名", "部门", "状态", "证件号"]
DAYS = 10
KEY = b"a key of the test"
BUDGETS = Budgets(suspend=Budget(count=10, ratio=0.3), archive=Budget(count=10, ratio=0.3))


class Truth:
    """Who really works at a college, day by day."""

    def __init__(self, chance, id_number):
        self.chance, self._id_number = chance, id_number
        self.rows: dict[str, list[str]] = {}
        for _ in range(chance.randint(12, 60)):
            self.join()

    def join(self):
        n = len(self.rows)
        name = "".join(self.chance.choices("赵钱孙李周吴郑王冯陈", k=2))
        self.rows[f"T{n:03}"] = [f"T{n:03}", name, f"0{n % 4}", "在职", self._id_number(n)]

    def live_a_day(self):
        for row in self.rows.values():
            event = self.chance.random()
            if event < 0.01:
                row[3] = "离职" if row[3] == "在职" else "在职"
            elif event < 0.03:
                row[2] = f"0{self.chance.randrange(4)}"
        if self.chance.random() < 0.3:
            self.join()

    def here(self):
        return {number for number, row in self.rows.items() if row[3] == "在职"}


def written(rows, head=HEAD, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def cut_rows(rows, chance):
    return written(rows[: -chance.randint(1, max(1, len(rows) // 6))])


def doubled(rows, chance):
    rows = [list(row) for row in rows]
    one, other = chance.sample(range(len(rows)), 2)
    rows[one][0] = rows[other][0]
    return written(rows)


def ids_slipped(rows, chance):
    slipped = [rows[-1][4], *(row[4] for row in rows[:-1])]
    return written([[*row[:4], number] for row, number in zip(rows, slipped, strict=True)])


DAMAGE = {
    "nothing": lambda rows, chance: b"",
    "head only": lambda rows, chance: written([]),
    "cut in the middle": lambda rows, chance: written(rows)[: chance.randrange(len(written(rows)))],
    "rows cut": cut_rows,
    "half the rows": lambda rows, chance: written(rows[: len(rows) // 2]),
    "renamed column": lambda rows, chance: written(rows, [*HEAD[:3], "在职状态", HEAD[4]]),
    "shifted columns": lambda rows, chance: written([[*row[1:], row[0]] for row in rows]),
    "columns changed over": lambda rows, chance: written([[row[0], row[2], row[1], *row[3:]] for row in rows]),
    "one cell too many": lambda rows, chance: written([[*row[:2], "", *row[2:]] for row in rows]),
    "numbers twice": doubled,
    "ids slipped": ids_slipped,
    "gb18030": lambda rows, chance: written(rows, encoding="gb18030"),
    "gb18030 taken for latin-1": lambda rows, chance: written(rows, encoding="gb18030").decode("latin-1").encode(),
    "stale": lambda rows, chance: written(rows),
    "away": lambda rows, chance: None,
}


def lay(source, content, now, *, age=timedelta(minutes=1)):
    source.file.unlink(missing_ok=True)
    if content is not None:
        source.file.write_bytes(content)
        os.utime(source.file, times=((now - age).timestamp(),) * 2)
    return [read(source, KEY, now)]


def history(seed, source, college, id_number):
    """Live through one history; gives what went wrong."""
    chance = random.Random(seed)
    truth, one = Truth(chance, id_number), college(budgets=BUDGETS)
    bad_in_a_row, wrong = 0, []
    for day in range(DAYS):
        now = datetime.combine(datetime(2026, 11, 23).date() + timedelta(days=day), time(2), UTC)
        rows = list(truth.rows.values())
        # What is missing on three days running is what a leaver looks like, so that no file is bad for so long.
        kind = chance.choice(list(DAMAGE)) if day and bad_in_a_row < 2 and chance.random() < 0.6 else ""
        bad_in_a_row = bad_in_a_row + 1 if kind else 0
        content = DAMAGE[kind](rows, chance) if kind else written(rows)
        feeds = lay(source, content, now, age=timedelta(days=9) if kind == "stale" else timedelta(minutes=1))
        plan = one.follow(feeds, now.date())
        done = () if plan.breaches else plan.actions
        out = {action.person_id for action in done if action.kind in {"suspend", "archive"}} & truth.here()
        wrong += [f"seed {seed} day {day} {kind or 'good'}: {person} is shut out" for person in out]
        if not kind and not plan.breaches:
            enabled = {person.person_id for person in one.people if person.enabled}
            wrong += [f"seed {seed} day {day}: {person} was not let in" for person in truth.here() - enabled]
            wrong += [f"seed {seed} day {day}: {person} is still there" for person in enabled - truth.here()]
            left = one.plan(feeds, now.date()).actions
            wrong += [f"seed {seed} day {day}: {action.kind} {action.person_id} is left" for action in left]
        truth.live_a_day()
    return wrong


@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_no_history_of_bad_files_shuts_anyone_out(seed, source, college, id_number):
    hr = source(fault_ratio=0.1)
    assert [wrong for n in range(seed, seed + 10) for wrong in history(n, hr, college, id_number)] == []


@pytest.mark.parametrize("kind", DAMAGE)
def test_one_bad_file_suspends_archives_and_renames_nobody(kind, source, college, id_number):
    chance = random.Random(7)
    hr, truth, one = source(fault_ratio=0.1), Truth(chance, id_number), college(budgets=BUDGETS)
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    rows = list(truth.rows.values())
    one.follow(lay(hr, written(rows), now), now.date())
    before = {person.person_id: (person.enabled, person.name) for person in one.people}
    age = timedelta(days=9) if kind == "stale" else timedelta(minutes=1)
    one.follow(lay(hr, DAMAGE[kind](rows, chance), now, age=age), now.date())
    assert {person.person_id: (person.enabled, person.name) for person in one.people} == before
