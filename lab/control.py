"""How is a running lab told to break something? JSON lines over a Unix socket, one line each way.

``{"do": "ap-down", "target": "TSG-F1-01"}`` · ``{"do": "ac-silent", "target": "ac-2", "snmp_only": true}`` ·
``{"do": "clear"}`` or with a target. The reply is ``{"ok": "…"}`` or ``{"error": "…", "unknown": …}``.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from campus.errors import CampusError, NotFound, ServiceError

SOCKET = "lab.sock"
Verb = Literal["ap-down", "ac-silent", "switch-down", "host-down", "clear"]


class Order(BaseModel):
    """One order to the lab; only ``clear`` may go without a target."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Verb
    target: str | None = None
    snmp_only: bool = False


class Reply(BaseModel):
    """What came of it: ``ok``, or an ``error`` that is the target's (unknown) or the lab's own."""

    ok: str = ""
    error: str = ""
    unknown: bool = False


Obey = Callable[[Order], Awaitable[str]]


@asynccontextmanager
async def listen(directory: Path, obey: Obey) -> AsyncIterator[Path]:
    """Take orders at ``lab.sock`` in ``directory`` while the block runs.

    Raises:
        ServiceError: the socket cannot be made there.
    """
    path = directory / SOCKET
    path.unlink(missing_ok=True)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write((await _reply(line, obey)).model_dump_json(exclude_defaults=True).encode() + b"\n")
            await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_unix_server(serve, path)
    except OSError as error:
        raise ServiceError(f"the lab cannot listen at {path}: {error}") from None
    path.chmod(0o600)
    try:
        yield path
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _reply(line: bytes, obey: Obey) -> Reply:
    try:
        return Reply(ok=await obey(Order.model_validate_json(line)))
    except ValidationError as error:
        return Reply(error=f"no order of the lab: {error.errors()[0]['msg']}")
    except CampusError as error:
        return Reply(error=str(error), unknown=isinstance(error, NotFound))


async def send_fault(directory: Path, do: Verb, target: str | None = None, *, snmp_only: bool = False) -> str:
    """Send one order to the lab that runs in ``directory`` and give its answer.

    Raises:
        ServiceError: no lab runs there, or it could not do so.
        NotFound: the lab knows no such target.
    """
    path = directory / SOCKET
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        raise ServiceError(f"no lab listens at {path}; start one with campus demo") from None
    order = Order(do=do, target=target, snmp_only=snmp_only)
    writer.write(json.dumps(order.model_dump()).encode() + b"\n")
    line = await reader.readline()
    writer.close()
    reply = Reply.model_validate_json(line or b'{"error": "the lab ended"}')
    if reply.error:
        raise NotFound(reply.error) if reply.unknown else ServiceError(reply.error)
    return reply.ok
