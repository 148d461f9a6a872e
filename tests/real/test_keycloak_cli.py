"""Do the verbs of ``campus identity`` do on a real Keycloak what they say?"""

import asyncio
import json

import httpx
import pytest
from typer.testing import CliRunner

from campus.cli.identity import app
from campus.errors import Conflict, Forbidden
from campus.store.records import SqliteRecords

REALM = (
    "policy: djcp-l2\nroles: {student: {description: 学生}}\nclients: {portal: {name: 门户, secret: '${env:PORTAL}'}}\n"
)


@pytest.fixture
def campus(keycloak, admin, tmp_path, monkeypatch):
    """Give ``campus(*arguments)``: the output of a verb that must end with code 0, or with ``code``."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("PORTAL", "portal-secret")
    monkeypatch.setenv("KC", keycloak.secret)
    (tmp_path / "realm.yaml").write_text(REALM, "utf-8")
    (tmp_path / "campus.yaml").write_text(
        f"campus: {{name: Lab}}\nidentity:\n  keycloak: {{url: '{keycloak.url}', realm: {admin.realm}, "
        f"client_id: {keycloak.client_id}, client_secret: '${{env:KC}}', sign_in_at: master}}\n",
        "utf-8",
    )

    def run(*arguments, code=0):
        result = CliRunner().invoke(app, [*arguments, "--config", str(tmp_path / "campus.yaml")])
        if isinstance(result.exception, Exception):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def records(folder, kind):
    async def read():
        async with SqliteRecords(folder / "var/store") as kept:
            return await kept.list(kind)

    return asyncio.run(read())


def test_a_plan_is_read_sealed_carried_out_and_kept_on_record(campus, tmp_path):
    shown = campus("realm", "plan")
    assert "+ 新建 角色 student" in shown
    assert "口令规则 [password_policy.length]: — → 8" in shown
    planned = json.loads(campus("realm", "plan", "--format", "json"))
    assert set(planned) == {"hash", "actions", "unmanaged"}
    assert {
        "op": "create", "type": "role", "id": "student", "diff": {"description": [None, "学生"]}
    } in planned["actions"]  # fmt: skip
    campus("realm", "drift", code=1)
    campus("realm", "apply", code=2)
    with pytest.raises(Conflict):
        campus("realm", "apply", "--hash", "0000000000000000")
    assert json.loads(campus("realm", "apply", "--hash", planned["hash"], "--format", "json"))["actions"] == []
    assert "与文件一致" in campus("realm", "drift")
    (refused, done) = records(tmp_path, "realm")
    assert (refused.body["outcome"], done.body["outcome"], done.body["left"]) == ("begun", "done", 0)
    assert done.body["actions"] == planned["actions"]
    assert "portal-secret" not in repr(done) + shown


def test_the_export_can_be_planned_from(campus, tmp_path):
    campus("realm", "apply", "--hash", json.loads(campus("realm", "plan", "--format", "json"))["hash"])
    (tmp_path / "realm.yaml").write_text(campus("realm", "export"), "utf-8")
    assert json.loads(campus("realm", "drift", "--format", "json"))["actions"] == []


def test_an_oidc_app_gets_its_secret_once_and_can_sign_on_with_it(campus, keycloak, tmp_path):
    given = json.loads(campus("app", "add", "portal-2", "--name", "门户", "--redirect", "https://portal.example/cb"))
    assert asked(keycloak, given) == 400  # known, and told so: an app may not act without a person
    fresh = campus("app", "rotate", "portal-2").strip()
    assert fresh not in ("", given["client_secret"])
    assert asked(keycloak, given) == 401
    assert asked(keycloak, {**given, "client_secret": fresh}) == 400
    listed = json.loads(campus("app", "list", "--format", "json"))
    assert [(one["id"], one["by"]) for one in listed if one["by"]] == [("portal-2", "app")]
    campus("app", "remove", "portal-2")
    assert "portal-2" not in campus("app", "list")
    kept = records(tmp_path, "app")
    assert [record.body["verb"] for record in kept] == ["add", "rotate", "remove"]
    assert fresh not in repr(kept)


def asked(keycloak, given):
    """Ask for a code's token with a made-up code; 401 means that the secret is wrong, 400 that only the code is."""
    discovery = httpx.get(given["discovery"]).json()
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://portal.example/cb"}
    form |= {"client_id": given["client_id"], "client_secret": given["client_secret"]}
    return httpx.post(discovery["token_endpoint"], data=form).status_code


def test_a_saml_app_is_told_where_to_find_the_metadata(campus):
    redirect = "https://library.example/acs"
    given = json.loads(campus("app", "add", "library", "--protocol", "saml", "--redirect", redirect))
    metadata = httpx.get(given["idp_metadata"])
    assert given["idp_entity_id"] in metadata.text
    assert "client_secret" not in given
    with pytest.raises(Conflict, match="no secret"):
        campus("app", "rotate", "library")


def test_the_realm_file_and_the_verb_leave_each_others_apps_alone(campus):
    campus("realm", "apply", "--hash", json.loads(campus("realm", "plan", "--format", "json"))["hash"])
    campus("app", "add", "portal-2", "--redirect", "https://portal.example/cb")
    assert json.loads(campus("realm", "drift", "--format", "json")) == {
        **json.loads(campus("realm", "plan", "--format", "json")),
        "actions": [],
        "unmanaged": [],
    }
    with pytest.raises(Forbidden):
        campus("app", "remove", "portal")
