"""Which shape must a profile file have? Strict pydantic models; what the parts mean is checked later."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from campus.model import Evidence
from inventory.profile_language import FIXERS, INDEX_TYPES, Tier

_OID = re.compile(r"[A-Z][A-Za-z]*(\.[0-9]+)*|[0-9]+(\.[0-9]+)*")


def _oid(value: object) -> object:
    """Refuse what YAML read as a number with a point: ``2.10`` would silently become 2.1."""
    if isinstance(value, float):
        raise ValueError("an OID with one point is read as a number; write it in quotes")  # noqa: TRY004  (pydantic's word)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and not _OID.fullmatch(value):
        raise ValueError("not an OID: numbers with points, at most led by the name of an arc")
    return value


def _column(value: object) -> object:
    return value if isinstance(value, dict) else {"at": value}


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _filter(value: object) -> object:
    return {"any": value} if isinstance(value, list) else value


def _arc(value: object) -> object:
    return {"oid": value} if isinstance(value, str) else value


def _device(value: object) -> object:
    return [] if value == "device" else value


Oid = Annotated[str, BeforeValidator(_oid)]
Range = tuple[float, float]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArcShape(_Shape):
    """One candidate of an arc."""

    oid: Oid
    variant: str = ""
    evidence: Evidence | None = None


class ColumnShape(_Shape):
    """A column: its number, or a mapping with more."""

    at: Oid
    fix: str | None = None
    absent: list[int] = []
    valid: Range | None = None
    optional: bool = False
    tier: Tier | None = None

    @field_validator("fix")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        return _one_of(value, FIXERS, "fixer")


class FilterShape(_Shape):
    """``[a, b]``, ``{not: [a, b]}`` or ``{unlike: regexp}``."""

    any: list[str | int] | None = None
    not_: list[str | int] | None = Field(default=None, alias="not")
    unlike: str | None = None

    @field_validator("unlike")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        try:
            return value if value is None else re.compile(value).pattern
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None


class LookupShape(_Shape):
    """A field taken from another table."""

    in_: str = Field(alias="in")
    match: dict[str, str]
    take: str


class TableShape(_Shape):
    """A table; an extending profile may give only what it changes."""

    oid: Oid | None = None
    index: dict[str, str] = {}
    columns: dict[str, Annotated[ColumnShape, BeforeValidator(_column)]] = {}
    tier: Tier = Tier.STATE
    exists: str | None = None
    one_row: bool = False
    unless: str | None = None
    where: dict[str, Annotated[FilterShape, BeforeValidator(_filter)]] = {}
    lookup: dict[str, Annotated[list[LookupShape], BeforeValidator(_listed)]] = {}

    @field_validator("index")
    @classmethod
    def _types(cls, value: dict[str, str]) -> dict[str, str]:
        for kind in value.values():
            _one_of(kind, INDEX_TYPES, "index type")
        return value


class RowsShape(_Shape):
    """A table that makes or enriches entities."""

    table: str
    key: list[str] | None = None
    adds: bool = True
    sum: list[str] = []
    element: str | None = None


class EntityShape(_Shape):
    """An entity; values and facts are expressions, parsed later."""

    rows: Annotated[list[RowsShape] | None, BeforeValidator(_device)] = None
    id: Annotated[list[str], BeforeValidator(_listed)] = []
    optional: bool = False
    only_when_up: bool = False
    values: dict[str, object] = {}
    facts: dict[str, object] = {}


class DetectShape(_Shape):
    """What decides that a profile matches."""

    answers: Oid


class ProfileShape(_Shape):
    """A whole file, or one merged over the one that it extends."""

    profile: str
    extends: str | None = None
    detect: DetectShape | None = None
    evidence: Evidence | None = None
    identity: dict[str, str] = {}
    uptime: object = None
    arcs: dict[str, Annotated[list[Annotated[ArcShape, BeforeValidator(_arc)]], BeforeValidator(_listed)]] = {}
    tables: dict[str, TableShape | None] = {}
    entities: dict[str, EntityShape | None] = {}


def _one_of(value: str | None, known: frozenset[str], what: str) -> str | None:
    if value is not None and value not in known:
        raise ValueError(f"{value!r} is no {what}; known: {', '.join(sorted(known))}")
    return value
