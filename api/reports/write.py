"""How do gathered numbers become the tables and sentences of a report?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.places import Places
from api.reports.content import Cell, Column, Labels, Report, Row, Table
from api.reports.lines import Line
from api.reports.words import Words
from api.shapes import percent, percent_or_none
from campus.indicators.calendar import Calendar
from campus.indicators.definition import Awaited, Indicator
from campus.indicators.measures import Measure
from campus.model import Grade, Period, Scope

MOST_WORST = 30
RULES = ("state", "ratio", "completeness", "sum", "lines", "attainment", "frozen")
GRADES = (Grade.GREEN, Grade.BLUE, Grade.YELLOW, Grade.ORANGE, Grade.RED, Grade.GREY)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a report tells. ``since`` is the first hour that was ever counted."""

    period: Period
    scope: Scope
    calendar: Calendar
    places: Places
    definitions: Sequence[Indicator]
    awaited: Sequence[Awaited]
    lines: Sequence[Line]
    measures: Sequence[Measure]
    since: datetime | None
    made_at: datetime


def report(told: Told, words: Words) -> Report:
    """Write the report."""
    return _Writer(told, words).report()


@dataclass(frozen=True, slots=True)
class _Writer:
    told: Told
    words: Words

    def report(self) -> Report:
        say, told = self.words.say, self.told
        period = told.calendar.name(told.period)
        return Report(
            language=self.words.language,
            title=self.words.pick(told.places.estate.name)
            + (" " if self.words.language == "en" else "")
            + say("title"),
            subtitle=say("subtitle", period=period, scope=self._path(told.scope)),
            about=tuple((say(f"fact.{key}"), text) for key, text in self._about(period)),
            rules=tuple(say(f"rule.{rule}") for rule in RULES),
            grades=self._grades(),
            definitions=self._definitions(),
            awaited=self._awaited(),
            values=self._values(period),
            worst=self._worst(),
            measures=self._measures(),
            records=[line.record for line in told.lines],
            labels=Labels(say("about"), say("rules"), say("places"), say("nothing"), say("sign")),
        )

    # ── sentences ────────────────────────────────────────────────────────────────────────────────────────────

    def _about(self, period: str) -> Iterator[tuple[str, str]]:
        say, told = self.words.say, self.told
        records = [line.record for line in told.lines]
        complete = [one.completeness for one in records if one.completeness is not None]
        open_ones = sum(not one.frozen for one in records)
        yield "college", self.words.pick(told.places.estate.name)
        yield "period", period
        yield "window", f"{self._moment(told.period.start)} – {self._moment(told.period.end)}"
        yield "scope", f"{self._path(told.scope)} ({told.scope})"
        yield "indicators", ", ".join(one.id for one in told.definitions)
        yield "rules_version", ", ".join(sorted({one.rules_version for one in records}))
        yield "state", say("state.open", open=open_ones) if open_ones else say("state.frozen")
        yield "revision", str(max((one.revision for one in records), default=1))
        yield "completeness", f"{percent(min(complete)):g} %" if complete else "—"
        yield "grades", self._census()
        if told.since and told.since > told.period.start:
            yield "counted", say("counted.late", since=self._moment(told.since))
        yield "made", self._moment(told.made_at)

    def _census(self) -> str:
        counts = Counter(line.record.grade for line in self.told.lines if line.told.value.scope == self.told.scope)
        return ", ".join(f"{self.words.say(f'grade.{one}')} × {counts[one]}" for one in GRADES if counts[one])

    def _moment(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.told.calendar.zone):%Y-%m-%d %H:%M}"

    def _path(self, scope: Scope) -> str:
        names = [self.told.places.name(step) for step in self.told.places.estate.paths.get(scope, (scope,))]
        return " / ".join(self.words.pick(name) for name in (names[1:] or names))

    # ── tables ───────────────────────────────────────────────────────────────────────────────────────────────

    def _table(self, title: str, columns: Sequence[Column], rows: Sequence[Row]) -> Table:
        return Table(self.words.say(title), tuple(columns), tuple(rows))

    def _column(self, key: str, decimals: int | None = None, width: int = 10) -> Column:
        return Column(key, self.words.say(f"column.{key}"), decimals, width)

    def _grades(self) -> Table:
        rows = [Row((self.words.say(f"grade.{one}"), self.words.say(f"means.{one}")), one) for one in GRADES]
        return self._table("grades", [self._column("grade", width=14), Column("means", "", width=60)], rows)

    def _definitions(self) -> Table:
        column = self._column
        columns = [column("indicator", width=8), column("name", width=26), column("class", width=14)]
        columns += [column(key, 2) for key in ("target", "standard", "warning", "minimum")]
        columns += [column("calendar", width=10), column("rules_version", width=10), column("source", width=60)]
        return self._table("definitions", columns, [self._definition(one) for one in self.told.definitions])

    def _definition(self, one: Indicator) -> Row:
        lines = one.lines_on(self.told.period.start.astimezone(self.told.calendar.zone).date())
        shown = (lines.target, lines.standard, lines.warning, one.minimum_completeness)
        name, kind, source = self.words.pick(one.label), self.words.say(f"class.{one.method_class}"), one.source
        numbers = (percent(ratio) for ratio in shown)
        return Row((one.id, name, kind, *numbers, one.calendar, lines.version, self.words.pick(source)))

    def _awaited(self) -> Table:
        columns = [
            self._column("indicator", width=12),
            self._column("name", width=30),
            self._column("missing", width=60),
        ]
        pick = self.words.pick
        return self._table(
            "awaited", columns, [Row((one.id, pick(one.label), pick(one.missing))) for one in self.told.awaited]
        )

    def _values(self, period: str) -> Table:
        column = self._column
        columns = [column("indicator", width=8), column("name", width=24), column("place", width=34)]
        columns += [column("scope", width=16), column("period", width=14), column("unit", width=6)]
        columns += [column(key, 2) for key in ("actual", "previous", "target", "standard", "warning", "deviation")]
        columns += [column("attainment_ratio", 4), column("attainment_score", 1), column("grade", width=14)]
        columns += [column("completeness", 2)]
        columns += [column(key, 0, 12) for key in ("good", "bad", "unknown", "maintenance")]
        columns += [column("revision", 0, 8), column("state"), column("rules_version"), column("measures", width=18)]
        columns += [column("accounting", width=50)]
        return self._table("values", columns, [self._value(line, period) for line in self.told.lines])

    def _value(self, line: Line, period: str) -> Row:
        told, one, say = line.told.value, line.record, self.words.say
        cells: tuple[Cell, ...] = (
            *(one.indicator, self.words.pick(line.indicator.label), self._path(told.scope), str(told.scope)),
            *(period, one.unit, one.actual, percent_or_none(told.previous)),
            *(one.target, one.standard, one.warning, one.deviation),
            *(one.attainment_ratio, one.attainment_score, say(f"grade.{one.grade}")),
            percent_or_none(told.completeness),
            *(one.counts.good, one.counts.bad, one.counts.unknown, one.counts.maintenance),
            *(one.revision, say("frozen.yes" if one.frozen else "frozen.no"), one.rules_version),
            " ".join(one.measures) or (say("measure.needed") if one.grade in (Grade.ORANGE, Grade.RED) else ""),
            say("accounting", least=f"{percent(line.indicator.minimum_completeness):g}"),
        )
        return Row(cells, one.grade)

    def _worst(self) -> Table:
        """The worst parts of the shown places that are short of their standard, each once, worst first."""
        column = self._column
        columns = [column("indicator", width=12), column("name", width=24), column("part", width=40)]
        columns += [column("actual", 2), column("standard", 2)]
        found = {
            (line.indicator.id, scope): (ratio, line)
            for line in self.told.lines
            for scope, ratio in line.told.value.worst
            if scope in self.told.places.estate.paths and ratio < line.told.value.lines.standard
        }
        ranked = sorted(found.items(), key=lambda item: (item[0][0], item[1][0]))
        rows = [self._part(scope, ratio, line) for (_, scope), (ratio, line) in ranked[:MOST_WORST]]
        return self._table("worst", columns, rows)

    def _part(self, scope: Scope, ratio: float, line: Line) -> Row:
        name, standard = self.words.pick(line.indicator.label), line.told.value.lines.standard
        return Row((line.indicator.id, name, self._path(scope), percent(ratio), percent(standard)))

    def _measures(self) -> Table:
        column = self._column
        columns = [column("id", width=16), column("indicator", width=8), column("place", width=30)]
        columns += [column("period", width=14), column("text", width=40), column("owner", width=14)]
        columns += [column("due", width=12), column("state"), column("evidence", width=40), column("proof", width=20)]
        return self._table("measures", columns, [self._measure(one) for one in self.told.measures])

    def _measure(self, one: Measure) -> Row:
        wish, today = one.wish, self.told.made_at.astimezone(self.told.calendar.zone).date()
        state = "closed" if one.closed_at else "late" if one.late(today) else "open"
        return Row(
            (
                *(one.id, wish.indicator, self._path(wish.scope), self.told.calendar.name(wish.period)),
                *(wish.text, wish.owner, wish.due.isoformat(), self.words.say(f"measure.{state}"), wish.evidence),
                " → ".join(f"{percent(value):g}%" for value in one.proof),
            )
        )
