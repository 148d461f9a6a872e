"""How are the small texts of a settings file written: durations, days, addresses, ids, names?"""

import ipaddress
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from campus.catalogue import Label


class Section(BaseModel):
    """A part of the settings file: unknown keys are mistakes, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def wrong(what: str, hint: str = "") -> PydanticCustomError:
    """Name a mistake of the operator, and the mend."""
    return PydanticCustomError("wrong", "{what}", {"what": what, "hint": hint})


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = r"^([1-9][0-9]*)([smhd])$"


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(_DURATION, str(value))
    if not found:
        raise wrong(f"{value!r} is no duration", "write a whole number and its unit: 60s, 5m, 6h or 14d")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def duration_text(value: timedelta) -> str:
    """Write a duration as the file does, in the largest unit that fits."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(duration_text),
    WithJsonSchema({"type": "string", "pattern": _DURATION}),
]


def _day(value: object) -> date | datetime:
    if isinstance(value, date):
        return value
    text = str(value)
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-09-01") else datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or (isinstance(found, datetime) and found.tzinfo is None):
        raise wrong(f"{text!r} is no day", "write 2026-09-01, or an instant with its offset: 2026-09-01T08:00+08:00")
    return found


Day = Annotated[
    date | datetime,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "description": "2026-09-01 (campus midnight) or 2026-09-01T08:00+08:00"}),
]


def instant(day: date | datetime | None, zone: tzinfo) -> datetime | None:
    """Give the UTC instant of a day's first moment in ``zone``; an instant stays itself."""
    if day is None:
        return None
    moment = day if isinstance(day, datetime) else datetime.combine(day, time.min, zone)
    return moment.astimezone(UTC)


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise wrong(f"{value!r} is no IP address", "write it like 10.1.0.2 or 2001:db8::2") from None


def _subnet(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise wrong(f"{value!r} is no subnet: {error}", "write it like 10.1.0.0/16") from None


def _listen(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise wrong(f"{value!r} has no port", "write it like 127.0.0.1:8000 or [::1]:8000")
    _address(host.strip("[]"))
    return value


def _web_address(value: str) -> str:
    if "@" in value:  # never repeated: what stands before it may be a password
        raise wrong("a web address holds no user and no password", "write it like https://sso.college.example")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong(f"{value!r} is no web address", "write it like https://sso.college.example") from None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise wrong(f"{value!r} is no web address", "write it like https://sso.college.example")
    if parts.scheme == "http" and not _is_loopback(host):
        raise wrong(f"{value!r} would carry secrets in clear", "write https://; http:// is for this machine alone")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(f"{value!r} is no time zone", "write an IANA name like Asia/Shanghai") from None


def _echo(value: str) -> str:
    kind, _, port = value.partition(":")
    if value != "icmp" and not (kind == "udp" and port.isdecimal() and 0 < int(port) < 65536):
        raise wrong(
            f"{value!r} is no echo witness", "write icmp, or udp:PORT where each device echoes UDP at that port"
        )
    return value


def _name(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Id = Annotated[str, Field(pattern=r"^[\w.-]+$", max_length=64)]
Address = Annotated[str, AfterValidator(_address)]
Subnet = Annotated[str, AfterValidator(_subnet)]
Listen = Annotated[str, AfterValidator(_listen)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Echo = Annotated[str, AfterValidator(_echo)]
Name = Annotated[Label, BeforeValidator(_name, json_schema_input_type=str | Label)]

_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}", re.IGNORECASE)


def ap_key(text: str) -> str:
    """Write a MAC in lower case with colons, however it was written; leave a serial or name as it is."""
    text = text.strip()
    if not _MAC.fullmatch(text):
        return text
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


ApKey = Annotated[str, AfterValidator(ap_key), Field(min_length=1)]
