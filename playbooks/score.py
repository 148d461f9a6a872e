"""What is the result by the rule of 2025? Findings and statements of people become items, items become a rate.

S01 is R1: items met ÷ items that apply, without weights. An item that is not decided is never met, and while there is
one there is no rate, only a least one. A waiver changes nothing here: what it covers stays failed. Sources and readings
of ours: ``RULES``, printed in every report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from playbooks.catalogue import Item
from playbooks.check import Baseline
from playbooks.judge import Finding, Verdict

RULE_VERSION = "2025-1"
MEETS = 0.90
BASICALLY_MEETS = 0.60


class Met(StrEnum):
    """How an item stands (符合 · 部分符合 · 不符合 · 不适用 · 待确认)."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"


class Result(StrEnum):
    """The words of the 2025 template (符合 · 基本符合 · 不符合)."""

    MEETS = "meets"
    BASICALLY_MEETS = "basically_meets"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Statement:
    """A filled form: who looked at an item, when, on what document (its SHA-256), and what came out."""

    item: str
    verdict: Met
    who: str
    on: date
    document: str
    sha256: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How one item stands, and on each object that has to meet it."""

    item: str
    met: Met
    objects: Mapping[str, Met]
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of items, rates 0…1, and the result; ``None`` while an item is pending."""

    counts: Mapping[Met, int]
    hazards: int
    strict: float | None
    lenient: float | None
    least: float | None
    result: Result | None


def score(results: Iterable[Met], hazards: int = 0) -> Score:
    """Count items and give the result; ``hazards`` are the major hazards (重大风险隐患) that people found."""
    counted = Counter(results)
    counts = {met: counted[met] for met in Met}
    apply = sum(counts.values()) - counts[Met.NOT_APPLICABLE]
    strict = counts[Met.MET] / apply if apply else None
    if counts[Met.PENDING] or strict is None:
        return Score(counts, hazards, None, None, strict, None)
    lenient = (counts[Met.MET] + counts[Met.PARTLY] / 2) / apply
    return Score(counts, hazards, strict, lenient, strict, _result(strict, hazards))


def _result(strict: float, hazards: int) -> Result:
    if strict >= MEETS and not hazards:
        return Result.MEETS
    return Result.BASICALLY_MEETS if strict >= BASICALLY_MEETS else Result.FAILS


def item_results(
    baseline: Baseline, findings: Sequence[Finding], statements: Mapping[str, Statement]
) -> list[ItemResult]:
    """Say of every item of the catalogue how it stands."""
    platforms = {finding.object: finding.platform for finding in findings}
    by_item: dict[str, list[Finding]] = {name: [] for name in baseline.catalogue.items}
    for finding in findings:
        for clause in finding.clauses:
            by_item[clause].append(finding)
    return [
        _item(name, item, _objects(item, by_item[name], platforms, stated=name in statements), statements.get(name))
        for name, item in baseline.catalogue.items.items()
    ]


def _item(name: str, item: Item, objects: Mapping[str, Met], statement: Statement | None) -> ItemResult:
    voices = list(objects.values()) if item.automation != "evidence" else []
    if statement is not None:
        voices.append(statement.verdict)
    decided = item.automation == "full" or statement is not None
    return ItemResult(name, joined(voices) if decided else Met.PENDING, objects, statement)


def _objects(
    item: Item, findings: Sequence[Finding], platforms: Mapping[str, str], *, stated: bool
) -> Mapping[str, Met]:
    """How the item stands on each object whose platform has to meet it."""
    return {
        name: _object([one for one in findings if one.object == name], stated=stated)
        for name, platform in sorted(platforms.items())
        if platform in item.targets
    }


def _object(findings: Sequence[Finding], *, stated: bool) -> Met:
    """Join the checks of one object. What only a person can tell is pending, unless somebody stated it."""
    asked = [one for one in findings if one.verdict is not Verdict.MANUAL]
    if not asked or (len(asked) < len(findings) and not stated):
        return Met.NOT_APPLICABLE if stated and not asked else Met.PENDING
    return joined([_MET[one.verdict] for one in asked])


def joined(voices: Sequence[Met]) -> Met:
    """All alike stays so, unlike is partly; one that is pending leaves it pending; what does not apply has no voice."""
    heard = {voice for voice in voices if voice is not Met.NOT_APPLICABLE}
    if Met.PENDING in heard or not voices:
        return Met.PENDING
    if not heard:
        return Met.NOT_APPLICABLE
    return heard.pop() if len(heard) == 1 else Met.PARTLY


_MET = {
    Verdict.PASS: Met.MET,
    Verdict.FAIL: Met.UNMET,
    Verdict.PARTIAL: Met.PARTLY,
    Verdict.NOT_APPLICABLE: Met.NOT_APPLICABLE,
    Verdict.ERROR: Met.PENDING,
    Verdict.MANUAL: Met.PENDING,
}
