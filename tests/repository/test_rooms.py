"""Are the rooms ours alone, all known to every tool, and layered without a gap?"""

from importlib.metadata import packages_distributions
from pathlib import Path

# What vendors the pages' libraries and freezes the API's description; neither is read at run time.
BUILD_ONLY = {".gitignore", "package.json", "package-lock.json", "openapi.json"}


def test_our_top_level_names_belong_to_our_distribution_alone(rooms, project):
    owners = packages_distributions()
    assert {room: owners.get(room) for room in rooms} == {room: [project["project"]["name"]] for room in rooms}


def test_each_folder_with_python_is_a_room_that_every_tool_knows(rooms, project, kept, root):
    folders = {path.relative_to(root).parts[0] for path in kept if path.suffix == ".py" and path.parent != root}
    tool = project["tool"]
    assert folders - {"tests", "benchmarks"} == set(rooms)
    assert set(tool["mypy"]["packages"]) == set(rooms)
    assert {pattern.removesuffix("*") for pattern in tool["setuptools"]["packages"]["find"]["include"]} == set(rooms)


def test_each_part_of_the_kernel_has_its_layer(project, root, kept):
    layers = next(c["layers"] for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    named = {name.strip(" ()") for line in layers for name in line.split("|")}
    parts = {_part(path.relative_to(root)) for path in kept if path.is_relative_to(root / "campus")}
    assert parts - {None} <= named


def test_data_files_of_the_rooms_are_packaged(rooms, project, kept, root):
    patterns = project["tool"]["setuptools"]["package-data"]
    packages = {path.parent for path in kept if path.name == "__init__.py"}
    packaged = {path for package in packages for pattern in patterns["*"] for path in package.glob(pattern)}
    packaged |= {path for room in rooms for pattern in patterns.get(room, []) for path in (root / room).glob(pattern)}
    data = {path for path in kept if path.suffix != ".py" and path.relative_to(root).parts[0] in rooms}
    data = {path for path in data if path.name not in BUILD_ONLY}
    assert sorted(data - packaged) == []


def _part(path: Path) -> str | None:
    """Name the part of the kernel that a file belongs to: ``campus.store`` for ``campus/store/sqlite.py``."""
    if path.suffix != ".py" or path.parts[1] == "__init__.py":
        return None
    return f"campus.{path.parts[1].removesuffix('.py')}"
