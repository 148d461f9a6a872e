"""``campus identity people``: who joins, moves and leaves, by the college's own files."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.identity import keycloak
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import say
from campus.errors import ConfigError, NotFound
from campus.settings import People
from campus.store.contracts import Record
from identity.people import apply as applying
from identity.people import live, source
from identity.people.apply import Office, Order, Outcome
from identity.people.change import Action, Value
from identity.people.explain import Explanation, explain
from identity.people.journal import APPROVAL, Journal
from identity.people.plan import Breach, Plan, action_as_data, as_data, shown
from identity.people.source import Feed
from identity.people.stand import Standing

FINDINGS = 1
KEY_AT_LEAST = 16

app = typer.Typer(help=say("people.help"), no_args_is_help=True)

Seal = Annotated[str, typer.Argument(metavar="HASH", help=say("people.hash"))]
As = Annotated[str, typer.Option("--as", help=say("people.as"))]
CONFIG = Path("campus.yaml")


def me() -> str:
    """Who asks, where nobody says: the account on this machine."""
    return f"os:{getpass.getuser()}"


# ── verbs ────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command("plan", help=say("people.plan"))
def plan_(config: Config = CONFIG, style: Style = out.Format.TABLE) -> None:
    """Show what apply would do, and keep the plan so that another can sign it."""
    found = asyncio.run(_plan(suite(config)))
    _show(found, style)
    raise typer.Exit(FINDINGS if found.breaches else 0)


@app.command("apply", help=say("people.apply"))
def apply_(
    seal: Seal,
    principal: As = "",
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Carry out the plan of this hash, or finish it where it was cut off."""
    outcome = asyncio.run(_apply(suite(config), seal, principal or me()))
    _show(outcome.left, style)
    for person_id, why in outcome.failed:
        typer.echo(say("people.failed", person=person_id, why=why), err=True)
    raise typer.Exit(FINDINGS if outcome.failed or outcome.left.actions else 0)


@app.command(help=say("people.approve"))
def approve(
    seal: Seal,
    principal: As = "",
    break_glass: Annotated[bool, typer.Option("--break-glass", help=say("people.break_glass"))] = False,
    config: Config = CONFIG,
) -> None:
    """Sign a plan that breaks a budget."""
    plan = asyncio.run(_approve(suite(config), seal, principal or me(), break_glass))
    print(say("people.approved", hash=seal, counts=_counts(plan.body["counts"])))


@app.command(help=say("people.history"))
def history(config: Config = CONFIG, style: Style = out.Format.TABLE) -> None:
    """List plans, signatures and runs."""
    of = suite(config)
    out.emit(asyncio.run(_history(of)), ("at", "what", "hash", "who", "result"), style)


@app.command("explain", help=say("people.explain"))
def explain_(
    person_id: Annotated[str, typer.Argument(help=say("people.person"))],
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Say what each source tells of one person, and what follows."""
    found, past = asyncio.run(_explain(suite(config), person_id))
    if style is out.Format.JSON:
        out.print_json(_explanation(found) | {"past": past})
        return
    out.emit([_standing(standing) for standing in found.told], ("source", "stand", "since"), style)
    print(say("people.account." + _account(found)))
    if found.muddle:
        print(say(f"people.note.{found.muddle}"))
    if found.action:
        out.emit([_row(found.action)], ("kind", "changes"), style)
    if past:
        out.emit(past, ("at", "kind", "hash"), style)


# ── the office ───────────────────────────────────────────────────────────────────────────────────────────────


def policy(of: Suite) -> People:
    """Give what the settings say of people.

    Raises:
        ConfigError: they say nothing, or no source.
    """
    found = of.settings.identity.people
    if found is None or not found.sources:
        what, hint = "identity.people names no source", "campus.example.yaml shows how"
        raise ConfigError([of.settings.fault(("identity",), what, hint)])
    return found


def _key(of: Suite) -> bytes:
    key = policy(of).id_secret.reveal().encode()
    if len(key) < KEY_AT_LEAST:
        what, hint = "id_secret is too short: ID numbers could be guessed", f"use {KEY_AT_LEAST} octets or more"
        raise ConfigError([of.settings.fault(("identity", "people", "id_secret"), what, hint)])
    return key


@asynccontextmanager
async def _office(of: Suite) -> AsyncIterator[Office]:
    async with records(of) as kept, keycloak(of) as admin:
        yield Office(admin, policy(of), _key(of), Journal(kept))


def _feeds(of: Suite) -> list[Feed]:
    return [source.read(one, _key(of), now()) for one in policy(of).sources]


def _today(of: Suite) -> date:
    return now().astimezone(of.zone).date()


async def _plan(of: Suite) -> Plan:
    feeds = _feeds(of)
    async with _office(of) as office:
        found = await applying.plan(office, feeds, _today(of))
        await office.journal.planned(found, me(), now())
    return found


async def _apply(of: Suite, seal: str, principal: str) -> Outcome:
    feeds = _feeds(of)
    async with _office(of) as office:
        return await applying.apply(office, feeds, Order(seal, principal, now(), _today(of)))


async def _approve(of: Suite, seal: str, principal: str, break_glass: bool) -> Record:
    async with records(of) as kept:
        return await Journal(kept).approve(seal, principal, now(), break_glass=break_glass)


async def _history(of: Suite) -> list[dict[str, object]]:
    async with records(of) as kept:
        found = await Journal(kept).history()
    return [
        {
            "at": _at(of, record.at),
            "what": say(f"people.record.{record.kind}"),
            "hash": record.body.get("hash", record.id),
            "who": record.principal,
            "result": _result(record),
        }
        for record in found
    ]


async def _explain(of: Suite, person_id: str) -> tuple[Explanation, list[dict[str, object]]]:
    feeds = _feeds(of)
    async with _office(of) as office:
        realm = await live.read(office.keycloak, office.policy.sources)
        found = explain(feeds, realm.people, office.policy, _today(of), person_id)
        if found is None:
            raise NotFound(say("people.unknown", person=person_id))
        name = found.person.person_id if found.person else person_id
        past = await office.journal.past(name)
    return found, [{"at": _at(of, one.at), "kind": one.kind, "hash": one.hash} for one in past]


def _at(of: Suite, at: datetime) -> str:
    return at.astimezone(of.zone).isoformat(timespec="seconds")


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _show(found: Plan, style: out.Format) -> None:
    if style is out.Format.JSON:
        out.print_json(as_data(found))
        return
    rows = [_row(action) for action in found.actions]
    if rows:
        out.emit(rows, ("kind", "person", "changes"), style)
    for source_id, doubt in found.doubts:
        where = {"source": source_id, "line": doubt.line, "column": doubt.column}
        print(say("people.doubt", what=say(f"people.doubt.{doubt.code}"), **where))
    for note in found.notes:
        print(say("people.noted", person=note.person_id, what=say(f"people.note.{note.code}"), about=note.about))
    for breach in found.breaches:
        print(_breach(breach))
    print(say("people.total", counts=_counts(found.counts), hash=found.hash))


def _row(action: Action) -> dict[str, object]:
    pairs = ((name, _cell(name, old), _cell(name, new)) for name, (old, new) in action.changes.items())
    changes = "; ".join(f"{name}: {old} → {new}" for name, old, new in pairs)
    return {"kind": say(f"people.kind.{action.kind}"), "person": action.person_id, "changes": changes}


def _cell(name: str, value: Value) -> str:
    told = shown(name, value)
    if isinstance(told, bool):
        return say("people.yes" if told else "people.no")
    return " ".join(map(str, told)) if isinstance(told, list) else out.cell(told)


def _breach(breach: Breach) -> str:
    if breach.limit is None:
        codes = (say(f"people.doubt.{code}") for code in breach.what.split())
        return say("people.refused", source=breach.source, what=", ".join(codes))
    return say(
        "people.over",
        source=breach.source,
        kind=say(f"people.kind.{breach.what}"),
        count=breach.count,
        of=breach.of,
        limit=breach.limit.count,
        percent=f"{breach.limit.ratio:.0%}",
    )


def _counts(counts: object) -> str:
    named = counts.items() if isinstance(counts, Mapping) else ()
    return ", ".join(f"{say(f'people.kind.{kind}')} {count}" for kind, count in named if count) or say("nothing")


def _result(record: Record) -> str:
    body = record.body
    if record.kind == APPROVAL:
        return say("people.by_glass") if body["break_glass"] else ""
    failed = body.get("failed")
    state = say("people.stopped") if body.get("stopped") else say(f"people.state.{body.get('state', 'planned')}")
    tail = say("people.failures", count=len(failed)) if isinstance(failed, list) and failed else ""
    return f"{state} · {_counts(body['counts'])}{tail}"


def _standing(one: Standing) -> dict[str, object]:
    return {"source": one.source_id, "stand": say(f"people.stand.{one.stand.name.lower()}"), "since": one.missing_since}


def _account(found: Explanation) -> str:
    if found.person is None:
        return "none"
    if found.person.enabled:
        return "enabled"
    return "suspended" if found.person.suspended_on else "disabled"


def _explanation(found: Explanation) -> dict[str, object]:
    return {
        "account": _account(found),
        "sources": [
            {
                "source": one.source_id,
                "stand": one.stand.name.lower(),
                "since": one.missing_since and one.missing_since.isoformat(),
            }
            for one in found.told
        ],
        "contradiction": found.muddle or None,
        "action": action_as_data(found.action) if found.action else None,
    }
