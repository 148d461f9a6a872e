"""What does the command line say, in the reader's language? Texts are data: ``texts.yaml``."""

import os
from functools import cache
from pathlib import Path

from pydantic import RootModel

from campus import strict_yaml
from campus.catalogue import Label

TEXTS_FILE = Path(__file__).with_name("texts.yaml")


class _File(RootModel[dict[str, Label]]):
    pass


def language() -> str:
    """``zh`` or ``en``, by the locale of the process."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(key: str, /, **parts: object) -> str:
    """Give the text of ``key`` with its ``{parts}`` filled in."""
    return pick(_texts()[key]).format(**parts)


def pick(label: Label) -> str:
    """The side of a label that the reader reads."""
    return label.zh if language() == "zh" else label.en


@cache
def _texts() -> dict[str, Label]:
    return strict_yaml.read(TEXTS_FILE).fill(_File).root
