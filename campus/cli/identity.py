"""``campus identity``: the Keycloak realm as a file says it, and the applications that sign on there."""

import asyncio
import getpass
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import pick, say
from campus.errors import ConfigError
from campus.settings import KeycloakAccess
from campus.store.contracts import Record
from campus.strict_yaml import Plain
from identity import apps
from identity.apps import NewApp
from identity.keycloak import Account, Keycloak
from identity.realm import apply as applying
from identity.realm import export as exporting
from identity.realm import file, live
from identity.realm.plan import Action, Plan, actions_as_data, as_data
from identity.realm.things import Desired
from identity.realm.words import words

FINDINGS = 1
MARKS = {"create": "+", "update": "~", "delete": "-"}

app = typer.Typer(help=say("identity.help"), no_args_is_help=True)
realm_app = typer.Typer(help=say("identity.realm"), no_args_is_help=True)
apps_app = typer.Typer(help=say("identity.app"), no_args_is_help=True)
app.add_typer(realm_app, name="realm")
app.add_typer(apps_app, name="app")

AppId = Annotated[str, typer.Argument(metavar="ID", help=say("identity.app.id"))]


class Protocol(StrEnum):
    """How an application signs people on."""

    OIDC = "oidc"
    SAML = "saml"


def access(of: Suite) -> KeycloakAccess:
    """Give what the settings say of Keycloak.

    Raises:
        ConfigError: they say nothing.
    """
    found = of.settings.identity.keycloak
    if found is None:
        what, hint = "identity.keycloak is missing", "say where Keycloak is; campus.example.yaml shows how"
        raise ConfigError([of.settings.fault(("identity",), what, hint)])
    return found


def keycloak(of: Suite) -> Keycloak:
    """Give the transport to the realm of the settings; nothing connects yet."""
    found = access(of)
    account = Account(found.url, found.sign_in_at or found.realm, found.client_id, found.client_secret.reveal)
    return Keycloak(account, found.realm)


# ── realm ────────────────────────────────────────────────────────────────────────────────────────────────────


@realm_app.command("plan", help=say("identity.plan"))
def plan_(config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE) -> None:
    """Show what apply would do."""
    of = suite(config)
    _show(asyncio.run(_plan(of)), style)


@realm_app.command(help=say("identity.drift"))
def drift(config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE) -> None:
    """Show what is not as the file says; the exit code is 1 if anything is."""
    found = asyncio.run(_plan(suite(config)))
    _show(found, style)
    raise typer.Exit(FINDINGS if found.actions else 0)


@realm_app.command("apply", help=say("identity.apply"))
def apply_(
    seal: Annotated[str | None, typer.Option("--hash", help=say("identity.apply.hash"))] = None,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """Carry out the plan of this hash; without one, show the plan and ask."""
    of = suite(config)
    found = asyncio.run(_plan(of))
    if seal is None:
        _show(found, out.Format.TABLE, to_stderr=True)
        if found.actions and not (sys.stdin.isatty() and typer.confirm(say("identity.apply.ask"), err=True)):
            raise typer.BadParameter(say("identity.apply.unasked", hash=found.hash), param_hint="--hash")
    left = asyncio.run(_apply(of, found, seal or found.hash))
    _show(left, style)
    raise typer.Exit(FINDINGS if left.actions else 0)


@realm_app.command("export", help=say("identity.export"))
def export_(
    everything: Annotated[bool, typer.Option("--all", help=say("identity.export.all"))] = False,
    config: Config = Path("campus.yaml"),
) -> None:
    """Print the live realm as a realm file."""
    print(asyncio.run(_export(suite(config), everything)), end="")


def _desired(of: Suite) -> Desired:
    return file.load(of.settings.identity.realm_file, access(of).realm)


async def _plan(of: Suite) -> Plan:
    desired = _desired(of)
    async with keycloak(of) as admin:
        return await applying.plan(admin, desired)


async def _apply(of: Suite, planned: Plan, seal: str) -> Plan:
    """Carry the plan out and keep a record of it, whatever comes of it."""
    at, who = now(), f"os:{getpass.getuser()}"
    body: dict[str, object] = {"hash": seal, "actions": actions_as_data(planned)}
    async with records(of) as kept, keycloak(of) as admin:
        entry = f"{at:%Y%m%dT%H%M%S%fZ}-{seal}"
        await kept.append(Record("realm", entry, at, who, {**body, "outcome": "begun"}))
        left = await applying.apply(admin, _desired(of), seal)
        await kept.append(Record("realm", entry, now(), who, {**body, "outcome": "done", "left": len(left.actions)}))
    return left


async def _export(of: Suite, everything: bool) -> str:
    async with keycloak(of) as admin:
        return exporting.as_text(await live.read(admin), everything=everything)


def _show(found: Plan, style: out.Format, *, to_stderr: bool = False) -> None:
    if style is out.Format.JSON:
        out.print_json(as_data(found))
        return
    print("\n".join(_lines(found)), file=sys.stderr if to_stderr else sys.stdout)


def _lines(found: Plan) -> Iterator[str]:
    for action in found.actions:
        yield _headline(action)
        for change in action.changes:
            yield f"    {_field(change.field)}: {_value(change.old)} → {_value(change.new)}"
    for key in found.unmanaged:
        yield say("identity.unmanaged", type=pick(words().types[key.type]), id=key.id)
    total = "identity.total" if found.actions else "identity.same"
    yield say(total, count=len(found.actions), hash=found.hash)


def _headline(action: Action) -> str:
    kind = pick(words().types[action.key.type])
    return f"{MARKS[action.op]} {say(f'identity.op.{action.op}')} {kind} {action.key.id}"


def _field(name: str) -> str:
    """Name a field as people do, with the file's own word beside it."""
    label = words().fields.get(name.partition(".")[0])
    return f"{pick(label)} [{name}]" if label else name


def _value(value: Plain) -> str:
    if value in (None, "", [], {}):
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ── applications ─────────────────────────────────────────────────────────────────────────────────────────────


@apps_app.command(help=say("identity.app.add"))
def add(
    app_id: AppId,
    redirect: Annotated[list[str], typer.Option(help=say("identity.app.redirect"))],
    name: Annotated[str, typer.Option(help=say("identity.app.name"))] = "",
    protocol: Annotated[Protocol, typer.Option(help=say("identity.app.protocol"))] = Protocol.OIDC,
    public: Annotated[bool, typer.Option("--public", help=say("identity.app.public"))] = False,
    config: Config = Path("campus.yaml"),
) -> None:
    """Add an application and print what its own settings need, its secret once."""
    of = suite(config)
    new = NewApp(app_id, name or app_id, protocol.value, tuple(redirect), public)
    secret = asyncio.run(_added(of, new))
    given: dict[str, Plain] = {"client_secret": secret} if secret else {}
    out.print_json(apps.needs(access(of).url, access(of).realm, new) | given)


@apps_app.command("list", help=say("identity.app.list"))
def list_(config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE) -> None:
    """Print the applications."""
    found = asyncio.run(_listed(suite(config)))
    out.emit(found, ("id", "name", "protocol", "redirect_uris", "by"), style)


@apps_app.command(help=say("identity.app.rotate"))
def rotate(app_id: AppId, config: Config = Path("campus.yaml")) -> None:
    """Print a new secret; the old one ends."""
    print(asyncio.run(_rotated(suite(config), app_id)))


@apps_app.command(help=say("identity.app.remove"))
def remove(app_id: AppId, config: Config = Path("campus.yaml")) -> None:
    """Remove an application that `add` brought."""
    asyncio.run(_removed(suite(config), app_id))


async def _added(of: Suite, new: NewApp) -> str:
    async with keycloak(of) as admin:
        secret = await apps.add(admin, new)
    await _note(of, "add", new.id)
    return secret


async def _listed(of: Suite) -> list[dict[str, object]]:
    async with keycloak(of) as admin:
        return [{**asdict(one), "redirect_uris": " ".join(one.redirect_uris)} for one in await apps.apps(admin)]


async def _rotated(of: Suite, app_id: str) -> str:
    async with keycloak(of) as admin:
        secret = await apps.rotate(admin, app_id)
    await _note(of, "rotate", app_id)
    return secret


async def _removed(of: Suite, app_id: str) -> None:
    async with keycloak(of) as admin:
        await apps.remove(admin, app_id)
    await _note(of, "remove", app_id)


async def _note(of: Suite, verb: str, app_id: str) -> None:
    """Keep a record of what was done to an application; never its secret."""
    at = now()
    async with records(of) as kept:
        entry = Record("app", f"{at:%Y%m%dT%H%M%S%fZ}-{app_id}", at, f"os:{getpass.getuser()}", {"verb": verb})
        await kept.append(entry)
