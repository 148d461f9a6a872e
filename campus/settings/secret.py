"""Where does a secret stand, so that no settings file, log or traceback ever holds it?"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from campus.errors import ConfigError, Fault

FORMS = "${env:NAME} or ${file:path}"
PATTERN = r"^\$\{(env|file):([^{}]+)\}$"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a reference in one settings file is read against.

    ``base`` is the folder of the file, ``spots`` say where each reference stands in it.
    """

    base: Path
    spots: Mapping[str, Fault]
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret. It holds no secret, so that printing it gives none away."""

    reference: str
    _secrets: Secrets

    def __repr__(self) -> str:
        return self.reference

    def reveal(self) -> str:
        """Read the secret now.

        Raises:
            ConfigError: it is missing or empty; names the line of the settings file.
        """
        kind, name = _parts(self.reference)
        value = self._secrets.environ.get(name, "") if kind == "env" else self._file(name)
        if not value:
            raise ConfigError([self._fault(f"{self.reference} is missing or empty")])
        return value

    def _file(self, name: str) -> str:
        try:
            return (self._secrets.base / name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError([self._fault(f"{self.reference} cannot be read: {reason}")]) from None

    def _fault(self, what: str) -> Fault:
        spot = self._secrets.spots.get(self.reference, Fault("settings", 0, ""))
        return Fault(spot.file, spot.line, what, "set the variable, or put the secret into the file")


def is_reference(text: str) -> bool:
    """Whether a text has the look of a reference, right or wrong."""
    return text.startswith("${")


def _parts(reference: str) -> tuple[str, str]:
    kind, _, name = reference.strip("${}").partition(":")
    return kind, name


def _refer(value: object, info: ValidationInfo) -> Secret:
    if not isinstance(value, str) or not re.fullmatch(PATTERN, value):
        what = "this is no reference" if isinstance(value, str) and is_reference(value) else "a secret stands in clear"
        raise PydanticCustomError("secret", "{what}", {"what": what, "hint": f"write {FORMS}"})
    secrets = info.context if isinstance(info.context, Secrets) else Secrets(Path(), {}, os.environ)
    return Secret(value, secrets)


SecretRef = Annotated[
    Secret, PlainValidator(_refer), PlainSerializer(repr), WithJsonSchema({"type": "string", "pattern": PATTERN})
]
"""A settings key whose text must be a reference to a secret."""
