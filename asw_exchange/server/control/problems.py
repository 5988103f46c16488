"""What a tester is told when a request cannot be done: problem details as JSON (RFC 9457).

Not here: what went wrong inside gateways, which is in their findings and acknowledgements.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from asw_exchange.errors import BytesDropped, ExchangeError, FileError, LedgerError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What is wrong with a request, and the way out (RFC 9457, section 3)."""

    type: str = Field(description="urn:asw-exchange:problem: and the reply code")
    title: str = Field(description="The HTTP status in words")
    status: int
    detail: str = Field(description="One sentence that says what is wrong")
    reply_code: str = Field(description="For programs: retired, never reused")
    path: str | None = Field(None, description="Exactly where in the request, for example $.items[0].marks")
    line: int | None = Field(None, description="The line of the body")
    value: str | None = Field(None, description="What was found there")
    hint: str | None = Field(None, description="What to do")


class ControlError(ExchangeError):
    """A request that the control API does not do."""

    reply_code = "REQUEST"
    status: ClassVar[int] = 422
    headers: ClassVar[Mapping[str, str]] = {}


class NotThere(ControlError):
    """What the path names does not exist."""

    reply_code = "NOT-FOUND"
    status = 404


class NotArrived(ControlError):
    """Nothing that fits came in the time that was given."""

    reply_code = "NOT-ARRIVED"
    status = 404


class Stopping(ControlError):
    """The server ends, so it waits for nothing any more."""

    reply_code = "STOPPING"
    status = 503
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "1"}


class AlreadyThere(ControlError):
    """It cannot be done as things stand."""

    reply_code = "CONFLICT"
    status = 409


class SessionRefused(ControlError):
    """A file that is no session of a space."""

    reply_code = "SESSION"


class TokenMissing(ControlError):
    """The token of the control API is missing or wrong."""

    reply_code = "TOKEN"
    status = 401
    headers: ClassVar[Mapping[str, str]] = {"www-authenticate": "Bearer"}


class ForeignOrigin(ControlError):
    """A page of another site asks, or a name that is not this server's."""

    reply_code = "ORIGIN"
    status = 403


class KeysWithheld(ControlError):
    """Keys that are not test keys are not given to anybody."""

    reply_code = "KEYS"
    status = 403


class TooMany(ControlError):
    """As many already wait or exist as this server carries."""

    reply_code = "BUSY"
    status = 429
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "1"}


class BodyRefused(ExchangeError):
    """A body that is too large, too slow or broken off."""

    reply_code = "REQUEST-BODY"

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


_STATUS: tuple[tuple[type[ExchangeError], int], ...] = (
    (BytesDropped, 410),
    (LedgerError, 503),
    (FileError, 503),
)
"""Of the errors that are not about the request; all others are."""
_CODES = {404: "NOT-FOUND", 405: "METHOD", 400: "REQUEST"}

RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}}
    for code, text in ((422, "The request is wrong"), ("default", "It cannot be done"))
}
"""What every operation may answer beside its result, for OpenAPI."""


def install(app: FastAPI) -> None:
    """Make the application answer every error with problem details."""
    app.add_exception_handler(ExchangeError, _of_error)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_fault)


def response_of(error: ExchangeError) -> Response:
    """Return what a tester is told of an error."""
    status = getattr(error, "status", None) or _status(error)
    return _problem(
        status,
        error.reply_code,
        error.message,
        headers=getattr(error, "headers", {}),
        path=error.path,
        line=error.line,
        value=error.value[:200] if error.value is not None else None,
        hint=error.hint,
    )


def _status(error: ExchangeError) -> int:
    return next((status for type_, status in _STATUS if isinstance(error, type_)), 422)


def _of_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ExchangeError)
    return response_of(error)


def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where, *names = first["loc"]
    name = ".".join(str(each) for each in names)
    path = f"${''.join(map(_step, names))}" if where == "body" else f"{where}.{name}"
    unknown = first["type"] == "extra_forbidden"
    detail = f"there is no parameter {name}" if unknown else first["msg"]
    hint = f"those are {', '.join(_parameters(request, where))}" if unknown else None
    value = first.get("input")
    told = str(value)[:200] if isinstance(value, str | int | float | bool) else None
    return _problem(422, ControlError.reply_code, detail, path=path, value=told, hint=hint)


def _parameters(request: Request, where: str) -> tuple[str, ...]:
    """Return the names that an operation takes in its query or body, all of which stand in one model."""
    dependant = request.scope["route"].dependant
    fields = dependant.body_params if where == "body" else dependant.query_params
    given = [field.field_info.annotation for field in fields]
    types = [each for type_ in given for each in (type_, *get_args(type_))]
    models = [each for each in types if isinstance(each, type) and issubclass(each, BaseModel)]
    return tuple(name for model in models for name in model.model_fields)


def _step(name: str | int) -> str:
    return f"[{name}]" if isinstance(name, int) else f".{name}"


def _of_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "there is nothing at this address" if error.status_code == 404 else str(error.detail)
    code = _CODES.get(error.status_code, ControlError.reply_code)
    return _problem(error.status_code, code, detail, headers=error.headers or {}, hint=_HINT)


_HINT = "the description of all resources is at openapi.json"


def _of_fault(_: Request, error: Exception) -> Response:
    return _problem(500, ExchangeError.reply_code, "the server is at fault; nothing more can be told here")


def _problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    problem = Problem(
        type=f"urn:asw-exchange:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        reply_code=code,
        **more,
    )
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, dict(headers or {}), media_type=MEDIA_TYPE)
