"""``campus capwap``: does a controller's CAPWAP service answer one question, or what does a capture hold?"""

import asyncio
import ipaddress
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from campus import settings
from campus.cli import out
from campus.cli.build import now
from campus.cli.options import Config, Style
from campus.cli.texts import say
from campus.model import Measurement
from collectors.capwap import capture
from collectors.capwap.capture import Seen, Unreadable
from collectors.capwap.codec import CapwapError, ControlMessage, DataPacket, name_of
from collectors.capwap.consent import Controller
from collectors.capwap.discovery import Outcome, Service, State, measurement, service
from collectors.capwap.prober import Prober
from collectors.capwap.shapes import AC_HARDWARE, AC_SOFTWARE

PORT = 5246
Row = dict[str, object]


def capwap(
    controller: Annotated[str | None, typer.Argument(help=say("capwap.controller"))] = None,
    recorded: Annotated[Path | None, typer.Option("--capture", help=say("capwap.capture"))] = None,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """Ask or read, print, and end with 1 unless all was well."""
    if (controller is None) == (recorded is None):
        raise typer.BadParameter(say("capwap.one"))
    if recorded is not None:
        out.emit(list(_messages(recorded)), ("at", "source", "target", "what", "sequence", "remarks"), style)
        return
    whom = _controller(str(controller), config)
    at = now()
    outcome = asyncio.run(_ask(whom))
    _print(_row(whom, outcome, at), style)
    if outcome.state is not State.ANSWERING:
        raise typer.Exit(1)


async def _ask(whom: Controller) -> Outcome:
    async with Prober(random.random) as prober:
        return await prober.ask(whom)


def _controller(text: str, config: Path) -> Controller:
    """Find whom to ask: a device of the settings by id or address; on loopback no settings are needed.

    Raises:
        ConfigError: the settings are needed, and wrong or missing.
        typer.BadParameter: neither a device nor an address.
    """
    address, port = _end(text)
    if address and ipaddress.ip_address(address).is_loopback:
        return Controller(text, address, port)
    devices = settings.load(config, os.environ).inventory.devices
    device = next((one for one in devices if one.id == text or one.address == address), None)
    if device:
        return Controller(device.id, device.address, port, device.capwap_probe, device.profile)
    if address:
        return Controller(text, address, port)
    raise typer.BadParameter(say("capwap.unknown", name=text))


def _end(text: str) -> tuple[str | None, int]:
    """Read ``address`` or ``address:port``; no address where the text is none."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or (":" in host and not host.endswith("]")):
        host, port = text, str(PORT)
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None, PORT
    if not 0 < int(port) < 65536:
        raise typer.BadParameter(say("capwap.controller"))
    return address, int(port)


# ── printing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _row(whom: Controller, outcome: Outcome, at: datetime) -> Row:
    told = service(outcome.answer) if outcome.answer else Service(None, None, (), 0)
    load = told.load
    counts = (load.wtps, load.wtp_limit, load.stations, load.station_limit) if load else (None,) * 4
    found = measurement(whom.device_id, outcome, at)
    return {
        "device": whom.device_id,
        "address": whom.address,
        "port": whom.port,
        "at": _text(at),
        "state": outcome.state.value,
        "rtt_s": outcome.rtt_s,
        "name": told.name,
        **dict(zip(("wtps", "wtp_limit", "stations", "station_limit"), counts, strict=True)),
        "hardware": told.version(AC_HARDWARE),
        "software": told.version(AC_SOFTWARE),
        "addresses": list(told.addresses),
        "remarks": list(outcome.remarks),
        "measurements": [_measurement(found)] if found else [],
    }


def _measurement(found: Measurement) -> Row:
    """Shape it as ``campus poll`` does."""
    values = {name: int(value) if value.is_integer() else value for name, value in found.values.items()}
    return {"kind": found.entity.kind, "id": found.entity.id, "values": values, "facts": dict(found.facts)}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _print(row: Row, style: out.Format) -> None:
    if style is out.Format.JSON:
        out.print_json(row)
        return
    rtt_s = row["rtt_s"]
    shown = row | {
        "state": say(f"capwap.{row['state']}"),
        "rtt": rtt_s * 1000 if isinstance(rtt_s, float) else None,
    }
    columns = ("device", "state", "rtt", "name", "wtps", "wtp_limit", "stations", "station_limit", "software")
    out.emit([shown], columns, style)
    for remark in _texts(row["remarks"]):
        print(say("check.warning", what=remark))
    if row["state"] == State.SILENT.value:
        print(say("capwap.silence"))


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _messages(path: Path) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            yield from (_message(seen) for seen in capture.read(file))
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
    except CapwapError as error:
        raise typer.BadParameter(f"{path}: {error}") from None


def _message(seen: Seen) -> Row:
    what = seen.what
    return {
        "at": _text(seen.at),
        "source": seen.source,
        "target": seen.target,
        "what": _what(seen),
        "sequence": what.sequence if isinstance(what, ControlMessage) else None,
        "remarks": "; ".join(what.anomalies) if isinstance(what, ControlMessage | DataPacket) else "",
    }


def _what(seen: Seen) -> str:
    match seen.what:
        case ControlMessage(kind=kind):
            return name_of(kind)
        case DataPacket(header=header):
            return "data keep-alive" if header.keep_alive else "data"
        case Unreadable(why=why):
            return f"unreadable: {why}"
        case _:
            return "DTLS"
