"""Which indicators exist, and what does each promise? One YAML file an indicator, read strictly.

Three families: those that are *counted* over time, those that tell only the *present* (over time they are
another one), and those that are *awaited*: defined, but no source brings their data yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from campus import strict_yaml
from campus.catalogue import Catalogue, Label
from campus.errors import ConfigError, Fault
from campus.indicators import expression
from campus.indicators.expression import Expression
from campus.indicators.rules import Answering, Floors, Reported, Rule, Sampled, Stored
from campus.model import Lines
from campus.strict_yaml import Document

DEFINITIONS = Path(__file__).with_name("definitions")

ID = r"^[A-Z][0-9]{2}$"
Ratio = Annotated[float, Field(ge=0, le=1)]


Condition = Annotated[Expression, BeforeValidator(expression.parse)]


class _Floors(BaseModel):
    model_config = ConfigDict(extra="forbid")

    share: Ratio
    count: Annotated[int, Field(ge=1)]


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    reported: Condition | None = None
    sampled: Condition | None = None
    stored: Condition | None = None
    present: Annotated[str, Field(pattern=ID)] | None = None
    counts_when: Condition | None = None
    floors: _Floors | None = None

    @model_validator(mode="after")
    def _one(self) -> "_State":
        given = [name for name in ("reported", "sampled", "stored", "present") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a state is one of reported, sampled, stored, present")
        if (self.counts_when and not self.sampled) or (self.floors and not self.reported):
            raise ValueError("counts_when belongs to sampled, floors belong to reported")
        return self

    def rule(self) -> Rule:
        """The rule that is meant."""
        if self.sampled:
            return Sampled(self.sampled, self.counts_when)
        if self.stored:
            return Stored(self.stored)
        if self.reported:
            return Reported(self.reported, Floors(self.floors.share, self.floors.count) if self.floors else None)
        return Answering()


class _Lines(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    since: Annotated[date, BeforeValidator(str)]
    target: Ratio
    standard: Ratio
    warning: Ratio

    @model_validator(mode="after")
    def _falling(self) -> "_Lines":
        if not self.target >= self.standard >= self.warning:
            raise ValueError("target, standard and warning must fall, in this order")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    id: Annotated[str, Field(pattern=ID)]
    label: Label
    cells: str
    state: _State | Literal["answering"]
    direction: Literal["up"]
    calendar: Literal["7x24", "teaching", "evening", "dorm"]
    class_: Annotated[Literal["A", "B", "C"], Field(alias="class")]
    source: Label
    lines: Annotated[list[_Lines], Field(min_length=1)]
    minimum_completeness: Ratio

    @model_validator(mode="after")
    def _ordered(self) -> "_File":
        if [lines.since for lines in self.lines] != sorted(lines.since for lines in self.lines):
            raise ValueError("lines stand in the order of their 'since'")
        return self


class _Awaited(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=ID)]
    label: Label
    state: Literal["none"]
    unit: Literal["%", "n", "h"]
    direction: Literal["up", "down"]
    class_: Annotated[Literal["A", "B", "C"], Field(alias="class")]
    missing: Label


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: good minutes ÷ known minutes of its cells.

    ``cells`` is the kind of entity that is judged, by ``rule``, during the hours of ``calendar``. ``over_time``
    is the indicator that this one, which tells only the present, is over a period.
    """

    id: str
    label: Label
    cells: str
    rule: Rule
    calendar: str
    method_class: str
    source: Label
    lines: tuple[tuple[date, Lines], ...]
    minimum_completeness: float
    over_time: str | None = None

    @property
    def good_when(self) -> Expression | None:
        """What must hold of a good cell's readings; ``None`` where the cell is a device that must answer."""
        return None if isinstance(self.rule, Answering) else self.rule.good_when

    @property
    def metrics(self) -> frozenset[str]:
        """The metrics that are read to judge its cells, besides the witnesses'."""
        counts_when = self.rule.counts_when if isinstance(self.rule, Sampled) else None
        conditions = [one for one in (self.good_when, counts_when) if one]
        return frozenset().union(*(one.metrics() for one in conditions))

    def lines_on(self, day: date) -> Lines:
        """The target, standard and warning values in force on ``day`` (the first ones before any)."""
        valid = [lines for since, lines in self.lines if since <= day]
        return valid[-1] if valid else self.lines[0][1]


@dataclass(frozen=True, slots=True)
class Awaited:
    """An indicator without a source: it has no number, and ``missing`` says what would bring one."""

    id: str
    label: Label
    unit: str
    direction: str
    method_class: str
    missing: Label


@dataclass(frozen=True, slots=True)
class Definitions:
    """All indicators, each family by id."""

    counted: Mapping[str, Indicator]
    present: Mapping[str, Indicator]
    awaited: Mapping[str, Awaited]


def load(catalogue: Catalogue, folder: Path = DEFINITIONS) -> Mapping[str, Indicator]:
    """Read the definitions of what is counted, by id; errors as of `load_all`."""
    return load_all(catalogue, folder).counted


def load_all(catalogue: Catalogue, folder: Path = DEFINITIONS) -> Definitions:
    """Read all definitions.

    Raises:
        ConfigError: with every mistake of every file.
    """
    found: list[Indicator | Awaited] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(_load_one(path, catalogue))
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return Definitions(
        counted={one.id: one for one in found if isinstance(one, Indicator) and not one.over_time},
        present={one.id: one for one in found if isinstance(one, Indicator) and one.over_time},
        awaited={one.id: one for one in found if isinstance(one, Awaited)},
    )


def _load_one(path: Path, catalogue: Catalogue) -> Indicator | Awaited:
    document = strict_yaml.read(path)
    without_source = isinstance(document.data, dict) and document.data.get("state") == "none"
    made = _awaited(document.fill(_Awaited)) if without_source else _indicator(document.fill(_File))
    faults = list(_strange(made, document, catalogue)) if isinstance(made, Indicator) else []
    if made.id != path.stem:
        faults.append(document.fault(("id",), f"the file of {made.id} must be called {made.id}.yaml"))
    if faults:
        raise ConfigError(faults)
    return made


def _strange(indicator: Indicator, document: Document, catalogue: Catalogue) -> Iterator[Fault]:
    for name in sorted(indicator.metrics - set(catalogue.metrics)):
        yield document.fault(("state",), f"no metric is called {name}")
    if indicator.cells not in catalogue.kinds:
        yield document.fault(("cells",), f"no kind of entity is called {indicator.cells}")


def _awaited(file: _Awaited) -> Awaited:
    return Awaited(file.id, file.label, file.unit, file.direction, file.class_, file.missing)


def _indicator(file: _File) -> Indicator:
    lines = tuple((line.since, Lines(line.target, line.standard, line.warning, line.version)) for line in file.lines)
    return Indicator(
        id=file.id,
        label=file.label,
        cells=file.cells,
        rule=file.state.rule() if isinstance(file.state, _State) else Answering(),
        calendar=file.calendar,
        method_class=file.class_,
        source=file.source,
        lines=lines,
        minimum_completeness=file.minimum_completeness,
        over_time=file.state.present if isinstance(file.state, _State) else None,
    )
