"""Which items does level 2 have? ``catalogue.yaml``, read strictly; and who has to meet each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from campus import strict_yaml
from campus.catalogue import Label
from campus.errors import ConfigError

CATALOGUE_FILE = Path(__file__).with_name("baseline") / "catalogue.yaml"
CHAPTERS = {"7.1": "general", "7.2": "cloud", "7.3": "mobile"}


class Item(BaseModel):
    """One clause of the standard: what is asked, of whom, and how far machines can tell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    automation: Literal["full", "partial", "evidence"]
    targets: tuple[str, ...]
    case: str | None = None
    sure: bool = True

    @property
    def text(self) -> Label:
        """What is asked, in both languages."""
        return Label(zh=self.zh, en=self.en)


class Catalogue(BaseModel):
    """All items by the number of their clause, with the names of domains (7.1.4) and control points (7.1.4.1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: str
    level: int
    domains: Mapping[str, Label]
    points: Mapping[str, Label]
    items: Mapping[str, Item]


def chapter(item_id: str) -> str:
    """``general``, ``cloud`` or ``mobile``."""
    return CHAPTERS[item_id[:3]]


def domain(item_id: str) -> str:
    """The number of the domain: the first three parts."""
    return ".".join(item_id.split(".")[:3])


def point(item_id: str) -> str:
    """The number of the control point: the first four parts."""
    return ".".join(item_id.split(".")[:4])


def load(path: Path = CATALOGUE_FILE) -> Catalogue:
    """Read the items.

    Raises:
        ConfigError: the file breaks its own rules, or an item belongs to no control point.
    """
    document = strict_yaml.read(path)
    catalogue = document.fill(Catalogue)
    strays = [
        one for one in catalogue.items if point(one) not in catalogue.points or domain(one) not in catalogue.domains
    ]
    if strays:
        raise ConfigError([document.fault(("items", one), f"{one} belongs to no control point") for one in strays])
    return catalogue
