"""Does every metric, fact, kind and indicator that a data file or a string in code names exist in the catalogue?"""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from campus import catalogue, strict_yaml

NAME = re.compile(r"[a-z_]+\.[a-z][a-z0-9_]*")


@pytest.fixture(scope="module")
def words():
    return catalogue.load()


@pytest.fixture(scope="module")
def read(kept, root):
    """Give ``read(folder)``: the parsed YAML files that lie there, by path."""

    def parse(folder: str):
        paths = [path for path in kept if path.parent == root / folder and path.suffix == ".yaml"]
        return {path.relative_to(root): strict_yaml.read(path).data for path in paths}

    return parse


def test_profiles_give_only_kinds_metrics_and_facts_of_the_catalogue(read, words):
    profiles = read("inventory/profiles")
    assert profiles
    strays = [
        (str(path), kind, name)
        for path, profile in profiles.items()
        for kind, entity in profile["entities"].items()
        if entity is not None
        for name in _unknown(kind, entity, words)
    ]
    assert strays == []


def test_indicators_count_only_kinds_and_metrics_of_the_catalogue(read, words):
    definitions = read("campus/indicators/definitions")
    assert definitions
    named = {
        (str(path), text) for path, data in definitions.items() for text in _texts(data) if _is_metric(text, words)
    }
    assert sorted(name for name in named if name[1] not in words.metrics) == []
    counted = {path: data["cells"] for path, data in definitions.items() if data["state"] != "none"}
    assert [path for path, cells in counted.items() if cells not in words.kinds] == []


def test_panels_show_only_metrics_and_indicators_that_exist(read, words):
    indicators = {data["id"] for data in read("campus/indicators/definitions").values()}
    shown = set(_named_by_panels(read("dashboards")))
    assert shown
    assert sorted(shown - indicators - set(words.metrics)) == []


@pytest.mark.parametrize(
    ("folder", "key"), [("inventory/profiles", "profile"), ("campus/indicators/definitions", "id")]
)
def test_each_data_file_is_called_what_it_defines_so_no_name_is_given_twice(read, folder, key):
    files = read(folder)
    assert files
    assert [str(path) for path, data in files.items() if data[key] != path.stem] == []


def test_each_text_is_there_in_both_languages(root):
    zh, en = (
        json.loads((root / "dashboards" / "static" / "texts" / f"{tongue}.json").read_text("utf-8"))
        for tongue in ("zh", "en")
    )
    assert zh.keys() == en.keys()
    assert [name for tongue in (zh, en) for name, text in tongue.items() if not text] == []


def test_each_text_that_the_command_line_says_exists(trees, root):
    texts = strict_yaml.read(root / "campus" / "cli" / "texts.yaml").data
    said = {
        node.args[0].value
        for path, tree in trees.items()
        if path.is_relative_to(root / "campus" / "cli")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "say"
        and isinstance(node.args[0], ast.Constant)
    }
    assert said
    assert sorted(said - set(texts)) == []


def test_each_metric_named_in_code_is_in_the_catalogue(trees, words, root):
    strings = {
        (str(path.relative_to(root)), node.value)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_metric(node.value, words)
    }
    assert sorted(name for name in strings if name[1] not in words.metrics) == []


def test_metrics_have_both_languages_and_a_unit(words):
    silent = [
        name for name, metric in words.metrics.items() if not (metric.label.zh and metric.label.en and metric.unit)
    ]
    assert silent == []


def _is_metric(text: str, words) -> bool:
    return bool(NAME.fullmatch(text)) and text.partition(".")[0] in words.kinds


def _unknown(kind: str, entity, words) -> Iterator[str]:
    if kind not in words.kinds:
        yield kind
        return
    yield from (name for name in entity.get("values", {}) if name not in words.metrics)
    yield from (name for name in entity.get("facts", {}) if name not in words.kinds[kind].facts)


def _texts(data) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _texts(value)
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)


def _named_by_panels(files) -> Iterator[str]:
    for data in files.values():
        for text in _texts(data):
            if NAME.fullmatch(text) or re.fullmatch(r"[A-Z]\d\d", text):
                yield text
