"""Which indicator can be counted from which vendor's devices: fully, partly, not at all?

    python -m inventory.coverage > docs/indicators.md

Made from the definitions and the profiles; a test keeps the document current.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from campus import catalogue
from campus.catalogue import Catalogue
from campus.indicators import definition
from campus.indicators.definition import Awaited, Definitions, Indicator
from campus.indicators.rules import Answering, Sampled, Stored
from inventory import profile
from inventory.profile_language import Profile

FULL, PARTLY, NONE, NOT_ASKED = "全 full", "部分 partly", "无 none", "—"

HEAD = """\
# 指标与厂商 Indicators and vendors

由 `python -m inventory.coverage` 从指标定义与厂商画像生成，请勿手改。
Generated from definitions and profiles by `python -m inventory.coverage`; not edited by hand.

- **全 full**：画像给出该指标所需的全部读数。The profile gives every reading that the indicator needs.
- **部分 partly**：缺其中一部分（见下表）；缺的时间记为未知，完整率不足时不出数。
  Some are missing (see below); that time is unknown, and below the completeness asked for there is no number.
- **无 none**：一项也没有。None of them.
- **—**：该厂商画像不描述这类设备。The profile is not about such devices.

画像给出读数，不等于在真实设备上验证过：见各画像变体的证据级别。
That a profile gives a reading does not mean it was seen on a device: see the evidence of each variant.
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one profile carries one indicator, and the metrics that it lacks."""

    word: str
    lacking: tuple[str, ...] = ()


def covers(found: Profile, indicator: Indicator) -> Coverage:
    """Say how far a profile carries an indicator."""
    if isinstance(indicator.rule, Stored):
        return Coverage(FULL)
    if indicator.cells not in found.entities:
        return Coverage(NOT_ASKED)
    if isinstance(indicator.rule, Answering):
        return Coverage(FULL)
    given = frozenset(found.entities[indicator.cells].values)
    judged = indicator.rule.good_when.metrics()
    lacking = tuple(sorted(indicator.metrics - given))
    if not lacking:
        return Coverage(FULL)
    return Coverage(PARTLY if judged & given else NONE, lacking)


def document(definitions: Definitions, profiles: Mapping[str, Profile], words: Catalogue) -> str:
    """The whole document, in Markdown."""
    counted = {**definitions.counted, **{one.id: _over_time(one, definitions) for one in definitions.present.values()}}
    parts = [HEAD, *_evidence(profiles.values()), *_table(definitions, counted, profiles)]
    parts += _lacks(counted, profiles, words)
    return "\n".join((*parts, *_awaited(definitions.awaited.values()))) + "\n"


def _over_time(one: Indicator, definitions: Definitions) -> Indicator:
    return definitions.counted[one.over_time or one.id]


def _evidence(profiles: Iterable[Profile]) -> Iterator[str]:
    yield "## 画像 Profiles\n\n| 画像 profile | 变体与证据 variants and their evidence |\n|---|---|"
    for one in profiles:
        variants = {arc.variant: arc.evidence for arcs in one.arcs.values() for arc in arcs if arc.variant}
        told = [f"{name} {seen or one.evidence}" for name, seen in variants.items()] or [str(one.evidence)]
        yield f"| `{one.name}` | {', '.join(told)} |"


def _table(
    definitions: Definitions, counted: Mapping[str, Indicator], profiles: Mapping[str, Profile]
) -> Iterator[str]:
    yield "\n## 已计数的指标 What is counted\n"
    yield "| 指标 indicator | 级 class | 日历 calendar | " + " | ".join(f"`{name}`" for name in profiles) + " |"
    yield "|---" * (3 + len(profiles)) + "|"
    for name in sorted(counted):
        one = definitions.present.get(name) or counted[name]
        cells = [covers(found, counted[name]).word for found in profiles.values()]
        title = f"{one.id} {one.label.zh} {one.label.en}"
        yield f"| {title} | {one.method_class} | {one.calendar} | {' | '.join(cells)} |"


def _lacks(counted: Mapping[str, Indicator], profiles: Mapping[str, Profile], words: Catalogue) -> Iterator[str]:
    yield "\n## 缺什么 What is missing\n\n| 指标 indicator | 画像 profile | 缺 lacks |\n|---|---|---|"
    for name in sorted(counted):
        for found in profiles.values():
            lacking = covers(found, counted[name]).lacking
            if lacking:
                named = ", ".join(f"{words.metrics[one].label.zh} `{one}`" for one in lacking)
                note = _note(counted[name], lacking)
                yield f"| {name} | `{found.name}` | {named}{note} |"


def _note(indicator: Indicator, lacking: Iterable[str]) -> str:
    """A reading that only says when to count is no loss of the number itself."""
    rule = indicator.rule
    if isinstance(rule, Sampled) and not rule.good_when.metrics() & set(lacking):
        return "：关闭的也计入未知 those switched off count as unknown"
    return ""


def _awaited(awaited: Iterable[Awaited]) -> Iterator[str]:
    yield "\n## 尚无数据来源 No source yet\n\n| 指标 indicator | 级 class | 缺 what is missing |\n|---|---|---|"
    for one in awaited:
        missing = f"{one.missing.zh}；{one.missing.en}"
        yield f"| {one.id} {one.label.zh} {one.label.en} | {one.method_class} | {missing} |"


def current() -> str:
    """The document of the shipped definitions and profiles."""
    words = catalogue.load()
    return document(definition.load_all(words), profile.load(words=words), words)


if __name__ == "__main__":
    sys.stdout.write(current())
