"""Are definitions read strictly, with every mistake named?"""

import pytest

from campus import catalogue
from campus.errors import ConfigError
from campus.indicators import definition

GOOD = (definition.DEFINITIONS / "W01.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("cells: ap", "cells: app", 4, "no kind of entity is called app"),
        ("ap.up", "ap.upp", 5, "no metric is called ap.upp"),
        ("id: W01", "id: W02", 2, "must be called W02.yaml"),
        ("eq:", "equals:", 5, "no operator"),
        ("target: 0.995", "target: 0.9", 11, "must fall"),
        ("target: 0.995", "target: 99.5", 11, "less than or equal to 1"),
        ("direction: up", "direction: sideways", 6, "direction"),
        ("minimum_completeness", "minimum_completness", 12, "minimum_completness"),
    ],
    ids=lambda value: str(value).replace(" ", "_"),
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, line, what):
    (tmp_path / "W01.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        definition.load(catalogue.load(), tmp_path)
    assert any(what in fault.what for fault in caught.value.faults), caught.value
    assert line in {fault.line for fault in caught.value.faults}


def test_the_shipped_definitions_load():
    assert {"W01", "W03", "C01"} <= set(definition.load(catalogue.load()))
