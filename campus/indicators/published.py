"""How does a published number stay what it was? As kept text with its hash, from which it can be read back.

The content of a closed number holds texts, whole numbers and null only; its canonical form is JSON with sorted keys,
no spaces, UTF-8 (RFC 8785 gives the same), and its hash the SHA-256 of that. Ratios are texts with six decimals, cut
and never rounded up.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from campus.model import CAMPUS, Grade, IndicatorValue, Lines, Period, Scope, Tally
from campus.store.contracts import Record, RecordStore

GRAINS = ("day", "week", "month", "term")
MOMENT = timedelta(microseconds=1)

Content = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Published:
    """A judged number as it is told.

    Once its period is closed it is ``frozen``: a later count can only add a further ``revision``.
    ``content`` and ``digest`` are what is kept of it; an open one has none.
    """

    value: IndicatorValue
    revision: int = 1
    frozen: bool = False
    closed_at: datetime | None = None
    content: Content | None = None
    digest: str = ""

    @property
    def intact(self) -> bool:
        """Whether what is kept still has the hash that it was kept with."""
        return self.content is None or digest(self.content) == self.digest


def kind(indicator: str, grain: str, scope: Scope) -> str:
    """The kind of record under which the closed numbers of one indicator, grain and scope are kept."""
    return f"closed/{indicator}/{grain}/{scope}"


def digest(content: Content) -> str:
    """The SHA-256 of the canonical content, in hexadecimal."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def facts(value: IndicatorValue) -> dict[str, object]:
    """What was counted and judged: the part of the content that a recount must give again."""
    return {
        "indicator": value.indicator,
        "scope": str(value.scope),
        "grain": value.period.grain,
        "start": value.period.start.astimezone(UTC).isoformat(),
        "end": value.period.end.astimezone(UTC).isoformat(),
        "counts": asdict(value.tally),
        "value": _text(value.value),
        "completeness": _text(value.completeness),
        "previous": _text(value.previous),
        "grade": value.grade.value,
        "target": _text(value.lines.target),
        "standard": _text(value.lines.standard),
        "warning": _text(value.lines.warning),
        "rules_version": value.lines.version,
        "worst": [[str(scope), _text(ratio)] for scope, ratio in value.worst],
    }


def body(value: IndicatorValue, revision: int, closed_at: datetime, why: str) -> dict[str, object]:
    """The body of the record that keeps ``value`` as ``revision``; ``why`` says what a later revision came from."""
    content = facts(value) | {"revision": revision, "closed_at": closed_at.astimezone(UTC).isoformat(), "why": why}
    return {"content": content, "hash": digest(content)}


def read(record: Record) -> Published:
    """Read a kept number back."""
    content = cast("Content", record.body["content"])
    return Published(
        value=_value(content),
        revision=_as(int, content["revision"]),
        frozen=True,
        closed_at=datetime.fromisoformat(_as(str, content["closed_at"])),
        content=content,
        digest=_as(str, record.body["hash"]),
    )


async def published(records: RecordStore, values: Sequence[IndicatorValue]) -> list[Published]:
    """Give ``values`` as they are told: each whose period is closed as it was closed, the others as they stand now."""
    told: dict[tuple[str, Scope, Period], Published] = {}
    for indicator, grain, scope in sorted({(one.indicator, one.period.grain, one.scope) for one in values}):
        if grain not in GRAINS:
            continue
        starts = [one.period.start for one in values if one.scope == scope and one.indicator == indicator]
        for record in await records.list(kind(indicator, grain, scope), min(starts), max(starts) + MOMENT):
            kept = read(record)
            told[indicator, scope, kept.value.period] = kept
    return [told.get((one.indicator, one.scope, one.period), Published(one)) for one in values]


async def closed(records: RecordStore, indicator: str, grain: str, scope: Scope = CAMPUS) -> list[Published]:
    """Give all closed numbers of one indicator, grain and scope, oldest first."""
    return [read(record) for record in await records.list(kind(indicator, grain, scope))]


def _text(ratio: float | None) -> str | None:
    return None if ratio is None else f"{int(ratio * 1_000_000 + 1e-6) / 1_000_000:.6f}"


def _value(content: Content) -> IndicatorValue:
    tally = Tally(**cast("Mapping[str, int]", content["counts"]))
    worst = cast("Sequence[tuple[str, str]]", content["worst"])
    return IndicatorValue(
        indicator=_as(str, content["indicator"]),
        scope=Scope.parse(_as(str, content["scope"])),
        period=Period(_as(str, content["grain"]), _instant(content["start"]), _instant(content["end"])),
        value=None if content["value"] is None else tally.ratio,
        grade=Grade(_as(str, content["grade"])),
        completeness=tally.completeness,
        tally=tally,
        lines=Lines(
            float(_as(str, content["target"])),
            float(_as(str, content["standard"])),
            float(_as(str, content["warning"])),
            _as(str, content["rules_version"]),
        ),
        worst=tuple((Scope.parse(scope), float(ratio)) for scope, ratio in worst),
        previous=None if content["previous"] is None else float(_as(str, content["previous"])),
    )


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(_as(str, text))


def _as(wanted: type[T], found: object) -> T:
    if not isinstance(found, wanted):
        raise TypeError(f"a closed number holds {found!r} where {wanted.__name__} must stand")
    return found
