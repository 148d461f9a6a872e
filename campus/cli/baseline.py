"""``campus baseline``: hold hosts and devices to level 2, and report it. Nothing here changes a host or a device."""

import asyncio
import getpass
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import language, pick, say
from campus.errors import ConfigError, Fault, NotFound
from campus.store.contracts import RecordStore
from playbooks import audit as auditing
from playbooks import check, register
from playbooks.check import Baseline
from playbooks.judge import Facts, Finding, Verdict, Waiver, judge_all
from playbooks.register import Run
from playbooks.report import html, xlsx
from playbooks.report.evidence import Desk, EvidenceSet, Hazards, evidence_set
from playbooks.report.texts import texts
from playbooks.score import Met, Statement

app = typer.Typer(help=say("baseline.help"), no_args_is_help=True)

Policy = Annotated[Path | None, typer.Option(help=say("baseline.policy"))]
Kept = Annotated[Path | None, typer.Option("--config", "-c", help=say("baseline.config"), envvar="CAMPUS_CONFIG")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=say("baseline.until"))]
BAD = {Verdict.FAIL, Verdict.PARTIAL, Verdict.ERROR}
SHOWN = ("object", "check", "verdict", "expected", "actual", "proved_on")


class Outcome(StrEnum):
    """What a person may state of an item."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"


class Tongue(StrEnum):
    """The languages of a report."""

    ZH = "zh"
    EN = "en"


@app.command(help=say("baseline.audit"))
def audit(
    inventory: Annotated[Path | None, typer.Option("--inventory", "-i", help=say("baseline.inventory"))] = None,
    read: Annotated[list[str] | None, typer.Option(help=say("baseline.read"))] = None,
    policy: Policy = None,
    config: Kept = None,
    everything: Annotated[bool, typer.Option("--all", help=say("baseline.all"))] = False,
    style: Style = out.Format.TABLE,
) -> None:
    """Read, judge, print; end with 1 if something is to be looked at."""
    if inventory is None and not read:
        raise typer.BadParameter(say("baseline.nothing"))
    baseline, at = check.load(policy), now()
    facts = [_read(baseline, text, at) for text in read or ()]
    facts += _hosts(baseline, inventory, at) if inventory else []
    run = asyncio.run(_judged(baseline, facts, at, config))
    _print(baseline, run.findings, style, everything=everything)
    if any(finding.verdict in BAD for finding in run.findings):
        raise typer.Exit(1)


@app.command(help=say("baseline.report"))
def report(
    file: Annotated[Path, typer.Option("--out", "-o", help=say("baseline.out"))],
    findings: Annotated[Path | None, typer.Option(help=say("baseline.findings"))] = None,
    policy: Policy = None,
    config: Kept = None,
    hazards: Annotated[int, typer.Option(min=0, help=say("baseline.hazards"))] = 0,
    fixed: Annotated[int, typer.Option(min=0, help=say("baseline.fixed"))] = 0,
    tongue: Annotated[Tongue | None, typer.Option("--language", help=say("baseline.language"))] = None,
) -> None:
    """Write one evidence set in the form that the file's ending names."""
    if file.suffix not in {".html", ".xlsx", ".json"}:
        raise typer.BadParameter(say("baseline.out"))
    given = _printed_run(findings) if findings else None
    evidence = asyncio.run(_evidence(check.load(policy), given, config, Hazards(hazards, fixed)))
    chosen = tongue or Tongue(language())
    words = texts(chosen.value)
    _write(evidence, file, chosen)
    result = evidence["result"]
    word = result["word"] if isinstance(result, dict) else None
    print(say("baseline.written", file=file, result=words[str(word)] if word else words["undecided"]))


@app.command("checks", help=say("baseline.checks"))
def list_checks(style: Style = out.Format.TABLE) -> None:
    """Print all checks: what proves them, and what their fix would risk."""
    rows = [
        {
            "check": name,
            "name": pick(one.title),
            "platforms": " ".join(one.platforms),
            "clauses": " ".join(one.clauses),
            "how": "machine" if one.expect else "person",
            "proved_on": " ".join(one.proved_on),
            "risk": one.risk,
            "lockout": one.lockout,
        }
        for name, one in check.load().checks.items()
    ]
    out.emit(rows, tuple(rows[0]), style)


@app.command(help=say("baseline.waive"))
def waive(
    check_id: Annotated[str, typer.Argument(metavar="CHECK", help=say("baseline.check"))],
    objects: Annotated[str, typer.Argument(help=say("baseline.objects"))],
    reason: Annotated[str, typer.Option(help=say("baseline.reason"))],
    approver: Annotated[str, typer.Option(help=say("baseline.approver"))],
    until: Day,
    compensation: Annotated[str, typer.Option(help=say("baseline.compensation"))] = "",
    config: Config = Path("campus.yaml"),
) -> None:
    """Keep a waiver with its end."""
    of = suite(config)
    if check_id not in check.load().checks:
        raise NotFound(say("baseline.unknown", name=check_id))
    if until.date() < _today(of):
        raise typer.BadParameter(say("baseline.past", until=until.date()))
    waiver = Waiver(check_id, objects, reason, compensation, approver, until.date())
    asyncio.run(_keep_waiver(of, waiver))


@app.command(help=say("baseline.state"))
def state(
    item: Annotated[str, typer.Argument(help=say("baseline.item"))],
    verdict: Annotated[Outcome, typer.Option(help=say("baseline.verdict"))],
    who: Annotated[str, typer.Option(help=say("baseline.who"))],
    document: Annotated[Path, typer.Option(exists=True, dir_okay=False, help=say("baseline.document"))],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=say("baseline.on"))] = None,
    note: Annotated[str, typer.Option(help=say("baseline.note"))] = "",
    config: Config = Path("campus.yaml"),
) -> None:
    """Keep what a person found, with the hash of the document that shows it."""
    of = suite(config)
    if item not in check.load().catalogue.items:
        raise NotFound(say("baseline.unknown", name=item))
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    day = on.date() if on else _today(of)
    asyncio.run(_keep_statement(of, Statement(item, Met(verdict), who, day, document.name, digest, note)))


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def _hosts(baseline: Baseline, inventory: Path, at: datetime) -> list[Facts]:
    console = Console(stderr=True)
    with console.status(say("baseline.reading", name="")) as status:
        return auditing.hosts(baseline, inventory, at, lambda name: status.update(say("baseline.reading", name=name)))


def _read(baseline: Baseline, text: str, at: datetime) -> Facts:
    """Read one ``NAME=PLATFORM:FILE``."""
    name, _, rest = text.partition("=")
    platform, _, file = rest.partition(":")
    if not name or not file or not (platform == auditing.HOST or baseline.readings.is_text(platform)):
        raise typer.BadParameter(f"--read {text}: {say('baseline.read')}")
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise ConfigError([Fault(file, 0, f"cannot be read: {error.strerror}")]) from None
    if platform == auditing.HOST:
        return auditing.transcribed(baseline, name, _text(content), at)
    return auditing.device(baseline, name, platform, _text(content), at)


def _text(content: bytes) -> str:
    """Configurations are UTF-8, or GBK where a Chinese banner was typed on an old device."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────


async def _judged(baseline: Baseline, facts: Sequence[Facts], at: datetime, config: Path | None) -> Run:
    async with _kept(config) as (of, store):
        waivers = await register.waivers(store) if store else ()
        day = _today(of) if of else at.date()
        findings = tuple(finding for one in facts for finding in judge_all(baseline, one, waivers, day))
        run = Run(f"{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", at, _principal(), findings)
        if store:
            await register.keep_run(store, run)
    return run


async def _evidence(baseline: Baseline, given: Run | None, config: Path | None, hazards: Hazards) -> EvidenceSet:
    async with _kept(config) as (of, store):
        run = given or (await register.newest_run(store) if store else None)
        if run is None:
            raise NotFound(say("baseline.no-run"))
        waivers = await register.waivers(store) if store else _carried(run.findings)
        statements = await register.statements(store) if store else {}
    at = now().astimezone(of.zone) if of else now()
    desk = Desk(waivers, statements, hazards, at, at.date())
    return evidence_set(baseline, run, desk)


def _printed_run(file: Path) -> Run:
    """Make a run of what an audit printed."""
    try:
        findings = register.findings_of(file.read_text("utf-8"), str(file))
    except OSError as error:
        raise ConfigError([Fault(str(file), 0, f"cannot be read: {error.strerror}")]) from None
    if not findings:
        raise ConfigError([Fault(str(file), 0, "holds no finding")])
    return Run(file.name, max(one.at for one in findings), _principal(), findings)


def _carried(findings: Sequence[Finding]) -> list[Waiver]:
    """The waivers that findings brought along, each once."""
    return list(dict.fromkeys(finding.waiver for finding in findings if finding.waiver))


async def _keep_waiver(of: Suite, waiver: Waiver) -> None:
    async with records(of) as store:
        await register.waive(store, waiver, now(), _principal())


async def _keep_statement(of: Suite, statement: Statement) -> None:
    async with records(of) as store:
        await register.state(store, statement, now(), _principal())


@asynccontextmanager
async def _kept(config: Path | None) -> AsyncIterator[tuple[Suite | None, RecordStore | None]]:
    """Open the records that the settings name, if there are settings."""
    if config is None:
        yield None, None
        return
    of = suite(config)
    async with records(of) as store:
        yield of, store


def _today(of: Suite) -> date:
    return now().astimezone(of.zone).date()


def _principal() -> str:
    return f"os:{getpass.getuser()}"


# ── printing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _print(baseline: Baseline, findings: Sequence[Finding], style: out.Format, *, everything: bool) -> None:
    if style is out.Format.JSON:
        out.print_json([finding.json() for finding in findings])
        return
    wanted = BAD if not everything else set(Verdict)
    rows = [_row(baseline, finding) for finding in findings if finding.verdict in wanted]
    out.emit(rows, SHOWN, style)
    counted = Counter(finding.verdict for finding in findings)
    summary = {
        "objects": len({finding.object for finding in findings}),
        "findings": len(findings),
        "passed": counted[Verdict.PASS],
        "failed": counted[Verdict.FAIL] + counted[Verdict.PARTIAL],
        "waived": sum(finding.waiver is not None for finding in findings),
        "errors": counted[Verdict.ERROR],
        "manual": counted[Verdict.MANUAL],
    }
    print(say("baseline.summary", **summary))


def _row(baseline: Baseline, finding: Finding) -> dict[str, object]:
    return {
        "object": escape(finding.object),
        "check": finding.check,
        "verdict": finding.verdict.value,
        "expected": escape(finding.expected),
        "actual": escape(finding.actual),
        "proved_on": " ".join(baseline.checks[finding.check].proved_on),
    }


def _write(evidence: EvidenceSet, file: Path, tongue: Tongue) -> None:
    if file.suffix == ".html":
        file.write_text(html.render(evidence, tongue.value), "utf-8")
    elif file.suffix == ".xlsx":
        xlsx.write(evidence, tongue.value, file)
    else:
        file.write_text(json.dumps(evidence, ensure_ascii=False, indent=1) + "\n", "utf-8")
