"""Is every id there once, and does every reference lead to one?

Looked for in the plain data, so that the answer holds even while other keys are wrong.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from campus.errors import Fault
from campus.settings.tree import AP_ROWS, AREAS, BUILDINGS, DEVICES, FLOORS, HA_GROUPS, Trail, find, look
from campus.strict_yaml import Document, Spot

_UNIQUE: tuple[tuple[str, tuple[Trail, ...]], ...] = (
    ("area", ((*AREAS, "id"),)),
    ("building", ((*BUILDINGS, "id"),)),
    ("floor", ((*FLOORS, "id"),)),
    ("device or HA group", ((*DEVICES, "id"), (*HA_GROUPS, "id"))),
    ("member of HA groups", ((*HA_GROUPS, "members", "*"),)),
)

_REFERENCES: tuple[tuple[str, Trail, Trail], ...] = (
    ("area", (*DEVICES, "area"), (*AREAS, "id")),
    ("building", (*DEVICES, "building"), (*BUILDINGS, "id")),
    ("floor", (*DEVICES, "floor"), (*FLOORS, "id")),
    ("floor", (*AP_ROWS, "floor"), (*FLOORS, "id")),
    ("device", (*HA_GROUPS, "members", "*"), (*DEVICES, "id")),
)


def repeated_ids(document: Document) -> Iterator[Fault]:
    """Find ids that stand for two things."""
    for what, trails in _UNIQUE:
        first: dict[str, Spot] = {}
        for spot, name in _names(document, *trails):
            if name in first:
                hint = f"first on line {document.fault(first[name], '').line}"
                yield document.fault(spot, f"the {what} {name!r} stands here a second time", hint)
            first.setdefault(name, spot)


def unknown_references(document: Document) -> Iterator[Fault]:
    """Find references that lead nowhere."""
    for what, trail, among in _REFERENCES:
        yield from _unknown(document, what, trail, [name for _, name in _names(document, among)])
    credentials = look(document.data, ("credentials",))
    names = list(credentials) if isinstance(credentials, dict) else []
    yield from _unknown(document, "credential", (*DEVICES, "credential"), names)


def _unknown(document: Document, what: str, trail: Trail, known: Sequence[str]) -> Iterator[Fault]:
    for spot, name in _names(document, trail):
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known)[:8]) or 'none'}"
            yield document.fault(spot, f"no {what} is called {name!r}", hint)


def _names(document: Document, *trails: Trail) -> Iterator[tuple[Spot, str]]:
    for trail in trails:
        for spot, name in find(document.data, trail):
            if isinstance(name, str):
                yield spot, name
