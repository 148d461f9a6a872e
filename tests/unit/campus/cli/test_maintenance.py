"""Can people plan works, see them, and end them, and is what makes no sense refused?"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from campus.cli.app import app
from campus.errors import ConfigError, NotFound
from tests.small_campus import CAMPUS_YAML

ADD = ["add", "--scope", "building:B1", "--for", "2h", "--reason", "power"]


@pytest.fixture
def maintenance(tmp_path, monkeypatch):
    config = tmp_path / "campus.yaml"
    config.write_text(CAMPUS_YAML, encoding="utf-8")
    monkeypatch.setenv("TRIAL", "secret")
    runner = CliRunner()

    def run(*arguments):
        done = runner.invoke(app, ["maintenance", *arguments, "-c", str(config)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def wall(hours):
    """The clock of the campus (UTC+8), so many hours from now."""
    local = datetime.now(UTC) + timedelta(hours=8 + hours)
    return local.replace(tzinfo=None).isoformat(timespec="minutes")


def listed(run, *more):
    return json.loads(run("list", "--format", "json", *more))


def test_a_window_is_listed_until_it_is_ended(maintenance):
    maintenance(*ADD, "--from", wall(-1))
    maintenance(*ADD, "--from", wall(24), "--repeat", "FREQ=WEEKLY", "--principal", "duty")
    open_, planned = listed(maintenance)
    assert (open_["state"], open_["scope"], open_["reason"]) == ("open", "building:B1", "power")
    assert (planned["state"], planned["repeat"], planned["principal"]) == ("planned", "FREQ=WEEKLY", "duty")
    maintenance("end", open_["id"])
    assert [one["state"] for one in listed(maintenance)] == ["planned"]
    assert {one["state"] for one in listed(maintenance, "--all")} == {"planned", "ended"}


def test_an_open_window_shows_when_it_began(maintenance):
    maintenance(*ADD, "--from", wall(-1))
    (one,) = listed(maintenance)
    assert datetime.fromisoformat(one["end"]) - datetime.fromisoformat(one["start"]) == timedelta(hours=2)
    assert datetime.fromisoformat(one["start"]) == datetime.fromisoformat(one["start_utc"])


@pytest.mark.parametrize(
    "changed",
    [
        {"--scope": "building:B9"},
        {"--scope": "ac:nobody"},
        {"--scope": "B1"},
        {"--for": "soon"},
        {"--for": "0m"},
        {"--from": "tomorrow"},
        {"--from": wall(-24 * 8)},
        {"--repeat": "every sunday"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(maintenance, changed):
    options = {"--scope": "building:B1", "--for": "2h", "--reason": "power", "--from": wall(1)} | changed
    with pytest.raises(ConfigError):
        maintenance("add", *(text for option in options.items() for text in option))


def test_an_unknown_window_cannot_be_ended(maintenance):
    with pytest.raises(NotFound):
        maintenance("end", "M1")
