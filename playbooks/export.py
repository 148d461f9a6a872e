"""Which tables does the export of a Keycloak realm hold? Its plain settings, its password rules, nothing of people.

Source: the realm representation of Keycloak's administration API; ``passwordPolicy`` reads ``length(8) and digits(1)``.
"""

import hashlib
import json
import re
from collections.abc import Iterator

from playbooks.language.table import Table, Tables, Unread

COMMAND = "realm export"
TABLES = frozenset({"realm", "password_rules"})
RULE = re.compile(r"(\w+)(?:\((.*)\))?")


def fault(text: str) -> str:
    """Say why this is no realm; empty if it is one."""
    try:
        read = json.loads(text)
    except ValueError as error:
        return f"is no JSON: {error}"
    return "" if isinstance(read, dict) and "realm" in read else "is no realm: it has no key 'realm'"


def tables(text: str) -> Tables:
    """Give the tables of an export; a text that is none gives none."""
    if why := fault(text):
        return dict.fromkeys(TABLES, Unread(why))
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    read = json.loads(text)
    realm = {name: _text(value) for name, value in read.items() if isinstance(value, str | int | float | bool)}
    rules = dict(_rules(str(read.get("passwordPolicy", ""))))
    return {
        "realm": Table((realm,), command=COMMAND, sha256=digest),
        "password_rules": Table((rules,), command=COMMAND, sha256=digest),
    }


def _rules(policy: str) -> Iterator[tuple[str, str]]:
    for part in policy.split(" and "):
        rule = RULE.fullmatch(part.strip())
        if rule:
            yield rule[1], rule[2] or "yes"


def _text(value: str | float) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
