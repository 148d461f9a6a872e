"""Which checks exist, and what does each promise? One folder a check: ``check.yaml`` and its cases, read strictly.

A check either *expects* a condition over what was read, or has a *form*: a question that a person answers with proof.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from campus import strict_yaml
from campus.catalogue import Label
from campus.errors import ConfigError, Fault
from campus.strict_yaml import Document
from playbooks import catalogue, policy, readings
from playbooks.catalogue import Catalogue
from playbooks.language import table
from playbooks.language.row import Value
from playbooks.language.table import Condition
from playbooks.policy import PolicyBook
from playbooks.readings import Readings

CHECKS = Path(__file__).with_name("baseline") / "checks"

Platform = Literal["linux", "comware", "comware_ac", "vrp", "ruijie", "ios", "keycloak", "cloud", "netarch"]


class Check(BaseModel):
    """One check.

    ``asks`` says to people what ``expect`` says to the machine. ``needs`` names a table whose absence makes it not
    applicable. ``risk``, ``lockout`` and ``reversible`` speak of the ``fix``, which is a proposal; nothing runs it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    title: Label
    clauses: Annotated[tuple[str, ...], Field(min_length=1)]
    platforms: Annotated[tuple[Platform, ...], Field(min_length=1)]
    needs: str | None = None
    asks: Label | None = None
    expect: Annotated[Condition | None, BeforeValidator(table.parse)] = None
    form: Label | None = None
    fix: tuple[str, ...] = ()
    inverse: tuple[str, ...] = ()
    risk: Literal["low", "medium", "high"]
    lockout: Literal["no", "possible", "yes"]
    reversible: bool
    proved_on: tuple[Literal["fixture", "debian12", "fake"], ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Check":
        if (self.expect is None) == (self.form is None):
            raise ValueError("a check has either expect or form")
        if self.expect is not None and not (self.proved_on and self.asks):
            raise ValueError("asks says what is expected, and proved_on where the verdicts were proved")
        return self

    def tables(self) -> frozenset[str]:
        """The tables it looks at."""
        return self.expect.tables() if self.expect else frozenset()

    def fix_lines(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The proposed change, with this site's numbers."""
        return tuple(_filled(line, values) for line in self.fix)

    def told(self, values: Mapping[str, Value]) -> Label:
        """What is asked, with this site's numbers; of a form its question."""
        said = self.asks or self.form or self.title
        return Label(zh=_filled(said.zh, values), en=_filled(said.en, values))


@dataclass(frozen=True, slots=True)
class Baseline:
    """Everything that is data: items, numbers, readings and checks."""

    catalogue: Catalogue
    policy: PolicyBook
    readings: Readings
    checks: Mapping[str, Check]

    def of_platform(self, platform: str) -> Mapping[str, Check]:
        """The checks of one platform, by id."""
        return {name: check for name, check in self.checks.items() if platform in check.platforms}


def load(site_policy: Path | None = None, folder: Path = CHECKS) -> Baseline:
    """Read it all.

    Raises:
        ConfigError: with every mistake of every file.
    """
    parts = catalogue.load(), policy.load(site_policy), readings.load()
    checks: dict[str, Check] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/check.yaml")):
        try:
            document = strict_yaml.read(path)
            check = document.fill(Check)
            faults += _strays(document, check, *parts)
            checks[path.parent.name] = check
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return Baseline(*parts, checks)


def _strays(
    document: Document, check: Check, items: Catalogue, book: PolicyBook, vocabulary: Readings
) -> Iterator[Fault]:
    """Names that lead nowhere: clauses, tables, policy variables."""
    for clause in check.clauses:
        if clause not in items.items:
            yield document.fault(("clauses",), f"no item is called {clause}")
    for platform in check.platforms if check.expect else ():
        wanted = check.tables() | ({check.needs} if check.needs else set())
        for name in sorted(wanted - vocabulary.known(platform)):
            yield document.fault(("expect",), f"{platform} has no reading called {name}")
    refs = check.expect.refs() if check.expect else frozenset()
    spoken = (*check.fix, *((check.asks.zh, check.asks.en) if check.asks else ()))
    for name in sorted((refs | _names(spoken)) - set(book.values)):
        yield document.fault(("expect",), f"no policy variable is called {name}")


def _names(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(name for line in lines for name in re.findall(r"\{policy\.(\w+)\}", line))


def _filled(line: str, values: Mapping[str, Value]) -> str:
    return re.sub(r"\{policy\.(\w+)\}", lambda name: str(values[name[1]]), line)
