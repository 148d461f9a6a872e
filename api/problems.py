"""How does every error become one RFC 9457 document?

The ``type`` URI and ``code`` are the contract; titles are for people, zh or en by ``Accept-Language``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from campus.errors import CampusError, Conflict, Forbidden, NotFound, ServiceError

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[str, tuple[int, str, str]] = {
    "unauthenticated": (401, "需要登录或有效的密钥", "Sign in or send a valid key"),
    "forbidden": (403, "没有权限", "Not allowed"),
    "not_found": (404, "没有找到", "Not found"),
    "method_not_allowed": (405, "不支持的方法", "Method not allowed"),
    "conflict": (409, "内容已被改变", "Changed in the meantime"),
    "invalid": (422, "请求有误", "The request has mistakes"),
    "too_many_attempts": (429, "尝试次数过多", "Too many attempts"),
    "internal": (500, "内部错误", "Internal error"),
    "unavailable": (503, "服务暂不可用", "Service unavailable"),
}
_CODE_OF_STATUS = {status: code for code, (status, _, _) in TITLES.items()}
_CODE_OF_ERROR: Mapping[type[CampusError], str] = {
    NotFound: "not_found",
    Forbidden: "forbidden",
    Conflict: "conflict",
    ServiceError: "unavailable",
}
_RETRY_AFTER_S = "30"


class Mistake(BaseModel):
    """One mistake of a request: ``pointer`` says where (``query/limit``), ``detail`` what."""

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """What is sent instead of the answer (RFC 9457); ``type`` and ``code`` are stable, texts are not."""

    type: str
    title: str
    status: int = Field(json_schema_extra={"x-unit": "HTTP status code"})
    detail: str
    instance: str
    code: str = Field(json_schema_extra={"enum": list(TITLES)})
    request_id: str
    errors: list[Mistake] = []


@dataclass
class Refusal(Exception):
    """An answer that is not the one asked for: ``code`` is a key of `TITLES`."""

    code: str
    detail: str
    mistakes: tuple[Mistake, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def language(accept: str) -> str:
    """Choose ``zh`` or ``en`` from an ``Accept-Language`` header (RFC 9110 §12.5.4); ``zh`` where it names neither."""
    wishes: dict[str, float] = {}
    for part in accept.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        primary = tag.split("-")[0]
        if primary in {"zh", "en"}:
            wishes[primary] = max(wishes.get(primary, 0.0), _quality(quality))
    return "en" if wishes.get("en", 0.0) > wishes.get("zh", 0.0) else "zh"


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def answer(request: Request, refusal: Refusal) -> JSONResponse:
    """Give the problem document of ``refusal`` in the reader's language."""
    status, zh, en = TITLES[refusal.code]
    document = ProblemDocument(
        type=f"urn:campusops:problem:{refusal.code.replace('_', '-')}",
        title=en if language(request.headers.get("accept-language", "")) == "en" else zh,
        status=status,
        detail=refusal.detail,
        instance=request.url.path,
        code=refusal.code,
        request_id=request.scope["request_id"],
        errors=list(refusal.mistakes),
    )
    return JSONResponse(document.model_dump(), status, dict(refusal.headers), MEDIA_TYPE)


def _from_campus(error: CampusError) -> Refusal:
    code = next((code for kind, code in _CODE_OF_ERROR.items() if isinstance(error, kind)), None)
    if code is None:
        raise error
    return Refusal(code, str(error), headers={"Retry-After": _RETRY_AFTER_S} if code == "unavailable" else {})


def _from_validation(error: RequestValidationError) -> Refusal:
    mistakes = tuple(
        Mistake(pointer="/".join(str(part) for part in item["loc"]), detail=str(item["msg"])) for item in error.errors()
    )
    return Refusal("invalid", "; ".join(f"{item.pointer}: {item.detail}" for item in mistakes), mistakes)


def _from_http(error: HTTPException) -> Refusal:
    code = _CODE_OF_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "invalid")
    return Refusal(code, HTTPStatus(error.status_code).phrase, headers=error.headers or {})


def install(app: FastAPI) -> None:
    """Make every error that leaves a route of ``app`` a problem document."""

    @app.exception_handler(Refusal)
    def refused(request: Request, error: Refusal) -> JSONResponse:
        return answer(request, error)

    @app.exception_handler(CampusError)
    def failed(request: Request, error: CampusError) -> JSONResponse:
        return answer(request, _from_campus(error))

    @app.exception_handler(RequestValidationError)
    def mistaken(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(request, _from_validation(error))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        return answer(request, _from_http(error))
