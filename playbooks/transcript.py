"""What did one probe of a host bring home? One text of marked sections, cut up again.

The marks carry a random word of the run, so that no file of the host can fake one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ABSENT = 127  # what a shell says of a command that is not there, and the probe of a file that is not there


@dataclass(frozen=True, slots=True)
class Section:
    """What one reading printed, and how it ended."""

    text: str
    status: int


def sections(transcript: str, word: str) -> Mapping[str, Section]:
    """Give the whole sections by name; one whose end is missing was cut off and is left out."""
    text = transcript.replace("\r\n", "\n")
    mark = re.escape(word)
    pattern = rf"^#={mark} (?P<name>\w+)\n(?P<text>.*?)^#={mark} (?P=name) (?P<status>\d+)$"
    found = re.finditer(pattern, text, re.MULTILINE | re.DOTALL)
    return {part["name"]: Section(part["text"], int(part["status"])) for part in found}
