"""What does the baseline keep? Runs with their findings, waivers with an end, statements of people: all in records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from campus.errors import ConfigError, Fault
from campus.store.contracts import Record, RecordStore
from playbooks.judge import Finding, Verdict, Waiver
from playbooks.score import Met, Statement

RUN, WAIVER, STATEMENT = "baseline.run", "baseline.waiver", "baseline.statement"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Evidence(_Strict):
    cmd: str
    output: str
    sha256: str


class _Waiver(_Strict):
    objects: str
    reason: str
    compensation: str
    approver: str
    until: Annotated[date, BeforeValidator(str)]


class _Fix(_Strict):
    applied: bool
    snapshot: str | None


class _Finding(_Strict):
    """The record of `Finding.json`, read back."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    check: str
    clauses: tuple[str, ...]
    object: str
    platform: str
    verdict: Verdict
    expected: str
    actual: str
    evidence: _Evidence
    waiver: _Waiver | None
    mode: Literal["audit"]
    fix: _Fix
    policy: str
    at: datetime


_FINDINGS = TypeAdapter(list[_Finding])


@dataclass(frozen=True, slots=True)
class Run:
    """One audit: when, by whom, and what it found."""

    id: str
    at: datetime
    principal: str
    findings: tuple[Finding, ...]


def findings_of(text: str, file: str) -> tuple[Finding, ...]:
    """Read the JSON that an audit printed.

    Raises:
        ConfigError: it is none.
    """
    try:
        return tuple(_finding(one) for one in _FINDINGS.validate_json(text))
    except ValidationError as error:
        raise ConfigError([Fault(file, 0, f"is no list of findings: {error.errors()[0]['msg']}")]) from None


async def keep_run(records: RecordStore, run: Run) -> None:
    """Keep one run."""
    body = {"findings": [finding.json() for finding in run.findings]}
    await records.append(Record(RUN, run.id, run.at, run.principal, body))


async def newest_run(records: RecordStore) -> Run | None:
    """Give the latest run that was kept."""
    kept = await records.list(RUN)
    if not kept:
        return None
    last = kept[-1]
    findings = _FINDINGS.validate_python(last.body["findings"])
    return Run(last.id, last.at, last.principal, tuple(_finding(one) for one in findings))


async def waive(records: RecordStore, waiver: Waiver, at: datetime, principal: str) -> None:
    """Keep a waiver that ``principal`` entered; a later one for the same check and objects takes its place."""
    body = {
        "check": waiver.check,
        "objects": waiver.objects,
        "reason": waiver.reason,
        "compensation": waiver.compensation,
        "approver": waiver.approver,
        "until": waiver.until.isoformat(),
    }
    await records.append(Record(WAIVER, f"{waiver.check} {waiver.objects}", at, principal, body))


async def waivers(records: RecordStore) -> Sequence[Waiver]:
    """Give all waivers, also those that have ended."""
    return [
        Waiver(
            str(one.body["check"]),
            str(one.body["objects"]),
            str(one.body["reason"]),
            str(one.body["compensation"]),
            str(one.body["approver"]),
            date.fromisoformat(str(one.body["until"])),
        )
        for one in await records.list(WAIVER)
    ]


async def state(records: RecordStore, statement: Statement, at: datetime, principal: str) -> None:
    """Keep a statement that ``principal`` entered; a later one of the same item takes its place."""
    body = {
        "verdict": statement.verdict.value,
        "who": statement.who,
        "on": statement.on.isoformat(),
        "document": statement.document,
        "sha256": statement.sha256,
        "note": statement.note,
    }
    await records.append(Record(STATEMENT, statement.item, at, principal, body))


async def statements(records: RecordStore) -> Mapping[str, Statement]:
    """Give the newest statement of each item."""
    return {
        one.id: Statement(
            one.id,
            Met(str(one.body["verdict"])),
            str(one.body["who"]),
            date.fromisoformat(str(one.body["on"])),
            str(one.body["document"]),
            str(one.body["sha256"]),
            str(one.body["note"]),
        )
        for one in await records.list(STATEMENT)
    }


def _finding(read: _Finding) -> Finding:
    waiver = read.waiver
    return Finding(
        check=read.check,
        clauses=read.clauses,
        object=read.object,
        platform=read.platform,
        verdict=read.verdict,
        expected=read.expected,
        actual=read.actual,
        command=read.evidence.cmd,
        output=read.evidence.output,
        sha256=read.evidence.sha256,
        policy=read.policy,
        at=read.at,
        waiver=None if waiver is None else _waiver(read.check, waiver),
    )


def _waiver(check: str, read: _Waiver) -> Waiver:
    return Waiver(check, read.objects, read.reason, read.compensation, read.approver, read.until)
