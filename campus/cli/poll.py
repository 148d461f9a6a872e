"""``campus poll``: ask one device once, or read one recording, and say what it tells."""

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import typer

from campus.cli import out
from campus.cli.build import now
from campus.cli.texts import say
from campus.errors import NotFound
from campus.model import Measurement, PollResult, Problem
from collectors.snmp.collect import poll_json, poll_once
from collectors.snmp.credential import AuthProtocol, Community, Credential, Limits, PrivProtocol, Target, UsmUser
from collectors.snmp.engine import open_session
from collectors.snmp.fetch import Ask
from collectors.snmp.recording import RecordedSession
from collectors.snmp.walk import Session
from inventory import profile as vendors

P = TypeVar("P", AuthProtocol, PrivProtocol)

SNMP_PORT = 161
STATIONS = frozenset({"station"})


class Style(StrEnum):
    """The ways to print measurements; ``line`` is InfluxDB line protocol."""

    TABLE = "table"
    JSON = "json"
    LINE = "line"


class Engine(StrEnum):
    """The SNMP engines."""

    BUILTIN = "builtin"
    PYSNMP = "pysnmp"


def poll(
    address: Annotated[str | None, typer.Argument(help=say("poll.address"))] = None,
    recording: Annotated[Path | None, typer.Option(help=say("poll.recording"))] = None,
    community: Annotated[str, typer.Option(help=say("poll.community"))] = "public",
    user: Annotated[str | None, typer.Option(help=say("poll.user"))] = None,
    auth: Annotated[str | None, typer.Option(help=say("poll.auth"))] = None,
    priv: Annotated[str | None, typer.Option(help=say("poll.priv"))] = None,
    engine: Annotated[Engine, typer.Option(help=say("poll.engine"))] = Engine.BUILTIN,
    profile: Annotated[str, typer.Option(help=say("poll.profile"))] = "auto",
    stations: Annotated[bool, typer.Option("--stations", help=say("poll.stations"))] = False,
    timeout: Annotated[float, typer.Option(help=say("poll.timeout"), min=0.1)] = Limits().timeout_s,
    within: Annotated[float, typer.Option(help=say("poll.within"), min=1)] = 60,
    style: Annotated[Style, typer.Option("--format", help=say("option.format"))] = Style.TABLE,
) -> None:
    """Ask or read, print, and end with 1 if nothing could be read."""
    if (address is None) == (recording is None):
        raise typer.BadParameter(say("poll.one"))
    try:
        profiles = vendors.chosen(vendors.load(), profile)
    except NotFound as error:
        raise typer.BadParameter(str(error), param_hint="--profile") from None
    session: Session
    if recording is not None:
        device_id, session = recording.name.partition(".")[0], RecordedSession.load(recording)
    else:
        target = _target(str(address), _credential(community, user, auth, priv), engine.value)
        device_id, session = target.device_id, open_session(target, Limits(timeout_s=timeout))
    ask = Ask(optional=STATIONS if stations else frozenset(), within_s=within)
    result = asyncio.run(poll_once(device_id, session, profiles, now(), ask))
    _PRINTERS[style](result)
    if result.problem:
        raise typer.Exit(1)


def _target(address: str, credential: Credential, engine: Literal["builtin", "pysnmp"]) -> Target:
    host, colon, port = address.rpartition(":")
    if not colon or (host.count(":") and not host.endswith("]")):  # no port: a name, IPv4, or bare IPv6
        host, port = address, str(SNMP_PORT)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise typer.BadParameter(say("poll.address"))
    return Target(address, host.strip("[]"), credential, int(port), engine)


def _credential(community: str, user: str | None, auth: str | None, priv: str | None) -> Credential:
    if user is None:
        return Community("2c", community)
    auth_protocol, auth_secret = _protocol("--auth", auth, _AUTH)
    priv_protocol, priv_secret = _protocol("--priv", priv, _PRIV)
    try:
        return UsmUser(user, auth_protocol, auth_secret, priv_protocol, priv_secret)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


_AUTH: tuple[AuthProtocol, ...] = get_args(AuthProtocol)
_PRIV: tuple[PrivProtocol, ...] = get_args(PrivProtocol)


def _protocol(option: str, text: str | None, known: tuple[P, ...]) -> tuple[P | None, str]:
    if text is None:
        return None, ""
    name, colon, secret = text.partition(":")
    if not colon or name.lower() not in known:
        raise typer.BadParameter(f"{option} {'|'.join(known)}:PASS")
    return known[known.index(name.lower())], secret


# ── printing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _print_json(result: PollResult) -> None:
    out.print_json(poll_json(result))


def _print_lines(result: PollResult) -> None:
    if result.problem:
        _tell(result.problem)
    for line in lines(result):
        print(line)


def _print_table(result: PollResult) -> None:
    if result.problem:
        _tell(result.problem)
        return
    head = {"device": result.device_id, "profile": result.profile or "—", "variant": result.variant or "—"}
    print(say("poll.head", **head, evidence=result.evidence or "—", took=result.took_s))
    rows = [_row(measurement) for measurement in result.measurements]
    out.emit(rows, ("kind", "id", "name", "values"), out.Format.TABLE)
    for gap in result.gaps:
        print(say("poll.gap", gap=gap))


def _tell(problem: Problem) -> None:
    typer.echo(say("poll.problem", kind=problem.kind, detail=problem.detail), err=True)


def _row(measurement: Measurement) -> dict[str, object]:
    prefix = f"{measurement.entity.kind}."
    values = (f"{name.removeprefix(prefix)}={value:.15g}" for name, value in measurement.values.items())
    facts = measurement.facts
    return {
        "kind": measurement.entity.kind,
        "id": measurement.entity.id,
        "name": facts.get("name", ""),
        "values": " ".join(values),
    }


def lines(result: PollResult) -> Iterator[str]:
    """Give the result as InfluxDB line protocol: one line an entity, tags ``device`` and ``id``, time in ns."""
    at = int(result.at.timestamp()) * 1_000_000_000
    for one in result.measurements:
        if one.values:
            fields = ",".join(f"{name.partition('.')[2]}={value!r}" for name, value in one.values.items())
            yield f"{one.entity.kind},device={_tag(result.device_id)},id={_tag(one.entity.id)} {fields} {at}"


def _tag(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")
    return escaped.replace("\n", "\\n")


_PRINTERS = {Style.JSON: _print_json, Style.LINE: _print_lines, Style.TABLE: _print_table}
