"""Does the command line plan, stop, sign, apply and explain, in the shape that programs rely on?"""

import asyncio
import json
import secrets

import pytest
from typer.testing import CliRunner

from campus.cli.app import app
from campus.errors import Conflict, Forbidden
from identity.keycloak import Account, Keycloak

SETTINGS = """
campus: {{name: Lab}}
identity:
  keycloak: {{url: '{url}', realm: {realm}, client_id: {client}, client_secret: '${{env:KC}}', sign_in_at: master}}
  people:
    id_secret: ${{env:PEOPLE}}
    budgets: {{suspend: {{count: 1}}}}
    sources:
      - id: students
        file: students.csv
        encoding: gb18030
        person_type: student
        columns: {{person_id: 学号, name: 姓名, department: 院系, class: 班级, status: 状态}}
        active: [在读]
        left: [退学]
        groups: ['/学生/{{department}}/{{class}}']
"""
NAMES = ["赵伟", "钱芳", "孙娜", "李敏", "周静"]


@pytest.fixture
def college(keycloak, tmp_path, monkeypatch):
    """A realm, settings and a file of five students; gives ``write(left=…)``, which writes the file again."""
    account = Account(keycloak.url, "master", keycloak.client_id, lambda: keycloak.secret)
    realm = f"test-{secrets.token_hex(4)}"

    async def make():
        async with Keycloak(account, realm) as admin:
            await admin.create_realm({"realm": realm, "enabled": True})
            profile = await admin.read("users/profile")
            await admin.replace("users/profile", {**profile, "unmanagedAttributePolicy": "ADMIN_EDIT"})

    async def remove():
        async with Keycloak(account, realm) as admin:
            await admin.delete("")

    def write(left=()):
        rows = [f"2026{n:04},{name},计算机系,软件1班,{'退学' if n in left else '在读'}" for n, name in enumerate(NAMES)]
        (tmp_path / "students.csv").write_text("\n".join(["学号,姓名,院系,班级,状态", *rows, ""]), "gb18030")

    asyncio.run(make())
    settings = SETTINGS.format(url=keycloak.url, realm=realm, client=keycloak.client_id)
    (tmp_path / "campus.yaml").write_text(settings, "utf-8")
    for name, value in {
        "KC": keycloak.secret,
        "PEOPLE": "a key of the test",
        "CAMPUS_CONFIG": str(tmp_path / "campus.yaml"),
    }.items():
        monkeypatch.setenv(name, value)
    write()
    yield write
    asyncio.run(remove())


def people(*words, code=0):
    result = CliRunner().invoke(app, ["identity", "people", *words])
    if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def told(*words, code=0):
    return json.loads(people(*words, "--format", "json", code=code))


def test_a_life_on_the_command_line(college):
    plan = told("plan")
    assert list(plan)[:4] == ["hash", "stopped", "counts", "actions"]
    assert (plan["stopped"], plan["counts"]["create"]) == (None, 5)
    assert plan["actions"][0]["changes"]["name"] == [None, "•••"]
    assert told("apply", plan["hash"])["actions"] == []
    assert told("plan")["actions"] == []

    college(left=(1, 2))
    stopped = told("plan", code=1)
    assert stopped["stopped"]["reason"] == "budget"
    with pytest.raises(Forbidden):
        people("apply", stopped["hash"], "--as", "duty")
    people("approve", stopped["hash"], "--as", "lead")
    assert told("apply", stopped["hash"], "--as", "duty")["actions"] == []

    found = told("explain", "20260001")
    assert (found["account"], found["sources"]) == (
        "suspended",
        [{"source": "students", "stand": "left", "since": None}],
    )
    assert [one["kind"] for one in found["past"]] == ["create", "suspend"]
    assert [(one["hash"], one["who"]) for one in told("history")][-1] == (stopped["hash"], "duty")
    with pytest.raises(Conflict):
        people("apply", plan["hash"])


def test_tables_show_no_name(college, monkeypatch):
    for language, word in (("zh_CN.UTF-8", "新建"), ("en_GB.UTF-8", "create")):
        monkeypatch.setenv("LC_ALL", language)
        shown = people("plan")
        assert word in shown
        assert "20260000" in shown
        assert not [name for name in NAMES if name in shown]
    seal = shown.rsplit(" ", 1)[1].strip()
    people("apply", seal)
    assert "20260003" not in people("history")
    assert "students" in people("explain", "20260003")


def test_a_file_that_is_away_stops_the_plan_in_words(college, tmp_path):
    (tmp_path / "students.csv").unlink()
    assert "students" in people("plan", code=1)
    assert told("plan", code=1)["stopped"]["budget"] == [{"reason": "feed", "source": "students", "what": "away"}]
