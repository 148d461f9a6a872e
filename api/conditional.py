"""When does a reader already have what it asks for? Strong ETags and 304 (RFC 9110 §8.8.3, §13.1.2)."""

import hashlib
from collections.abc import Callable, Coroutine

from fastapi import Request, Response
from fastapi.routing import APIRoute


class ConditionalRoute(APIRoute):
    """A route whose answers carry the hash of their bytes, and are left out when the reader has them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        """Wrap the route's own handler."""
        handle = super().get_route_handler()

        async def conditional(request: Request) -> Response:
            response = await handle(request)
            if request.method != "GET" or response.status_code != 200 or not response.body:
                return response
            etag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
            if _holds(request.headers.get("if-none-match", ""), etag):
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return conditional


def _holds(if_none_match: str, etag: str) -> bool:
    candidates = (candidate.strip().removeprefix("W/") for candidate in if_none_match.split(","))
    return any(candidate in {"*", etag} for candidate in candidates)
