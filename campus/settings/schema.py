"""Which keys may stand in ``campus.yaml``, with which meaning and default?

``campus.example.yaml`` explains each of them for people; a test keeps the two together.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from campus.errors import Fault
from campus.settings.scalars import (
    Address,
    ApKey,
    Day,
    Duration,
    Echo,
    Id,
    Listen,
    Name,
    Section,
    Subnet,
    Zone,
    wrong,
)
from campus.settings.secret import Secret, Source
from campus.strict_yaml import Document, Spot


class Campus(Section):
    """Whose network it is. ``timezone`` is campus time: it decides where days begin."""

    name: Name
    timezone: Zone = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"


# ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────


class Community(Section):
    """How to ask over SNMP v1 or v2c."""

    version: Annotated[Literal["1", "2c"], BeforeValidator(str, json_schema_input_type=Literal["1", "2c", 1])]
    community: Secret

    def secrets(self) -> Mapping[str, Secret]:
        """The secrets that are referred to, by key."""
        return {"community": self.community}


class User(Section):
    """How to ask over SNMP v3 (RFC 3414 user-based security)."""

    version: Annotated[Literal["3"], BeforeValidator(str, json_schema_input_type=Literal["3", 3])]
    user: str
    auth: Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] | None = None
    auth_secret: Secret | None = None
    priv: Literal["des", "aes128", "aes192", "aes256"] | None = None
    priv_secret: Secret | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.auth) != bool(self.auth_secret) or bool(self.priv) != bool(self.priv_secret):
            raise wrong("a protocol stands without its secret, or a secret without its protocol")
        if self.priv and not self.auth:
            raise wrong("priv stands without auth", "SNMP v3 encrypts only what it authenticates")
        return self

    def secrets(self) -> Mapping[str, Secret]:
        """The secrets that are referred to, by key."""
        found = {"auth_secret": self.auth_secret, "priv_secret": self.priv_secret}
        return {key: secret for key, secret in found.items() if secret}


def _security(value: object) -> str | None:
    """A bare ``version: 3`` is a number in YAML."""
    version = value.get("version") if isinstance(value, dict) else getattr(value, "version", None)
    return {"1": "community-based", "2c": "community-based", "3": "user-based"}.get(str(version))


Credential = Annotated[
    Annotated[Community, Tag("community-based")] | Annotated[User, Tag("user-based")],
    Discriminator(
        _security,
        custom_error_type="version",
        custom_error_message="the SNMP version is missing or unknown",
        custom_error_context={"hint": "write version: 1, 2c or 3"},
    ),
]


# ── inventory ────────────────────────────────────────────────────────────────────────────────────────────────


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
    holds its address. ``profile: auto`` finds the vendor by asking.
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


# ── collecting, keeping, showing ─────────────────────────────────────────────────────────────────────────────


class Tiers(Section):
    """How often each kind of table is read."""

    state: Duration = timedelta(seconds=60)
    counters: Duration = timedelta(minutes=5)
    names: Duration = timedelta(hours=6)

    @model_validator(mode="after")
    def _ride(self) -> Self:
        for name, period in (("counters", self.counters), ("names", self.names)):
            if period % self.state:
                raise wrong(f"{name} is no whole multiple of state", "slower tiers ride on a cycle of the state tier")
        return self


class Collect(Section):
    """How devices are asked. ``anchors`` are what must answer if the collector itself is not cut off."""

    tiers: Tiers = Tiers()
    deadline: Duration = timedelta(seconds=50)
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 32
    pdu_budget: Annotated[int, Field(ge=1)] = 100
    stations: bool = False
    anchors: tuple[Address, ...] = ()
    echo: Echo = "icmp"

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.deadline >= self.tiers.state:
            raise wrong("the deadline is not shorter than tiers.state", "a poll must end before the next one begins")
        return self


class Store(Section):
    """Where measurements are kept, and for how many days single values of gauges and deltas are."""

    path: Path = Path("var/store")
    raw_days: Annotated[int, Field(ge=1)] = 14


class Api(Section):
    """Where pages and API are served."""

    listen: Listen = "127.0.0.1:8000"


class Empty(Section):
    """A section that has no keys yet."""


class Settings(Section):
    """The whole of one ``campus.yaml``."""

    campus: Campus
    credentials: Mapping[Id, Credential] = Field(default_factory=dict)
    inventory: Inventory = Inventory()
    collect: Collect = Collect()
    store: Store = Store()
    indicators: Empty = Empty()
    alerts: Empty = Empty()
    identity: Empty = Empty()
    playbooks: Empty = Empty()
    api: Api = Api()
    _document: Document

    def model_post_init(self, context: Source) -> None:
        """Remember where everything stands."""
        self._document = context.document

    def fault(self, spot: Spot, what: str, hint: str = "") -> Fault:
        """Name a mistake that a room above found at ``spot``, like ``("inventory", "devices", 3, "profile")``."""
        return self._document.fault(spot, what, hint)
