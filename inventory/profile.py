"""Which vendor profiles are there, and are they right? Reads ``inventory/profiles/*.yaml``, whole and strictly.

A profile may extend one other: tables, entities and arcs are merged down to single columns and values; ``null``
drops what the other has. Everything wrong in all files is reported at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from campus import catalogue, strict_yaml
from campus.catalogue import Catalogue
from campus.errors import ConfigError, Fault, NotFound
from campus.strict_yaml import Document, Plain
from inventory.profile_build import Builder, Source
from inventory.profile_language import Profile
from inventory.profile_shape import ProfileShape

PROFILES = Path(__file__).with_name("profiles")

Profiles = Mapping[str, Profile]
"""The profiles by name."""


def load(directory: Path = PROFILES, words: Catalogue | None = None) -> Profiles:
    """Read every profile of ``directory``; names of metrics and facts must stand in ``words``.

    Raises:
        ConfigError: with every mistake of every file, each with its line.
    """
    words = words or catalogue.load()
    files, faults = _read(directory)
    faults += [fault for file in files.values() for fault in _parents(file, files)]
    profiles: dict[str, Profile] = {}
    for name, file in sorted(files.items()):
        base = files.get(file.shape.extends) if file.shape.extends else None
        builder = Builder(Source(file.document, base.document if base else None), words)
        profiles[name] = builder.profile(_merged(file, base))
        faults += builder.faults
    if faults:
        raise ConfigError(faults)
    return profiles


def chosen(profiles: Profiles, name: str) -> Profiles:
    """Give the profiles to try: all for ``auto``, else the named one alone.

    Raises:
        NotFound: there is no profile of that name.
    """
    if name == "auto":
        return profiles
    if name not in profiles:
        raise NotFound(f"there is no profile {name!r}; known: {', '.join(profiles)}")
    return {name: profiles[name]}


@dataclass(frozen=True, slots=True)
class _File:
    document: Document
    shape: ProfileShape


def _read(directory: Path) -> tuple[dict[str, _File], list[Fault]]:
    files: dict[str, _File] = {}
    faults: list[Fault] = []
    for path in sorted(directory.glob("*.yaml")):
        try:
            document = strict_yaml.read(path)
            shape = document.fill(ProfileShape)
        except ConfigError as error:
            faults += error.faults
            continue
        if shape.profile != path.stem:
            hint = "a profile is found by its file's name"
            faults.append(document.fault(("profile",), f"{shape.profile!r} stands in {path.name}", hint))
        files[shape.profile] = _File(document, shape)
    return files, faults


def _parents(file: _File, files: Mapping[str, _File]) -> Iterator[Fault]:
    name = file.shape.extends
    if name is None:
        return
    if name not in files:
        yield file.document.fault(("extends",), f"there is no profile {name!r} to extend")
    elif files[name].shape.extends is not None:
        yield file.document.fault(("extends",), f"{name!r} extends another one itself", "there is one level only")


_INHERITED = frozenset({"identity", "arcs", "tables", "entities", "uptime"})


def _merged(file: _File, base: _File | None) -> ProfileShape:
    """Lay a file over the one that it extends; both are known to be well-formed."""
    if base is None or not isinstance(file.document.data, dict) or not isinstance(base.document.data, dict):
        return file.shape
    inherited = {key: value for key, value in base.document.data.items() if key in _INHERITED}
    return ProfileShape.model_validate(_over(inherited, file.document.data, depth=4))


def _over(base: dict[str, Plain], top: dict[str, Plain], depth: int) -> dict[str, Plain]:
    merged = dict(base)
    for key, value in top.items():
        old = merged.get(key)
        if depth > 1 and isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _over(old, value, depth - 1)
        else:
            merged[key] = value
    return merged
