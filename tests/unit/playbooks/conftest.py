"""What the tests of the baseline share: the checks, and cases turned into facts."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from playbooks import check, readings
from playbooks.check import Baseline
from playbooks.judge import Facts
from playbooks.transcript import Section

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture(scope="session")
def baseline() -> Baseline:
    """All items, checks, readings and the default policy."""
    return check.load()


@pytest.fixture(scope="session")
def facts_of(baseline) -> Callable[..., Facts]:
    """Give ``facts_of(platform, text)``: a configuration, or for hosts the sections ``== name [status]``."""

    def make(platform: str, text: str) -> Facts:
        if baseline.readings.is_text(platform):
            tables = readings.device_tables(baseline.readings, platform, text)
        else:
            tables = readings.host_tables(baseline.readings, _sections(text))
        return Facts("sw1", platform, AT, tables)

    return make


@pytest.fixture(scope="session")
def read_case(facts_of) -> Callable[[Path], tuple[str, Facts]]:
    """Give ``read_case(path)``: the verdict that the file's name promises, and the facts in it."""

    def read(path: Path) -> tuple[str, Facts]:
        place, verdict, _ = path.name.rsplit(".", 2)
        return verdict, facts_of(place.partition("-")[0], path.read_text("utf-8"))

    return read


def _sections(text: str) -> Mapping[str, Section]:
    parts = re.split(r"^== (\w+) ?(\d*)\n", text, flags=re.MULTILINE)[1:]
    return {parts[n]: Section(parts[n + 2], int(parts[n + 1] or 0)) for n in range(0, len(parts), 3)}
