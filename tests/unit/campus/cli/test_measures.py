"""Can an officer keep and close measures on the command line, and only with proof?"""

import json

import pytest
import typer
from typer.testing import CliRunner

from campus.cli import measures
from campus.errors import ConfigError, Conflict

ADD = {
    "--indicator": "W01",
    "--scope": "building:B1",
    "--period": "2026-11-01",
    "--owner": "网络中心",
    "--due": "2026-12-01",
    "--text": "更换交换机",
}


@pytest.fixture
def verb(campus):
    """Give ``verb("add", …)``: what `campus measures` does."""
    outer = typer.Typer(pretty_exceptions_enable=False)
    outer.add_typer(measures.app, name="measures")
    return lambda *words: CliRunner().invoke(outer, ["measures", *words], env={"LANG": "en", "LC_ALL": "en"})


def add(verb, **changed):
    options = ADD | {f"--{name}": value for name, value in changed.items()}
    return verb("add", *[word for pair in options.items() for word in pair], "--format", "json")


def test_a_measure_gets_its_number_and_is_listed(verb):
    (added,) = json.loads(add(verb).stdout)
    assert (added["id"][-3:], added["scope"], added["period"]) == ("001", "building:B1", "2026-11-01")
    assert json.loads(verb("list", "--format", "json").stdout) == [added]


def test_it_does_not_close_without_proof(verb, campus):
    (added,) = json.loads(add(verb).stdout)
    campus("indicators", "close")
    refused = verb("close", added["id"], "--evidence", "replaced")
    assert isinstance(refused.exception, Conflict)
    assert "needs 2 closed periods after its own; there are 0" in str(refused.exception)


@pytest.mark.parametrize("changed", [{"indicator": "X99"}, {"scope": "building:none"}, {"period": "2026-13"}])
def test_what_does_not_exist_is_refused(verb, changed):
    assert isinstance(add(verb, **changed).exception, ConfigError)
