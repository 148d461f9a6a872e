"""Which indicators exist, and what does each promise? One YAML file an indicator, read strictly."""

from collections.abc import Mapping
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
from campus.model import Lines

DEFINITIONS = Path(__file__).with_name("definitions")

Ratio = Annotated[float, Field(ge=0, le=1)]


class _Reported(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    reported: Annotated[Expression, BeforeValidator(expression.parse)]


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

    id: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}$")]
    label: Label
    cells: str
    state: _Reported | Literal["answering"]
    direction: Literal["up"]
    calendar: Literal["7x24"]
    class_: Annotated[Literal["A", "B", "C"], Field(alias="class")]
    source: Label
    lines: Annotated[list[_Lines], Field(min_length=1)]
    minimum_completeness: Ratio

    @model_validator(mode="after")
    def _ordered(self) -> "_File":
        if [lines.since for lines in self.lines] != sorted(lines.since for lines in self.lines):
            raise ValueError("lines stand in the order of their 'since'")
        return self


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: good minutes ÷ known minutes of its cells.

    ``cells`` is the kind of entity that is counted. ``good_when`` judges what a controller reports of a
    cell; ``None`` means the cell is a device and good while it answers its witnesses.
    """

    id: str
    label: Label
    cells: str
    good_when: Expression | None
    calendar: str
    method_class: str
    source: Label
    lines: tuple[tuple[date, Lines], ...]
    minimum_completeness: float

    def lines_on(self, day: date) -> Lines:
        """The target, standard and warning values in force on ``day`` (the first ones before any)."""
        valid = [lines for since, lines in self.lines if since <= day]
        return valid[-1] if valid else self.lines[0][1]


def load(catalogue: Catalogue, folder: Path = DEFINITIONS) -> Mapping[str, Indicator]:
    """Read all definitions, by id.

    Raises:
        ConfigError: with every mistake of every file.
    """
    indicators: dict[str, Indicator] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            indicator = _load_one(path, catalogue)
            indicators[indicator.id] = indicator
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return indicators


def _load_one(path: Path, catalogue: Catalogue) -> Indicator:
    document = strict_yaml.read(path)
    file = document.fill(_File)
    good_when = file.state.reported if isinstance(file.state, _Reported) else None
    unknown = sorted(good_when.metrics() - set(catalogue.metrics)) if good_when else []
    faults = [document.fault(("state",), f"no metric is called {name}") for name in unknown]
    if file.cells not in catalogue.kinds:
        faults.append(document.fault(("cells",), f"no kind of entity is called {file.cells}"))
    if file.id != path.stem:
        faults.append(document.fault(("id",), f"the file of {file.id} must be called {file.id}.yaml"))
    if faults:
        raise ConfigError(faults)
    lines = tuple((line.since, Lines(line.target, line.standard, line.warning, line.version)) for line in file.lines)
    return Indicator(
        id=file.id,
        label=file.label,
        cells=file.cells,
        good_when=good_when,
        calendar=file.calendar,
        method_class=file.class_,
        source=file.source,
        lines=lines,
        minimum_completeness=file.minimum_completeness,
    )
