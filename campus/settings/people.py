"""Where do people come from, and how much may change at once?

The section ``identity.people``. A *source* is one file that another office of the college exports again and again.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from campus.settings.scalars import Duration, Id, Section, wrong
from campus.settings.secret import Secret

PersonType = Literal["staff", "student", "external"]
Part = Annotated[float, Field(ge=0, le=1)]
"""A share of something, 0…1."""


class Budget(Section):
    """How many people one plan may touch: not more than ``count``, and not more than ``ratio`` of those there are."""

    count: Annotated[int, Field(ge=0)]
    ratio: Part = 1.0


class Budgets(Section):
    """One budget for each kind of action, and one for names that change."""

    create: Budget = Budget(count=5000)
    update: Budget = Budget(count=1000, ratio=0.3)
    move: Budget = Budget(count=500, ratio=0.3)
    suspend: Budget = Budget(count=50, ratio=0.05)
    restore: Budget = Budget(count=50, ratio=0.1)
    archive: Budget = Budget(count=200, ratio=0.1)
    rename: Budget = Budget(count=20, ratio=0.02)


class Columns(Section):
    """What each column is called in the file. A column that is not named here is not read."""

    person_id: str
    name: str
    department: str | None = None
    class_: Annotated[str | None, Field(alias="class")] = None
    status: str | None = None
    until: str | None = None
    id_number: str | None = None
    mail: str | None = None
    phone: str | None = None

    def named(self) -> Mapping[str, str]:
        """Give the columns that are read, by field."""
        found = {name.rstrip("_"): getattr(self, name) for name in type(self).model_fields}
        return {field: column for field, column in found.items() if column is not None}


def _path(template: str) -> str:
    fields = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    if not template.startswith("/") or "//" in template or template.endswith("/"):
        raise wrong(f"{template!r} is no path of a group", "write it like /学生/{department}/{class}")
    if not set(fields) <= {"department", "class"}:
        raise wrong(f"{template!r} names an unknown field", "known: {department} and {class}")
    return template


GroupPath = Annotated[str, AfterValidator(_path)]


class PeopleSource(Section):
    """One file of people of one type, and what it must be like to be believed."""

    id: Id
    file: Path
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    sheet: str | None = None
    person_type: PersonType
    columns: Columns
    active: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    person_id_like: str = r"[A-Za-z0-9]{3,32}"
    groups: tuple[GroupPath, ...] = ()
    absent: Literal["suspend", "keep"] = "suspend"
    absent_after: Duration = timedelta(days=3)
    max_age: Duration = timedelta(days=3)
    shrink_ratio: Part = 0.2
    empty_ratio: Part = 0.1
    fault_ratio: Part = 0.02
    budgets: Budgets | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.columns.status and not (self.active and self.left):
            raise wrong("a status column stands without its words", "say which words mean active, and which mean left")
        if set(self.active) & set(self.left):
            raise wrong("one word means both active and left")
        return self


class People(Section):
    """The life cycle of people. Sources that stand first speak first for a person who is in several."""

    id_secret: Secret
    grace: Duration = timedelta(days=30)
    adopt: bool = False
    budgets: Budgets = Budgets()
    sources: tuple[PeopleSource, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({source.id for source in self.sources}) < len(self.sources):
            raise wrong("two sources have one id")
        return self

    def budgets_of(self, source_id: str) -> Budgets:
        """Give the budgets that hold for a source."""
        return next((one.budgets for one in self.sources if one.id == source_id and one.budgets), self.budgets)
