"""Does the report come over HTTP as the file that was asked for?"""

import io

import openpyxl
import pytest

PERIOD = {"period": "2026-11-02"}


async def test_the_workbook_comes_as_a_file(client, college):
    await college.all_well()
    answer = await client.get("/api/v1/exports/report", params=PERIOD)
    assert answer.headers["content-disposition"] == 'attachment; filename="report-2026-11-02.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "说明"


@pytest.mark.parametrize(("kind", "begins"), [("csv", "\ufeff指标编号,"), ("html", "<!doctype html>"), ("json", "{")])
async def test_each_format_is_what_it_says(client, college, kind, begins):
    await college.all_well()
    answer = await client.get("/api/v1/exports/report", params=PERIOD | {"format": kind})
    assert answer.content.decode().startswith(begins)
    assert kind in answer.headers["content-type"]


@pytest.mark.parametrize(
    ("asked", "status"), [({"period": "2026-13"}, 422), ({"scope": "building:none"}, 404), ({"format": "doc"}, 422)]
)
async def test_what_does_not_exist_is_refused(client, asked, status):
    assert (await client.get("/api/v1/exports/report", params=PERIOD | asked)).status_code == status
