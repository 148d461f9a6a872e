"""How is the configuration text of a network device taken apart? Into lines, each with the lines that belong to it.

Comware and VRP part blocks by ``#``; Comware prints global lines with one leading blank, so depth counts from the
first line of a block. IOS and RGOS part by ``!``. Banners are text, not configuration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

END = re.compile(r"^(return|end)\s*$")
REFUSED = re.compile(
    r"^\s*(% ?(Unrecognized|Incomplete|Ambiguous|Invalid|Wrong|Unknown)|Error: ?Unrecognized|Permission denied)"
)
PROMPT = re.compile(r"^[<\[][^>\]]+[>\]]|^[\w.-]+[#>] ?((show|display) .*)?$")
PAGER = re.compile(r"\s*-+ ?More ?-+\s*(\x1b\[\d+D\s*)*|\x08+\s*")
BANNER = re.compile(r"^ ?(?:header \w+|banner \w+)(?: information)? (?P<mark>\^C|\S)(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its indent, and the lines below it."""

    text: str
    below: list["Line"] = field(default_factory=list)


def fault(text: str) -> str:
    """Say why this is no whole configuration; empty if it is one."""
    if not text.strip():
        return "the device sent nothing"
    refused = next((line for line in text.splitlines() if REFUSED.match(line)), "")
    if refused and len(text.splitlines()) < 10:
        return f"the device refused: {refused.strip()}"
    lines = [line for line in text.replace("\r", "").splitlines() if line.strip() and not PROMPT.match(line)]
    return "" if lines and END.match(lines[-1]) else "the text is cut off: its last line is missing"


def parse(text: str) -> list[Line]:
    """Give the top lines of a configuration."""
    tops: list[Line] = []
    block: list[str] = []
    for line in (*_without_banners(PAGER.sub("\n", text.replace("\r", "")).splitlines()), "#"):
        if line.rstrip() in {"#", "!"}:
            tops += _block(block)
            block = []
        elif line.strip() and not PROMPT.match(line) and not END.match(line):
            block.append(line.rstrip())
    return tops


def _block(lines: list[str]) -> list[Line]:
    tops: list[Line] = []
    stack: list[tuple[int, Line]] = []
    base = _indent(lines[0]) if lines else 0
    for text in lines:
        depth = max(0, _indent(text) - base)
        line = Line(text.strip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        (stack[-1][1].below if stack else tops).append(line)
        stack.append((depth, line))
    return tops


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _without_banners(lines: list[str]) -> Iterator[str]:
    mark = ""
    for line in lines:
        if mark:
            mark = "" if mark in line else mark
            continue
        banner = BANNER.match(line)
        if banner and banner["mark"] not in banner["rest"]:
            mark = banner["mark"]
        elif not banner:
            yield line
