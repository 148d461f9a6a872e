"""May this controller be probed at all?

Only one that the operator opted in, or one on this machine's loopback; only at a unicast address written as
numbers; never one of a vendor in ``refused.yaml``, where a mere question changes something.
"""

import ipaddress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from campus import strict_yaml
from campus.errors import CampusError
from collectors.capwap.codec import ControlMessage
from collectors.capwap.discovery import service

REFUSED_FILE = Path(__file__).with_name("refused.yaml")


class ProbeRefusedError(CampusError):
    """A probe that must not be sent; the text says why, and what the operator can do."""

    exit_code = 2


class Refused(BaseModel):
    """One vendor whose controllers are never probed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str
    enterprise: int
    why: str


class _File(RootModel[tuple[Refused, ...]]):
    pass


@dataclass(frozen=True, slots=True)
class Controller:
    """Whom to ask. ``profile`` is the vendor profile as far as it is known, ``opted_in`` the operator's word."""

    device_id: str
    address: str
    port: int = 5246
    opted_in: bool = False
    profile: str = ""


@cache
def refused() -> tuple[Refused, ...]:
    """The vendors that are never probed."""
    return strict_yaml.read(REFUSED_FILE).fill(_File).root


def require(controller: Controller) -> None:
    """Let a probe pass, or not.

    Raises:
        ProbeRefusedError: it must not be sent.
    """
    try:
        address = ipaddress.ip_address(controller.address)
    except ValueError:
        raise ProbeRefusedError(f"{controller.address!r} is no IP address") from None
    if address.is_multicast or address.is_unspecified or controller.address == "255.255.255.255":
        raise ProbeRefusedError(f"{address} is no unicast address; a probe asks one controller alone")
    for vendor in refused():
        if controller.profile.startswith(vendor.profile):
            raise ProbeRefusedError(f"{controller.device_id} is never probed: {vendor.why}")
    if not (controller.opted_in or address.is_loopback):
        raise ProbeRefusedError(f"{controller.device_id} has not opted in: set capwap_probe: true on it in campus.yaml")


def must_not_repeat(answer: ControlMessage) -> str | None:
    """Say why a controller must not be asked again, where its answer tells a vendor of ``refused.yaml``."""
    load = service(answer).load
    vendors = {part.vendor for part in load.parts} if load else set()
    return next((vendor.why for vendor in refused() if vendor.enterprise in vendors), None)
