"""What does a report say by itself, in its reader's language?"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from api.shapes import Text
from campus import strict_yaml
from campus.catalogue import Label

Language = Literal["zh", "en"]
TEXTS = Path(__file__).with_name("texts.yaml")


class _File(RootModel[dict[str, Label]]):
    pass


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: Language

    def say(self, key: str, /, **parts: object) -> str:
        """Give the text of ``key`` with its ``{parts}`` filled in."""
        return self.pick(_texts()[key]).format(**parts)

    def pick(self, label: Label | Text) -> str:
        """The side of a label in this language."""
        return label.zh if self.language == "zh" else label.en


@cache
def _texts() -> dict[str, Label]:
    return strict_yaml.read(TEXTS).fill(_File).root
