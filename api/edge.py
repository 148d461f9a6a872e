"""What happens to every request and answer at the outermost edge?

Each gets an id, the security headers, a line in the meter; what nobody caught becomes a 500 that shows the id and
nothing else.
"""

import logging
import time
import uuid

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.meter import Meter
from api.problems import Refusal, answer

log = logging.getLogger(__name__)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Edge:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on; lifespan and other scopes go through untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = uuid.uuid4().hex
        answering = _Answering(send, scope)
        began = time.perf_counter()
        try:
            await self._app(scope, receive, answering.send)
        except Exception:  # the outermost edge: a bug must neither end the server nor leak its traceback
            log.exception("request failed", extra={"request_id": scope["request_id"], "path": scope["path"]})
            if not answering.status:
                refusal = Refusal("internal", "The failure is logged under this request_id.")
                await answer(Request(scope), refusal)(scope, receive, answering.send)
        finally:
            self._meter.count(scope["method"], answering.status, time.perf_counter() - began)


class _Answering:
    """Sends one answer with the headers that all have; ``status`` is 0 until it began."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send = send
        self._request_id: str = scope["request_id"]
        self._caching = "no-store" if scope["path"].startswith("/api/") else "no-cache"
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(SECURITY_HEADERS)
            headers["X-Request-ID"] = self._request_id
            headers.setdefault("Cache-Control", self._caching)
        await self._send(message)
