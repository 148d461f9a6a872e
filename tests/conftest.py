"""What do all tests share: the rule for missing programs, closed sockets in unit tests, the count of skips."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def need() -> Callable[[str, str], str]:
    """Give ``need(program, package)``: the path of a real program that a test talks to.

    Where it is missing the test fails if ``CAMPUS_REAL=required`` (as in CI), else it is skipped; both
    say which Debian package to install.
    """

    def find(program: str, package: str) -> str:
        path = shutil.which(program, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
        if path is None:
            reason = f"{program} is missing: apt-get install {package}"
            if os.environ.get("CAMPUS_REAL") == "required":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        return path

    return find


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Close sockets in unit tests: what is pure stays pure."""
    for item in items:
        if item.path.is_relative_to(TESTS / "unit"):
            item.add_marker(pytest.mark.disable_socket)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the skipped tests by reason."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not run, by reason")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:5} × {reason}")
