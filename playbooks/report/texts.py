"""What does the report say by itself, in one language? Texts are data: ``texts.yaml``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from campus import strict_yaml
from campus.catalogue import Label

TEXTS_FILE = Path(__file__).with_name("texts.yaml")
Language = Literal["zh", "en"]


class _File(RootModel[dict[str, Label]]):
    pass


def texts(language: Language) -> Mapping[str, str]:
    """Give all texts of the report in one language.

    Raises:
        ConfigError: the file breaks its own rules.
    """
    file = strict_yaml.read(TEXTS_FILE).fill(_File).root
    return {name: label.zh if language == "zh" else label.en for name, label in file.items()}
