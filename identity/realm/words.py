"""What are types and fields of a realm called among people? Texts are data: ``words.yaml``."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from campus import strict_yaml
from campus.catalogue import Label

WORDS_FILE = Path(__file__).with_name("words.yaml")


class Words(BaseModel):
    """The words for types of things, and for fields by their first name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: dict[str, Label]
    fields: dict[str, Label]


@cache
def words() -> Words:
    """Read the words."""
    return strict_yaml.read(WORDS_FILE).fill(Words)
