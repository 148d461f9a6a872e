"""Which keys describe what exists: places, devices, HA groups, and where APs hang?"""

import re
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from campus.settings.scalars import Address, ApKey, Day, Id, Name, Section, Subnet, wrong


class Floor(Section):
    """One floor; its id is unique on the whole campus."""

    id: Id
    name: Name


class Building(Section):
    """One building and its floors."""

    id: Id
    name: Name
    floors: tuple[Floor, ...] = ()


class Area(Section):
    """One area: a part of the campus whose subnet has its own controllers."""

    id: Id
    name: Name
    subnet: Subnet | None = None
    buildings: tuple[Building, ...] = ()


class Duty(Section):
    """What an entity is meant to do during ``[since, until)``; a missing bound is open."""

    service: Literal["in_service", "planned", "spare", "retired"] = "in_service"
    since: Day | None = None
    until: Day | None = None


class Device(Duty):
    """Something with a management address that is asked over SNMP.

    Its place is the smallest of ``floor``, ``building``, ``area`` that is given, else the area whose subnet
    holds its address. ``profile: auto`` finds the vendor by asking. ``capwap_probe`` lets a controller be asked
    over CAPWAP, too: some change something when they are.
    """

    id: Id
    kind: Literal["ac", "switch", "host"]
    address: Address
    port: Annotated[int, Field(ge=1, le=65535)] = 161
    credential: Id
    name: str | None = None
    area: Id | None = None
    building: Id | None = None
    floor: Id | None = None
    profile: str = "auto"
    engine: Literal["builtin", "pysnmp"] = "builtin"
    capwap_probe: bool = False

    @model_validator(mode="after")
    def _speaks_capwap(self) -> Self:
        if self.capwap_probe and self.kind != "ac":
            raise wrong("capwap_probe is for controllers alone", "remove it, or write kind: ac")
        return self


class HaGroup(Section):
    """Controllers that stand in for each other."""

    id: Id
    members: Annotated[tuple[Id, ...], Field(min_length=2)]


class ApRow(Duty):
    """Where an AP hangs during ``[since, until)``; ``ap`` is its serial, MAC or name."""

    ap: ApKey
    floor: Id | None = None

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.floor is None and self.service in {"in_service", "planned"}:
            raise wrong("an AP that is in service or planned needs a floor")
        return self


class ApPattern(Section):
    """Where the APs hang whose whole name matches ``name``: ``floor`` filled with the groups of the match."""

    name: str
    floor: str = "{building}-{floor}"
    example: str

    @field_validator("name")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise wrong(f"not a regular expression: {error}") from None
        return value

    @model_validator(mode="after")
    def _works(self) -> Self:
        try:
            wanted = {field for _, field, _, _ in Formatter().parse(self.floor) if field is not None}
        except ValueError as error:
            raise wrong(f"the floor {self.floor!r} is not a template: {error}") from None
        missing = wanted - set(re.compile(self.name).groupindex)
        if missing:
            raise wrong(f"the name has no group {', '.join(sorted(missing))}", "write it as (?P<floor>...)")
        if self.floor_of(self.example) is None:
            raise wrong(f"the pattern does not match its own example {self.example!r}", "it must match the whole name")
        return self

    def floor_of(self, name: str) -> str | None:
        """Give the floor that this pattern puts the AP called ``name`` on; ``None`` where it says nothing."""
        found = re.fullmatch(self.name, name)
        return self.floor.format_map(found.groupdict("")) if found else None


def _rows(value: object) -> object:
    """The name of a file has given way to its rows before (`campus.settings.load`)."""
    return value


class Aps(Section):
    """Where APs hang: the table first, then the patterns. ``table`` may name a CSV file of the same columns."""

    table: Annotated[tuple[ApRow, ...], BeforeValidator(_rows, json_schema_input_type=str | tuple[ApRow, ...])] = ()
    patterns: tuple[ApPattern, ...] = ()


class Inventory(Section):
    """What exists."""

    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    ha_groups: tuple[HaGroup, ...] = ()
    aps: Aps = Aps()
