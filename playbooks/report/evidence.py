"""What does a report say? One set of plain data that every form of it prints; its hash stands in each."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campus.strict_yaml import Plain
from playbooks.catalogue import Item, domain, point
from playbooks.check import Baseline
from playbooks.judge import Finding, Verdict, Waiver, waived
from playbooks.register import Run
from playbooks.score import RULE_VERSION, ItemResult, Met, Score, Statement, item_results, score

EvidenceSet = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Hazards:
    """Major hazards (重大风险隐患) that people found, and how many of them were fixed since."""

    found: int = 0
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """What people added to a run, and the moment of the report in campus time, with its day."""

    waivers: Sequence[Waiver]
    statements: Mapping[str, Statement]
    hazards: Hazards
    at: datetime
    day: date


def evidence_set(baseline: Baseline, run: Run, desk: Desk) -> EvidenceSet:
    """Put everything that a report says into plain data; ``sha256`` is over the rest of it."""
    findings = [waived(replace(one, waiver=None), desk.waivers, desk.day) for one in run.findings]
    results = item_results(baseline, findings, desk.statements)
    told = score([one.met for one in results], desk.hazards.found)
    body: EvidenceSet = {
        "schema": 1,
        "self_check": True,
        "rule": RULE_VERSION,
        "standard": baseline.catalogue.standard,
        "level": baseline.catalogue.level,
        "at": _instant(desk.at),
        "run": {
            "id": run.id,
            "at": _instant(run.at.astimezone(desk.at.tzinfo)),
            "principal": run.principal,
            "mode": "audit",
        },
        "result": _result(told, desk.hazards),
        "coverage": _coverage(results),
        "objects": _objects(findings),
        "domains": _domains(baseline, results),
        "items": [_item(baseline, one) for one in results],
        "checks": [_check(baseline, name, findings) for name in sorted({one.check for one in findings})],
        "findings": [_plain(one.json()) for one in findings],
        "waivers": [_waiver(one, desk.day, findings) for one in desk.waivers],
        "policy": _policy(baseline),
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _result(told: Score, hazards: Hazards) -> Plain:
    return {
        "word": told.result.value if told.result else None,
        "strict": told.strict,
        "lenient": told.lenient,
        "least": told.least,
        "counts": {met.value: count for met, count in told.counts.items()},
        "hazards": {"found": hazards.found, "fixed": hazards.fixed},
    }


def _coverage(results: Sequence[ItemResult]) -> Plain:
    decided = [one for one in results if one.met is not Met.PENDING]
    person = sum(one.statement is not None for one in decided)
    return {"machine": len(decided) - person, "person": person, "pending": len(results) - len(decided)}


def _objects(findings: Sequence[Finding]) -> list[Plain]:
    counted = Counter((one.object, one.verdict) for one in findings)
    platforms = {one.object: one.platform for one in findings}
    return [
        {"name": name, "platform": platform, **{verdict.value: counted[name, verdict] for verdict in Verdict}}
        for name, platform in sorted(platforms.items())
    ]


def _domains(baseline: Baseline, results: Sequence[ItemResult]) -> list[Plain]:
    counted = Counter((domain(one.item), one.met) for one in results)
    return [
        {"id": name, "zh": label.zh, "en": label.en, **{met.value: counted[name, met] for met in Met}}
        for name, label in baseline.catalogue.domains.items()
    ]


def _item(baseline: Baseline, result: ItemResult) -> Plain:
    item = baseline.catalogue.items[result.item]
    name = baseline.catalogue.points[point(result.item)]
    return {
        "id": result.item,
        "zh": item.zh,
        "en": item.en,
        "domain": domain(result.item),
        "point": {"zh": name.zh, "en": name.en},
        "automation": item.automation,
        "case": item.case,
        "sure": item.sure,
        "met": result.met.value,
        "objects": {name: met.value for name, met in result.objects.items()},
        "wants": _wants(item, result),
        "statement": None if result.statement is None else _statement(result.statement),
    }


def _wants(item: Item, result: ItemResult) -> list[Plain]:
    """What is missing to decide a pending item: the statement of a person, or objects that could not be judged."""
    if result.met is not Met.PENDING:
        return []
    open_objects: list[Plain] = [name for name, met in result.objects.items() if met is Met.PENDING]
    needs_person = result.statement is None and (item.automation != "full" or not result.objects or bool(open_objects))
    return [*(["statement"] if needs_person else []), *open_objects]


def _statement(statement: Statement) -> Plain:
    return {
        "verdict": statement.verdict.value,
        "who": statement.who,
        "on": statement.on.isoformat(),
        "document": statement.document,
        "sha256": statement.sha256,
        "note": statement.note,
    }


def _check(baseline: Baseline, name: str, findings: Sequence[Finding]) -> Plain:
    check = baseline.checks[name]
    of_check = [one for one in findings if one.check == name]
    counted = Counter(one.verdict for one in of_check)
    asked = check.told(baseline.policy.values)
    return {
        "id": name,
        "zh": check.title.zh,
        "en": check.title.en,
        "clauses": list(check.clauses),
        "asks": {"zh": asked.zh, "en": asked.en},
        "expected": of_check[0].expected,
        "fix": list(check.fix_lines(baseline.policy.values)),
        "inverse": list(check.inverse),
        "risk": check.risk,
        "lockout": check.lockout,
        "reversible": check.reversible,
        "proved_on": list(check.proved_on),
        **{verdict.value: counted[verdict] for verdict in Verdict},
        "failed": [
            {"object": one.object, "actual": one.actual, "waived": one.waiver is not None}
            for one in of_check
            if one.verdict in {Verdict.FAIL, Verdict.PARTIAL}
        ],
    }


def _waiver(waiver: Waiver, day: date, findings: Sequence[Finding]) -> Plain:
    return {
        "check": waiver.check,
        "objects": waiver.objects,
        "reason": waiver.reason,
        "compensation": waiver.compensation,
        "approver": waiver.approver,
        "until": waiver.until.isoformat(),
        "in_force": day <= waiver.until,
        "covers": sum(one.waiver == waiver for one in findings),
    }


def _policy(baseline: Baseline) -> Plain:
    book = baseline.policy
    return {
        "digest": book.digest,
        "variables": [
            {
                "name": name,
                "value": _plain(book.values[name]),
                "zh": variable.zh,
                "en": variable.en,
                "own": name in book.overridden,
            }
            for name, variable in book.variables.items()
        ],
    }


def _plain(value: object) -> Plain:
    """Turn typed data into the same data, plain."""
    read: Plain = json.loads(json.dumps(value, ensure_ascii=False))
    return read
