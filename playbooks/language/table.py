"""When does a configuration meet a check?

A YAML tree over tables: ``every``, ``some`` or ``none`` of the rows, ``unique`` fields; ``all`` and ``any`` join them.
What is said of a row stands in `playbooks.language.row`. Each condition answers yes, no, or unknown (``None``), and
shows the facts behind its answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campus.strict_yaml import Plain
from playbooks.language import row as rows
from playbooks.language.row import Policy, Row, RowCondition, joined, only

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Unread:
    """A table that is not there: the host lacks the thing (``absent``), or it could not be read."""

    why: str
    absent: bool = False

    def answer(self, name: str, *, absent: bool) -> "Answer":
        """Unknown; of a thing that the host lacks, the answer that follows from its absence."""
        return Answer(absent if self.absent else None, (f"{name}: {self.why}",))


@dataclass(frozen=True, slots=True)
class Table:
    """What was read, as rows. ``key`` names a row to people, ``secret`` fields are never shown."""

    rows: tuple[Row, ...]
    key: str = ""
    secret: frozenset[str] = frozenset()
    command: str = ""
    sha256: str = ""


Tables = Mapping[str, Table | Unread]


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no or unknown; ``shown`` are the facts behind it, ``breaches`` those that speak against."""

    holds: bool | None
    shown: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """``every``, ``some`` or ``none`` of the rows of a table: among those ``where``, what ``holds``."""

    word: str
    of: str
    where: RowCondition | None
    holds: RowCondition | None

    def on(self, tables: Tables, policy: Policy) -> Answer:
        """Answer, and show the rows that speak against it, or else those that speak for it."""
        table = tables[self.of]
        if isinstance(table, Unread):
            return table.answer(self.of, absent=self.word == "none")
        among = [(row, True if self.where is None else self.where.on(row, policy)) for row in table.rows]
        judged = [(row, self._one(row, chosen, policy)) for row, chosen in among if chosen is not False]
        shown = tuple(_show(table, row, self._shown()) for row, _ in judged[:MOST_SHOWN])
        answers = [answer for _, answer in judged]
        if self.word == "some":
            return Answer(joined(answers, decisive=True), shown or (f"{self.of}: —",))
        against = [row for row, answer in judged if not answer]
        breaches = [_show(table, row, self._shown()) for row in against[:MOST_SHOWN]]
        if len(against) > MOST_SHOWN:
            breaches.append(f"+{len(against) - MOST_SHOWN}")
        return Answer(joined(answers, decisive=False), shown or (f"{self.of}: —",), tuple(breaches))

    def _one(self, row: Row, chosen: bool | None, policy: Policy) -> bool | None:  # noqa: FBT001 -- three answers
        """Does this row speak for the condition? A row that may not be meant can only be unknown, or good anyway."""
        if self.word == "none":
            return None if chosen is None else False
        answer = True if self.holds is None else self.holds.on(row, policy)
        if self.word == "some":
            return joined([chosen, answer], decisive=False)
        return answer if chosen or answer else None

    def _shown(self) -> tuple[str, ...]:
        parts = (*(self.where.fields() if self.where else ()), *(self.holds.fields() if self.holds else ()))
        return tuple(dict.fromkeys(parts))

    def tell(self, policy: Policy) -> str:
        """Say it as a person reads it; a table of one row needs no quantifier."""
        where = f" [{self.where.tell(policy)}]" if self.where else ""
        holds = f": {self.holds.tell(policy)}" if self.holds else ""
        return f"{self.word} {self.of}{where}{holds}"

    def tables(self) -> frozenset[str]:
        """The tables it reads."""
        return frozenset({self.of})

    def refs(self) -> frozenset[str]:
        """The policy variables it uses."""
        return frozenset().union(*(part.refs() for part in (self.where, self.holds) if part))


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows of a table share the value of a field."""

    of: str
    name: str

    def on(self, tables: Tables, policy: Policy) -> Answer:  # noqa: ARG002 -- one shape for all
        """Answer, and show the values that stand twice."""
        table = tables[self.of]
        if isinstance(table, Unread):
            return table.answer(self.of, absent=True)
        counted = Counter(row.get(self.name, "") for row in table.rows)
        double = tuple(f"{self.name}={value} ×{count}" for value, count in counted.items() if count > 1)
        return Answer(not double, (f"{self.of}: {len(table.rows)}",), double)

    def tell(self, policy: Policy) -> str:  # noqa: ARG002 -- one shape for all
        """Say it as a person reads it."""
        return f"unique {self.of}.{self.name}"

    def tables(self) -> frozenset[str]:
        """The table it reads."""
        return frozenset({self.of})

    def refs(self) -> frozenset[str]:
        """It uses no policy."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Join:
    """All (``decisive`` False) or any (True) of its parts; one decisive answer settles it."""

    decisive: bool
    parts: tuple["Condition", ...]

    def on(self, tables: Tables, policy: Policy) -> Answer:
        """Answer, and show what decided it."""
        answers = [part.on(tables, policy) for part in self.parts]
        holds = joined([answer.holds for answer in answers], decisive=self.decisive)
        blamed = [answer for answer in answers if answer.holds is holds] or answers
        shown = tuple(dict.fromkeys(line for answer in blamed for line in answer.shown))
        breaches = tuple(dict.fromkeys(line for answer in blamed for line in answer.breaches))
        return Answer(holds, shown, breaches)

    def tell(self, policy: Policy) -> str:
        """Say it as a person reads it."""
        return ("; or " if self.decisive else "; ").join(part.tell(policy) for part in self.parts)

    def tables(self) -> frozenset[str]:
        """The tables it reads."""
        return frozenset().union(*(part.tables() for part in self.parts))

    def refs(self) -> frozenset[str]:
        """The policy variables it uses."""
        return frozenset().union(*(part.refs() for part in self.parts))


Condition = Rows | Unique | Join


def parse(tree: Plain) -> Condition:
    """Build a condition over tables.

    Raises:
        ValueError: an unknown operator or a wrong shape.
    """
    word, body = only(tree)
    if word in {"all", "any"} and isinstance(body, list) and body:
        return Join(word == "any", tuple(parse(part) for part in body))
    if word == "unique" and isinstance(body, dict) and set(body) == {"of", "field"}:
        return Unique(str(body["of"]), str(body["field"]))
    if word in {"every", "some", "none"} and isinstance(body, dict):
        return _rows(word, body)
    raise ValueError(
        f"{word!r} is no condition over tables, or has a wrong shape; known: all any every some none unique"
    )


def _rows(word: str, body: Mapping[str, Plain]) -> Rows:
    strays = sorted(set(body) - {"of", "where", "holds"})
    if strays or not isinstance(body.get("of"), str):
        raise ValueError(f"{word} has the keys of, where and holds, not {', '.join(strays) or 'these'}")
    if word == "none" and ("holds" in body or "where" not in body):
        raise ValueError("none says which rows must not be there: {of: …, where: …}")
    if word == "every" and "holds" not in body:
        raise ValueError("every says what must hold: {of: …, holds: …}")
    where, holds = (rows.parse(body[key]) if key in body else None for key in ("where", "holds"))
    return Rows(word, str(body["of"]), where, holds)


def _show(table: Table, row: Row, names: Sequence[str]) -> str:
    """Name the row and the fields that were looked at; what is secret stays so."""
    shown = [f"{name}={'•••' if name in table.secret else row.get(name, '—')}" for name in names if name != table.key]
    key = row.get(table.key, "") if table.key and table.key not in table.secret else ""
    return " ".join((key, *shown) if key else shown)
