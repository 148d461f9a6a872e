"""Does what was read meet the checks? Facts and checks become findings; nothing here reads or changes anything."""

import fnmatch
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict

from playbooks.check import Baseline, Check
from playbooks.language.table import Answer, Table, Tables, Unread
from playbooks.policy import PolicyBook

SCHEMA = 1


class Verdict(StrEnum):
    """What a check says of one object. ``error`` is what could not be read: never a pass, never not applicable."""

    PASS = "pass"  # noqa: S105 -- a verdict
    FAIL = "fail"
    PARTIAL = "partial"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of one object at one instant; ``problem`` says why nothing could be."""

    name: str
    platform: str
    at: datetime
    tables: Tables
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody with the right to do so accepts a failed check for a while; it stays failed.

    ``objects`` is a name or a pattern of names; the waiver holds up to the end of the day ``until``.
    """

    check: str
    objects: str
    reason: str
    compensation: str
    approver: str
    until: date

    def covers(self, check: str, name: str, day: date) -> bool:
        """Does it speak of this check of this object on this day?"""
        return self.check == check and day <= self.until and fnmatch.fnmatchcase(name, self.objects)


class FindingJson(TypedDict):
    """The record that other programs read: one check of one object."""

    schema: int
    check: str
    clauses: list[str]
    object: str
    platform: str
    verdict: str
    expected: str
    actual: str
    evidence: dict[str, str]
    waiver: dict[str, str] | None
    mode: str
    fix: dict[str, bool | None]
    policy: str
    at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of one object. ``output`` shows the fields that were looked at, never a secret; ``sha256`` is of all
    that was read.
    """

    check: str
    clauses: tuple[str, ...]
    object: str
    platform: str
    verdict: Verdict
    expected: str
    actual: str
    command: str
    output: str
    sha256: str
    policy: str
    at: datetime
    waiver: Waiver | None = None

    def json(self) -> FindingJson:
        """Give the record as plain data."""
        return {
            "schema": SCHEMA,
            "check": self.check,
            "clauses": list(self.clauses),
            "object": self.object,
            "platform": self.platform,
            "verdict": self.verdict.value,
            "expected": self.expected,
            "actual": self.actual,
            "evidence": {"cmd": self.command, "output": self.output, "sha256": self.sha256},
            "waiver": None if self.waiver is None else _waiver_json(self.waiver),
            "mode": "audit",
            "fix": {"applied": False, "snapshot": None},
            "policy": self.policy,
            "at": self.at.isoformat().replace("+00:00", "Z"),
        }


def judge_all(baseline: Baseline, facts: Facts, waivers: Sequence[Waiver], day: date) -> list[Finding]:
    """Judge one object by all checks of its platform, in the order of their ids."""
    checks = baseline.of_platform(facts.platform)
    return [waived(judge(name, check, facts, baseline.policy), waivers, day) for name, check in checks.items()]


def judge(name: str, check: Check, facts: Facts, policy: PolicyBook) -> Finding:
    """Judge one object by one check."""
    verdict, answer = _answer(check, facts, policy)
    told = answer.breaches or answer.shown
    read = [table for of in sorted(check.tables()) if isinstance(table := facts.tables.get(of), Table)]
    return Finding(
        check=name,
        clauses=check.clauses,
        object=facts.name,
        platform=facts.platform,
        verdict=verdict,
        expected=check.expect.tell(policy.values) if check.expect else "",
        actual="; ".join(told),
        command="; ".join(dict.fromkeys(table.command for table in read)),
        output="\n".join(told),
        sha256=_digest(table.sha256 for table in read),
        policy=policy.digest,
        at=facts.at,
    )


def waived(finding: Finding, waivers: Iterable[Waiver], day: date) -> Finding:
    """Give the finding with the waiver that covers it, if it needs one and one does."""
    if finding.verdict not in {Verdict.FAIL, Verdict.PARTIAL}:
        return finding
    found = next((one for one in waivers if one.covers(finding.check, finding.object, day)), None)
    return finding if found is None else replace(finding, waiver=found)


def _answer(check: Check, facts: Facts, policy: PolicyBook) -> tuple[Verdict, Answer]:
    if check.expect is None:
        return Verdict.MANUAL, Answer(None)
    if facts.problem:
        return Verdict.ERROR, Answer(None, (facts.problem,))
    needed = facts.tables.get(check.needs) if check.needs else None
    if isinstance(needed, Unread) and needed.absent:
        return Verdict.NOT_APPLICABLE, Answer(None, (f"{check.needs}: {needed.why}",))
    answer = check.expect.on(facts.tables, policy.values)
    return _VERDICTS[answer.holds], answer


_VERDICTS: Mapping[bool | None, Verdict] = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.ERROR}


def _digest(parts: Iterable[str]) -> str:
    """One digest stays itself; several become one."""
    digests = list(parts)
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _waiver_json(waiver: Waiver) -> dict[str, str]:
    return {
        "objects": waiver.objects,
        "reason": waiver.reason,
        "compensation": waiver.compensation,
        "approver": waiver.approver,
        "until": waiver.until.isoformat(),
    }
