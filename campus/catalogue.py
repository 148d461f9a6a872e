"""Which metrics and facts exist? The shared vocabulary of ``campus/metrics.yaml``, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from campus import strict_yaml
from campus.errors import ConfigError
from campus.model import Entity

METRICS_FILE = Path(__file__).with_name("metrics.yaml")


class Label(BaseModel):
    """One text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class Kind(BaseModel):
    """One kind of entity; ``local`` ids are unique within their device only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Label
    local: bool = False
    facts: tuple[str, ...]


class Metric(BaseModel):
    """One metric: ``state`` is kept as intervals, ``gauge`` as values, ``delta`` as events since the last one.

    A reading of a metric of the tier ``counters`` stands until the counters are read again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["state", "gauge", "delta"]
    unit: str
    tier: Literal["state", "counters"] = "state"
    label: Label


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kinds: dict[str, Kind]
    metrics: dict[str, Metric]


@dataclass(frozen=True)
class Catalogue:
    """The kinds by name, and the metrics by full name (``ap.up``)."""

    kinds: Mapping[str, Kind]
    metrics: Mapping[str, Metric]

    @cached_property
    def local_kinds(self) -> frozenset[str]:
        """Kinds whose ids are unique within their device only."""
        return frozenset(name for name, kind in self.kinds.items() if kind.local)

    @cached_property
    def counters(self) -> frozenset[str]:
        """Metrics of the tier ``counters``."""
        return frozenset(name for name, metric in self.metrics.items() if metric.tier == "counters")

    def keyed(self, entity: Entity, device_id: str) -> Entity:
        """Give the entity as stores name it: local ids carry their device as prefix."""
        return Entity(entity.kind, f"{device_id}/{entity.id}") if entity.kind in self.local_kinds else entity


def load(path: Path = METRICS_FILE) -> Catalogue:
    """Read the vocabulary.

    Raises:
        ConfigError: the file breaks its own rules, or a metric belongs to no kind.
    """
    document = strict_yaml.read(path)
    file = document.fill(_File)
    strays = [name for name in file.metrics if name.partition(".")[0] not in file.kinds]
    if strays:
        raise ConfigError([document.fault(("metrics", name), f"{name} belongs to no kind") for name in strays])
    return Catalogue(file.kinds, file.metrics)
