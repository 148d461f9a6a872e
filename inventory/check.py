"""Is everything that the operator keeps in files right? Looks at the files only; connects to nothing."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from campus import settings
from campus.errors import ConfigError, Fault
from campus.settings import Settings
from inventory import estate, profile
from inventory.estate import Estate

MINIMUM_SECRET = 8
"""Octets of an SNMP v3 secret at least (RFC 3414 §11.2)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in the files: the estate, where they are right enough to build one, and every mistake."""

    estate: Estate | None
    faults: tuple[Fault, ...]

    @property
    def found(self) -> Mapping[str, int]:
        """How many there are of each: area, building, floor, ac, switch, host, ha_group, ap (of the table), pattern."""
        if self.estate is None:
            return {}
        places = Counter(scope.type for scope in self.estate.paths if scope.type != "campus")
        kinds = Counter(device.kind for device in self.estate.devices)
        others = {
            "ha_group": len(self.estate.ha_groups),
            "ap": len(self.estate.table),
            "pattern": len(self.estate.patterns),
        }
        return {**places, **kinds, **others}


def check(path: Path, environ: Mapping[str, str] = os.environ) -> Report:
    """Read the settings file, the AP table, the profiles and every secret that is referred to."""
    faults: list[Fault] = []
    found = None
    try:
        known = settings.load(path, environ)
        found = estate.build(known)
        faults += [*_secrets(known), *_profiles(known)]
    except ConfigError as error:
        faults += error.faults
    return Report(found, tuple(sorted(set(faults))))


def _profiles(known: Settings) -> Iterator[Fault]:
    try:
        names = profile.load()
    except ConfigError as error:
        yield from error.faults
        return
    for number, device in enumerate(known.inventory.devices):
        if device.profile != "auto" and device.profile not in names:
            hint = f"known: auto, {', '.join(sorted(names))}"
            yield known.fault(
                ("inventory", "devices", number, "profile"), f"no profile is called {device.profile!r}", hint
            )


def _secrets(known: Settings) -> Iterator[Fault]:
    for name, credential in known.credentials.items():
        for key, secret in credential.secrets().items():
            try:
                value = secret.reveal()
            except ConfigError as error:
                yield from error.faults
                continue
            if credential.version == "3" and len(value.encode()) < MINIMUM_SECRET:
                spot = ("credentials", name, key)
                yield known.fault(spot, f"the secret is shorter than {MINIMUM_SECRET} octets", "RFC 3414 §11.2")
