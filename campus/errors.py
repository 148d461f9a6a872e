"""Which errors exist, and what should the caller do about each?

::

    CampusError
    ├─ ConfigError     the operator edits a file            exit 2
    ├─ DeviceError     skip this device, go on with others  becomes PollResult.problem
    │   ├─ DeviceSilent · DeviceRefused · DeviceNonsense
    ├─ ServiceError    a peer service said no, retry later  exit 3, HTTP 503
    ├─ NotFound · Forbidden · Conflict                      HTTP 404 · 403 · 409
    └─ anything else is a bug                               exit 70, HTTP 500
"""

from collections.abc import Sequence
from dataclasses import dataclass


class CampusError(Exception):
    """Base of every error that this suite raises on purpose."""

    exit_code = 1


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake in one file: where it stands (line counts from 1, 0 = the whole file), what, and the mend."""

    file: str
    line: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(CampusError):
    """A file that the operator keeps is wrong. Carries every fault found, never only the first."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DeviceError(CampusError):
    """One device could not be read; the others can. ``str(error)`` is safe to show: it never holds a secret."""

    def __init__(self, device_id: str, detail: str) -> None:
        self.device_id = device_id
        self.detail = detail
        super().__init__(f"{device_id}: {detail}")


class DeviceSilent(DeviceError):
    """No answer came: down, filtered, or a wrong v2c community (agents drop those without a word)."""


class DeviceRefused(DeviceError):
    """The device or its host answered no: closed port, unknown user, wrong digest, access denied."""


class DeviceNonsense(DeviceError):
    """Something answered, but not in the protocol that was asked."""


class ServiceError(CampusError):
    """A peer service (Keycloak, InfluxDB, RADIUS, a disk) said no; the same call may work later."""

    exit_code = 3


class NotFound(CampusError):
    """What was asked for does not exist."""


class Forbidden(CampusError):
    """The principal may not do this."""


class Conflict(CampusError):
    """The state changed since the caller looked."""
