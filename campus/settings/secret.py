"""Where does a secret stand, so that no settings file, log or traceback ever holds it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError, core_schema

from campus.errors import ConfigError, Fault
from campus.strict_yaml import Document

FORMS = "${env:NAME} or ${file:path}"
PATTERN = r"^\$\{(env|file):([^{}]+)\}$"


@dataclass(frozen=True, slots=True)
class Source:
    """Where settings are read from: the document, the folder that its paths start at, and the environment.

    ``spots`` say where each reference to a secret stands.
    """

    document: Document
    base: Path
    environ: Mapping[str, str]
    spots: Mapping[str, Fault]


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret. It holds no secret, so that printing it gives none away."""

    reference: str
    _source: Source

    def __repr__(self) -> str:
        return self.reference

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> core_schema.CoreSchema:
        """Read it from a text, show it as one."""
        return core_schema.with_info_plain_validator_function(
            _refer,
            json_schema_input_schema=core_schema.str_schema(pattern=PATTERN),
            serialization=core_schema.to_string_ser_schema(),
        )

    def reveal(self) -> str:
        """Read the secret now.

        Raises:
            ConfigError: it is missing or empty; names the line of the settings file.
        """
        kind, name = _parts(self.reference)
        value = self._source.environ.get(name, "") if kind == "env" else self._file(name)
        if not value:
            raise ConfigError([self._fault(f"{self.reference} is missing or empty")])
        return value

    def _file(self, name: str) -> str:
        try:
            return (self._source.base / name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError([self._fault(f"{self.reference} cannot be read: {reason}")]) from None

    def _fault(self, what: str) -> Fault:
        spot = self._source.spots[self.reference]
        return Fault(spot.file, spot.line, what, "set the variable, or put the secret into the file")


def is_reference(text: str) -> bool:
    """Whether a text has the look of a reference, right or wrong."""
    return text.startswith("${")


def _parts(reference: str) -> tuple[str, str]:
    kind, _, name = reference.strip("${}").partition(":")
    return kind, name


def _refer(value: object, info: core_schema.ValidationInfo) -> Secret:
    if not isinstance(value, str) or not re.fullmatch(PATTERN, value):
        what = "this is no reference" if isinstance(value, str) and is_reference(value) else "a secret stands in clear"
        raise PydanticCustomError("secret", "{what}", {"what": what, "hint": f"write {FORMS}"})
    if not isinstance(info.context, Source):
        raise TypeError("secrets are read by campus.settings.load alone")
    return Secret(value, info.context)
