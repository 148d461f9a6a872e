"""How does one ``campus.yaml`` become settings: file, AP table, environment, checks, all mistakes at once?"""

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from campus import strict_yaml
from campus.errors import ConfigError, Fault
from campus.settings.checks import cross_check
from campus.settings.inventory import ApRow
from campus.settings.references import repeated_ids, unknown_references
from campus.settings.schema import Identity, Settings
from campus.settings.secret import FORMS, Source, is_reference
from campus.settings.tree import leaves, look
from campus.strict_yaml import Document, Plain, Spot

TABLE: Spot = ("inventory", "aps", "table")
SECRET_KEYS = frozenset({"community", "auth_secret", "priv_secret", "client_secret", "id_secret"})
PREFIX = "CAMPUS_"


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings and everything that they name, without connecting to anything.

    Paths in the file are relative to the file. Variables like ``CAMPUS_STORE__PATH`` override single keys.

    Raises:
        ConfigError: with every mistake in every file, each with its line.
    """
    document, faults = _gather(path, environ)
    source = Source(document, path.parent, environ, _secret_spots(document))
    settings = None
    try:
        settings = document.fill(Settings, source)
    except ConfigError as error:
        faults += error.faults
    faults += [*repeated_ids(document), *unknown_references(document), *cross_check(document)]
    faults += _misplaced_secrets(document)
    if faults or settings is None:
        raise ConfigError(faults)
    store = settings.store.model_copy(update={"path": path.parent / settings.store.path})
    return settings.model_copy(update={"store": store, "identity": _placed(settings.identity, path.parent)})


def _placed(identity: Identity, base: Path) -> Identity:
    """Give the section with its paths as seen from here."""
    found: dict[str, object] = {"realm_file": base / identity.realm_file}
    if identity.people:
        sources = tuple(one.model_copy(update={"file": base / one.file}) for one in identity.people.sources)
        found["people"] = identity.people.model_copy(update={"sources": sources})
    return identity.model_copy(update=found)


def _gather(path: Path, environ: Mapping[str, str]) -> tuple[Document, list[Fault]]:
    """Read the file, then lay the AP table and the environment's overrides over it."""
    document = strict_yaml.read(path)
    faults: list[Fault] = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and "__" in name:
            spot = tuple(name.removeprefix(PREFIX).lower().split("__"))
            if all(isinstance(look(document.data, spot[:end]), dict | None) for end in range(len(spot))):
                document = document.graft(spot, Document(name, environ[name], {}))
            else:
                faults.append(Fault(name, 0, "it reaches into something that is no section"))
    table = look(document.data, TABLE)
    if isinstance(table, str):
        try:
            document = document.graft(TABLE, read_table(path.parent / table))
        except ConfigError as error:
            faults += error.faults
            document = document.graft(TABLE, Document(str(path.parent / table), [], {}))
    return document, faults


def read_table(path: Path) -> Document:
    """Read a CSV file (UTF-8, comma, one head line) as a list of rows; empty cells are absent.

    Raises:
        ConfigError: unreadable, not UTF-8, a row with more cells than the head line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(csv.reader(file, strict=True), str(path))
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(path), 0, "is not UTF-8", "save it as CSV UTF-8")]) from None
    except csv.Error as error:
        raise ConfigError([Fault(str(path), 0, f"is no CSV: {error}")]) from None


def _rows(reader: Iterator[list[str]], file: str) -> Document:
    head = [name.strip() for name in next(reader, [])]
    _check_head(head, file)
    rows: list[Plain] = []
    lines: dict[Spot, int] = {(): 1}
    faults: list[Fault] = []
    for number, cells in enumerate(reader, start=2):
        if len(cells) > len(head):
            faults.append(Fault(file, number, f"{len(cells)} cells below {len(head)} names"))
        row: dict[str, Plain] = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if cell.strip()}
        if row:
            lines[len(rows),] = number
            rows.append(row)
    if faults:
        raise ConfigError(faults)
    return Document(file, rows, lines)


def _check_head(head: list[str], file: str) -> None:
    known = list(ApRow.model_fields)
    strays = [name for name in head if name not in known]
    if strays or len(set(head)) < len(head) or "ap" not in head:
        what = f"the head line names {', '.join(head) or 'nothing'}"
        raise ConfigError([Fault(file, 1, what, f"known: {', '.join(known)}; each once, and ap always")])


def _secret_spots(document: Document) -> dict[str, Fault]:
    """Where each reference to a secret stands."""
    return {text: document.fault(spot, "") for spot, text in leaves(document.data) if is_reference(text)}


def _misplaced_secrets(document: Document) -> list[Fault]:
    return [
        document.fault(spot, f"{'.'.join(map(str, spot))}: a reference is read only where a secret stands", FORMS)
        for spot, text in leaves(document.data)
        if is_reference(text) and spot[-1] not in SECRET_KEYS
    ]
