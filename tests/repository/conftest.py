"""What the repository tests look at: the files that git would keep, the syntax trees of the rooms, the figures."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def project() -> Mapping[str, object]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def rooms(project) -> Sequence[str]:
    """The rooms: our top-level packages."""
    return project["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="session")
def kept() -> Sequence[Path]:
    """Every file that git keeps or would keep on the next add."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted({path for name in names.split("\0") if name and (path := ROOT / name).is_file()})


@pytest.fixture(scope="session")
def texts(kept) -> Mapping[Path, str]:
    """The kept files that are UTF-8 text."""
    return dict(_readable(kept))


@pytest.fixture(scope="session")
def trees(kept, rooms) -> Mapping[Path, ast.Module]:
    """The syntax tree of every Python file of the rooms."""
    sources = [path for path in kept if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in rooms]
    return {path: ast.parse(path.read_bytes(), str(path)) for path in sources}


@pytest.fixture
def say(request):
    """Print a figure in the closing report."""
    return request.config.stash[FIGURES].append


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for figure in config.stash[FIGURES]:
        terminalreporter.write_line(figure)


def _readable(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
