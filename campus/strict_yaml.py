"""How is a YAML file read so that nothing is guessed, and every mistake is reported with its line?

YAML 1.2 core rules on PyYAML's reader: only ``true``/``false``, ``null``, plain decimal numbers are
anything but text. PyYAML's own 1.1 rules turn ``10:00`` into 600, ``no`` into False and some MAC
addresses into numbers. Repeated keys are an error.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from campus.errors import ConfigError, Fault

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Spot = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _Core(yaml.SafeLoader):
    """PyYAML's safe loader with the YAML 1.2 core schema. An alias is refused: a few lines of them grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # a hole in the stubs
            raise yaml.composer.ComposerError(
                None, None, f"the alias *{event.anchor} is not read; write out what it stands for", event.start_mark
            )
        return super().compose_node(parent, index)


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf)|\.(nan|NaN)",
        list("-+.0123456789"),
    ),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


class _Writer(yaml.SafeDumper):
    """PyYAML's safe writer, which quotes what the core schema would misread, and never points back."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


_Writer.yaml_implicit_resolvers = _Core.yaml_implicit_resolvers


def _integer(loader: _Core, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text, 10)


_Core.add_constructor("tag:yaml.org,2002:int", _integer)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its plain data, and the line on which each spot of it stands.

    ``grafts`` are spots whose data came from elsewhere: another file, an environment variable.
    """

    file: str
    data: Plain
    lines: Mapping[Spot, int]
    grafts: Mapping[Spot, "Document"] = field(default_factory=dict)

    def graft(self, spot: Spot, other: "Document") -> "Document":
        """Give a copy that has the data of ``other`` at ``spot``; mistakes in them are told by its file and line."""
        return Document(self.file, _put(self.data, spot, other.data), self.lines, {**self.grafts, spot: other})

    def line(self, spot: Sequence[str | int]) -> int:
        """Give the line of ``spot``, or of the nearest thing around it that is in the file."""
        for end in range(len(spot), -1, -1):
            found = self.lines.get(tuple(spot[:end]))
            if found is not None:
                return found
        return 0

    def fault(self, spot: Sequence[str | int], what: str, hint: str = "") -> Fault:
        """Name a mistake at ``spot``."""
        for end in range(len(spot), 0, -1):
            graft = self.grafts.get(tuple(spot[:end]))
            if graft is not None:
                return graft.fault(spot[end:], what, hint)
        return Fault(self.file, self.line(spot), what, hint)

    def fill(self, model: type[Model], context: object = None) -> Model:
        """Validate the data as ``model``; its validators see ``context``.

        Raises:
            ConfigError: with every mistake of the document, each with its line.
        """
        try:
            return model.model_validate(self.data, context=context)
        except ValidationError as error:
            raise ConfigError([self._explain(item, model) for item in error.errors()]) from None

    def _explain(self, item: ErrorDetails, model: type[BaseModel]) -> Fault:
        spot = self._settle(item["loc"], missing=item["type"] == "missing")
        known = f"known keys: {', '.join(model.model_fields)}"
        if item["type"] == "model_type" and not spot:
            return self.fault(spot, "holds no keys", known)
        where = ".".join(str(part) for part in spot) or "file"
        message = item["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:] if message[1:2].islower() else message
        message = message.replace("tuple", "list")
        hint = str(item.get("ctx", {}).get("hint", ""))
        if item["type"] == "extra_forbidden":
            hint = known if len(spot) == 1 else "remove it, or look for a misspelt key"
        return self.fault(spot, f"{where}: {message}", hint)

    def _settle(self, loc: Spot, *, missing: bool) -> Spot:
        """Leave out of pydantic's location what stands in no file: the tags of unions, but not a missing key."""
        spot: Spot = ()
        here = self.data
        for number, part in enumerate(loc):
            if isinstance(here, dict) and part in here:
                here = here[str(part)]
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            elif not missing or number < len(loc) - 1:
                continue
            spot = (*spot, part)
        return spot


def _put(data: Plain, spot: Spot, value: Plain) -> Plain:
    if not spot:
        return value
    around = data if isinstance(data, dict) else {}
    return {**around, str(spot[0]): _put(around.get(str(spot[0])), spot[1:], value)}


def read(path: Path) -> Document:
    """Read one YAML file.

    Raises:
        ConfigError: unreadable file, bad YAML, a repeated key, a key that is not text, an alias.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error}")]) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Document:
    """Parse YAML text that came from ``file``; errors as in `read`."""
    loader = _Core(text)
    try:
        node = loader.get_single_node()
        lines: dict[Spot, int] = {}
        faults: list[Fault] = []
        if node is not None:
            _mark(node, (), file, lines, faults)
        if faults:
            raise ConfigError(faults)
        data = None if node is None else loader.construct_document(node)
        return Document(file, data, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError([Fault(file, mark.line + 1 if mark else 0, error.problem or "not valid YAML")]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError([Fault(file, 0, f"not valid YAML: {error}")]) from None
    except RecursionError:
        raise ConfigError([Fault(file, 0, "lists or mappings are nested too deep")]) from None
    finally:
        loader.dispose()


def _mark(node: yaml.Node, spot: Spot, file: str, lines: dict[Spot, int], faults: list[Fault]) -> None:
    """Note the line of every spot below ``node``; find repeated and unreadable keys."""
    lines.setdefault(spot, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _mark(item, (*spot, number), file, lines, faults)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[Hashable] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            faults.append(Fault(file, line, "a key must be a single word"))
            continue
        if key.value in seen:
            faults.append(Fault(file, line, f"the key {key.value!r} stands here a second time"))
        seen.add(key.value)
        key.tag = "tag:yaml.org,2002:str" if key.tag.rpartition(":")[2] in {"int", "float", "bool", "null"} else key.tag
        _mark(value, (*spot, key.value), file, lines, faults)
        lines[(*spot, key.value)] = line


def write(data: Plain) -> str:
    """Write plain data so that `parse` gives the same back; short lists stand on one line."""
    text: str = yaml.dump(data, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)
    return text
