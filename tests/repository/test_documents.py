"""Do the documents lead where they say, and name only commands that exist?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from campus.cli.app import app

FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1")
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"(?m)^#{1,6}\s+(.+?)\s*#*$")
TARGET = re.compile(r"(?m)^([a-z]+):")
MAKE = re.compile(r"(?:^|\s)make (?:[A-Z]+=\S+ )*([a-z]+)\b")
CAMPUS = re.compile(r"(?:^|[\s/])campus ([a-z]+)\b")
TRANSLATED = ("README.md", "README.en.md")


@pytest.fixture(scope="module")
def documents(texts):
    return {path: text for path, text in texts.items() if path.suffix == ".md"}


def test_links_lead_to_files_that_are_kept(documents, kept, root):
    known = set(kept) | {folder for path in kept for folder in path.parents}
    broken = [
        f"{path.relative_to(root)} → {link}"
        for path, text in documents.items()
        for link in _links(text)
        if _target(path, link) not in known
    ]
    assert broken == []


def test_anchors_lead_to_headings(documents, root):
    broken = [
        f"{path.relative_to(root)} → {link}"
        for path, text in documents.items()
        for link in _links(text)
        if "#" in link and link.partition("#")[2] not in _anchors(_target(path, link))
    ]
    assert broken == []


def test_make_targets_named_in_documents_exist(documents, root):
    targets = set(TARGET.findall((root / "Makefile").read_text("utf-8")))
    named = {(path.name, name) for path, text in documents.items() for name in _commands(MAKE, text)}
    assert sorted(name for name in named if name[1] not in targets) == []
    assert {name for file, name in named if file == "README.md"} >= {"demo", "test"}


def test_verbs_named_in_documents_exist(documents, root):
    verbs = typer.main.get_command(app).commands
    named = {(path.name, name) for path, text in documents.items() for name in _commands(CAMPUS, text)}
    assert sorted(name for name in named if name[1] not in verbs) == []
    assert {name for file, name in named if file == "README.md"} >= {"poll"}


def test_paths_named_in_documents_exist(documents, rooms, root):
    """Inline code that begins with a folder of ours is a path or a pattern of paths; what is planned is left out."""
    folders = (*rooms, "tests", "docs", "deploy", "benchmarks")
    named = {
        (str(path.relative_to(root)), code)
        for path, text in documents.items()
        for code in re.findall(r"`([\w.*/-]+/[\w.*/-]*)`", FENCE.sub("", text.partition("\n## Planned")[0]))
        if code.startswith(tuple(f"{folder}/" for folder in folders))
    }
    assert named
    assert sorted(name for name in named if not any(root.glob(name[1]))) == []


def test_both_readmes_show_the_same_commands(root):
    zh, en = ((root / name).read_text("utf-8") for name in TRANSLATED)
    assert _blocks(zh) == _blocks(en)


def test_every_document_can_be_reached_from_the_map(documents, root):
    seen, todo = set(), [root / "README.md", root / "README.en.md", root / "docs" / "index.md"]
    while todo:
        path = todo.pop()
        if path not in seen and path in documents:
            seen.add(path)
            todo += [_target(path, link) for link in _links(documents[path])]
    left = [
        str(path.relative_to(root)) for path in documents if path not in seen and path.is_relative_to(root / "docs")
    ]
    assert left == []


def test_each_dependency_has_its_decision(project, documents, root):
    given = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    given += [name for extra in project["project"]["optional-dependencies"].values() for name in extra]
    names = {re.split(r"[<>=\[ ]", line)[0] for line in given}
    told = "\n".join(text for path, text in documents.items() if path.parent == root / "docs" / "decisions")
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", told, re.IGNORECASE)) == []


def _links(text: str) -> Iterator[str]:
    for link in LINK.findall(FENCE.sub("", text)):
        if not re.match(r"[a-z]+:", link):
            yield link


def _target(path: Path, link: str) -> Path:
    file = link.partition("#")[0]
    return (path.parent / file).resolve() if file else path


@cache
def _anchors(path: Path) -> frozenset[str]:
    if path.suffix != ".md":
        return frozenset()
    return frozenset(_slug(heading) for heading in HEADING.findall(FENCE.sub("", path.read_text("utf-8"))))


def _slug(heading: str) -> str:
    """Make the anchor of a heading as the usual Markdown sites do."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    kept = (c for c in plain if c in "-_ " or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def _commands(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Find what code, in blocks without comments and in lines, tells the reader to type."""
    code = [line for block in _blocks(text) for line in block] + re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for piece in code:
        yield from pattern.findall(piece)


def _blocks(text: str) -> list[list[str]]:
    """The commands of each block, without their comments."""
    lines = ([line.partition("#")[0].strip() for line in match[0].splitlines()[1:-1]] for match in FENCE.finditer(text))
    return [[line for line in block if line] for block in lines]
