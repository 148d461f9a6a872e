"""Which numbers does this site hold its devices to? The defaults of ``policy.yaml``, and what the site overrides."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from campus import strict_yaml
from campus.errors import ConfigError
from playbooks.language.row import Value

POLICY_FILE = Path(__file__).with_name("baseline") / "policy.yaml"


class Variable(BaseModel):
    """One number, text or list, and what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    value: int | str | list[str]
    zh: str
    en: str


class _Defaults(RootModel[dict[str, Variable]]):
    pass


class _Site(RootModel[dict[str, int | str | list[str]]]):
    pass


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """The values in force, what they mean, and which of them the site set itself."""

    values: Mapping[str, Value]
    variables: Mapping[str, Variable]
    overridden: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Tells one set of values from another: ``sha256:…`` over all of them."""
        text = json.dumps(dict(self.values), sort_keys=True, ensure_ascii=False)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def load(site: Path | None = None, path: Path = POLICY_FILE) -> PolicyBook:
    """Read the defaults, and ``site``'s own values over them.

    Raises:
        ConfigError: a file breaks its rules, a name that no check uses, a value of another kind than its default.
    """
    variables = strict_yaml.read(path).fill(_Defaults).root
    values = {name: _plain(variable.value) for name, variable in variables.items()}
    if site is None:
        return PolicyBook(values, variables)
    document = strict_yaml.read(site)
    own = document.fill(_Site).root
    faults = [document.fault((name,), f"no variable is called {name}") for name in own if name not in variables]
    faults += [
        document.fault((name,), f"{name} must be of the kind of its default: {variables[name].value!r}")
        for name, value in own.items()
        if name in variables and type(value) is not type(variables[name].value)
    ]
    if faults:
        raise ConfigError(faults)
    return PolicyBook({**values, **{name: _plain(value) for name, value in own.items()}}, variables, frozenset(own))


def _plain(value: int | str | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
