"""Is a good file read whole, and is a bad one never half believed?"""

import os
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from identity.people.source import Doubt, id_hash, read

KEY = b"a key of the test"
HEAD = "工号,姓名,部门,状态,证件号"


def told(source, lines, encoding="utf-8", *, head=HEAD, age=timedelta(), end="\r\n"):
    source.file.write_bytes("\r\n".join([head, *lines]).encode(encoding) + end.encode())
    now = datetime.now(UTC)
    os.utime(source.file, times=((now - age).timestamp(),) * 2)
    return read(source, KEY, now)


def codes(doubts):
    return [doubt.code for doubt in doubts]


# ── good files ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_good_file_is_read_whole(source, encoding, people):
    feed = told(source(), people, encoding)
    assert (len(feed.rows), feed.doubts, feed.held, feed.refused, feed.whole) == (10, (), frozenset(), (), True)
    assert (feed.rows[4].person_id, feed.rows[4].department) == ("T004", "0101")


def test_gb18030_is_read_where_it_is_said(source, people):
    feed = told(source(encoding="gb18030"), [*people, "T010,㐀𠀀,0101,在职,"], "gb18030")
    assert feed.rows[-1].name == "㐀𠀀"


def test_a_sheet_says_the_same_as_a_csv_file(source, tmp_path):
    with_until = source({"until": "到期"}, file=tmp_path / "hr.xlsx", sheet="人员", empty_ratio=1)
    book = openpyxl.Workbook()
    page = book.create_sheet("人员")
    page.append([*HEAD.split(","), "到期"])
    page.append([1001, "某人", "0101", "在职", None, datetime(2026, 12, 31)])
    page.append([None] * 6)
    page.append([1002.0, "某人", "0101", "离职", None, "2026/1/5"])
    book.save(with_until.file)
    feed = read(with_until, KEY, datetime.now(UTC))
    assert [(row.person_id, row.active, row.until) for row in feed.rows] == [
        ("1001", True, date(2026, 12, 31)),
        ("1002", False, date(2026, 1, 5)),
    ]


def test_a_person_stays_up_to_the_last_day(source, people):
    lines = [f"{line},{day}" for line, day in zip(people, ["2026年11月23日", "20261123", "2026.11.22"], strict=False)]
    feed = told(source({"until": "到期"}), lines, head=HEAD + ",到期")
    assert [row.stays(date(2026, 11, 23)) for row in feed.rows] == [True, True, False]


def test_an_id_number_becomes_the_same_hash_however_it_was_typed(source, id_number):
    numbers = [id_number(n) for n in range(11)]
    ending_in_x = next(number for number in numbers if number.endswith("X"))
    feed = told(source(), [f"T001,某人,01,在职,{ending_in_x}", f"T002,某人,01,在职,{ending_in_x.lower()}"])
    assert feed.rows[0].id_hash == feed.rows[1].id_hash == id_hash(ending_in_x, KEY)
    assert id_hash(ending_in_x, b"another key") != feed.rows[0].id_hash
    assert ending_in_x not in repr(feed)


# ── rows that are not believed ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "code", "held"),
    [
        ("T010,,0101,在职,", "no_name", {"T010"}),
        ("T010,某人,0101,返聘,", "status", {"T010"}),
        ("T010,某人,0101,,", "status", {"T010"}),
        ("T010,某人,0101,在职,000000190001010001", "id_number", {"T010"}),
        ("T010,某人,0101,在职,1.23E+17", "id_number", {"T010"}),
        ("T010,某人,01/01,在职,", "slash", {"T010"}),
        ("T010,某\u0007人,0101,在职,", "not_text", {"T010"}),
        ("T010,某人,0101,在职", "ragged", {"T010"}),
        ("T010,某,人,0101,在职,", "ragged", {"T010"}),
    ],
)
def test_a_wrong_row_is_told_by_line_and_its_person_left_alone(source, line, code, held, people):
    feed = told(source(), [*people, line])
    assert [(doubt.code, doubt.line) for doubt in feed.doubts] == [(code, 12)]
    assert (feed.held, len(feed.rows), feed.refused, feed.whole) == (held, 10, (), True)


def test_a_row_that_tells_no_number_takes_the_meaning_from_absence(source, people):
    feed = told(source(), [*people, "某人,T010,0101,在职,"])
    assert (codes(feed.doubts), feed.held, feed.whole) == (["number"], frozenset(), False)


def test_two_rows_of_one_number_that_differ_are_both_left(source, people):
    feed = told(source(), [*people, "T003,另一人,0201,在职,"])
    assert feed.held == {"T003"}
    assert feed.doubts == (Doubt("twice", 5, "工号"), Doubt("twice", 12, "工号"))
    assert "T003" not in {row.person_id for row in feed.rows}


def test_a_row_told_twice_is_one_row(source, people):
    feed = told(source(), [*people, people[3]])
    assert (len(feed.rows), feed.held, feed.doubts) == (10, frozenset(), ())


def test_of_a_person_who_left_and_came_back_the_row_that_holds_now_counts(source, people):
    feed = told(source(), [*people, "T003,某人3,0201,离职,"])
    (row,) = [row for row in feed.rows if row.person_id == "T003"]
    assert row.active


def test_a_good_row_beside_a_wrong_one_of_the_same_number_is_not_used(source, people):
    feed = told(source(), [*people, "T003,,0201,离职,"])
    assert feed.held == {"T003"}
    assert "T003" not in {row.person_id for row in feed.rows}


# ── files that are not believed ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda text: b"", "no_head"),
        (lambda text: HEAD.encode() + b"\n", "empty"),
        (lambda text: text.encode("gb18030"), "encoding"),
        (lambda text: text.encode("utf-16"), "encoding"),
        (lambda text: text.replace("某", "\ufffd").encode(), "encoding"),
        (lambda text: text.encode()[: text.encode().rindex("职".encode()) + 1], "encoding"),
        (lambda text: f'{text}\nT010,"某人'.encode(), "not_csv"),
        (lambda text: text.replace("部门", "所在部门").encode(), "column_missing"),
        (lambda text: text.replace("部门", "姓名").encode(), "column_twice"),
    ],
    ids=["nothing", "head-only", "gb18030", "utf-16", "damaged", "cut", "open-quote", "renamed", "twice"],
)
def test_a_file_that_cannot_be_right_is_not_used(source, people, damage, code):
    wanted = source()
    wanted.file.write_bytes(damage("\n".join([HEAD, *people])))
    feed = read(wanted, KEY, datetime.now(UTC))
    assert code in codes(feed.refused)
    assert feed.rows == ()


def test_utf8_that_could_be_gb18030_is_not_taken_for_it(source):
    unread = dict.fromkeys(["department", "status", "id_number"])
    wanted = source({"person_id": "no", "name": "name", **unread}, groups=[], encoding="gb18030")
    content = "no,name\r\nT001,赵伟\r\n".encode()
    assert content.decode("gb18030") != content.decode()
    wanted.file.write_bytes(content)
    assert codes(read(wanted, KEY, datetime.now(UTC)).refused) == ["encoding"]


def test_utf8_read_as_gb18030_is_not_used(source, people):
    assert codes(told(source(encoding="gb18030"), people).refused) == ["encoding"]


def test_a_shifted_column_is_not_used(source, people):
    shifted = [",".join((*line.split(",")[1:], "T")) for line in people]
    feed = told(source(), shifted)
    assert "bad_rows" in codes(feed.refused)


def test_a_column_that_lost_its_cells_is_not_used(source, people):
    emptied = [line.replace(",0001,", ",,").replace(",0101,", ",,") for line in people]
    feed = told(source(), emptied)
    assert (Doubt("empty_cells", 0, "部门") in feed.refused, feed.rows) == (True, ())


def test_an_old_file_is_not_used(source, people):
    assert codes(told(source(), people, age=timedelta(days=4)).refused) == ["stale"]
    assert told(source(), people, age=timedelta(days=2)).refused == ()


def test_a_file_that_is_away_is_told_not_raised(source):
    assert codes(read(source(), KEY, datetime.now(UTC)).refused) == ["away"]


def test_what_is_no_workbook_is_not_used(source, tmp_path):
    wanted = source(file=tmp_path / "hr.xlsx")
    wanted.file.write_bytes(b"not a workbook")
    assert codes(read(wanted, KEY, datetime.now(UTC)).refused) == ["not_xlsx"]
