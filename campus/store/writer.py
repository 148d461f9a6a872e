"""How does one batch become intervals, raw readings and the newest known, all or nothing?

Runs in the one writer thread of the one writer process. Order of the commits: day files, then ``rollup.db``,
whose table ``day`` makes the raw readings count.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from campus.catalogue import Catalogue
from campus.model import Batch, Measurement, ScopeTally
from campus.store import tallies
from campus.store.instants import DAY, MICROSECOND, micros
from campus.store.intervals import Stretch, extended, filled, repainted
from campus.store.lock import WriterLock
from campus.store.rawdays import RawDays
from campus.store.schema import ROLLUP, open_to_write, refusals, transaction
from campus.store.subjects import Subjects


class _Reading(NamedTuple):
    series: int
    longest: int
    stretch: Stretch
    is_state: bool
    is_fresh: bool


class Writer:
    """The one hand that writes ``rollup.db`` and the day files in ``folder``.

    Raises:
        ServiceError: another process writes this store, or a file cannot be opened.
    """

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._metrics = catalogue.metrics
        self._lock = WriterLock(folder)
        try:
            self._rollup = open_to_write(folder / "rollup.db", ROLLUP)
        except BaseException:
            self._lock.release()
            raise
        self._raw = RawDays(folder, self._rollup)
        self._subjects = Subjects(self._rollup)
        self._newest: dict[int, Stretch] = {}

    def close(self) -> None:
        """Let go of the files and of the lock."""
        self._raw.close()
        self._rollup.close()
        self._lock.release()

    def write(self, batch: Batch) -> None:
        """Keep one batch, all or nothing.

        Raises:
            ServiceError: the disk said no; nothing of the batch is kept.
            ValueError: a metric is not in the catalogue, or a value is no finite number, or readings stand for no time.
        """
        self._check(batch)
        with refusals(self._folder):
            try:
                with transaction(self._rollup):
                    self._write(batch)
                    self._raw.commit()
            except BaseException:
                self._start_over()
                raise

    def put(self, kept: Sequence[ScopeTally]) -> None:
        """Keep tallies, all or nothing."""
        with refusals(self._folder), transaction(self._rollup):
            tallies.put(self._rollup, kept)

    def forget(self, before: datetime) -> int:
        """Delete the raw readings of the days that ended by ``before``."""
        day = micros(before) // DAY
        with refusals(self._folder):
            with transaction(self._rollup):
                self._rollup.execute("UPDATE kept SET since = max(since, ?)", (day * DAY,))
                self._rollup.execute("DELETE FROM day WHERE day < ?", (day,))
            return self._raw.forget(day)

    def _check(self, batch: Batch) -> None:
        if batch.holds < MICROSECOND:
            raise ValueError(f"readings of {batch.source} stand for {batch.holds}; they must stand for some time")
        for measurement in batch.measurements:
            for metric, value in measurement.values.items():
                if metric not in self._metrics:
                    raise ValueError(f"{metric} of {measurement.entity} is not in the catalogue")
                if not isfinite(value):
                    raise ValueError(f"{metric} of {measurement.entity} is {value}; a missing value is left out")

    def _start_over(self) -> None:
        """Forget what was remembered of a batch that is not kept; uncommitted raw readings are swept on reopening."""
        self._raw.close()
        self._subjects = Subjects(self._rollup)
        self._newest.clear()

    def _write(self, batch: Batch) -> None:
        holds = batch.holds // MICROSECOND
        told = sorted(batch.measurements, key=lambda measurement: measurement.at)
        readings = [reading for measurement in told for reading in self._tell(batch.source, measurement, holds)]
        since = self._rollup.execute("SELECT since FROM kept").fetchone()[0]
        self._raw.keep(((one.series, one.stretch) for one in readings if one.stretch.start >= since), holds)
        states = [reading for reading in readings if reading.is_state]
        self._extend(reading for reading in states if reading.is_fresh)
        for reading in states:
            if not reading.is_fresh:
                self._mend(reading, since)
        self._subjects.save()

    def _tell(self, source: str, measurement: Measurement, holds: int) -> Iterable[_Reading]:
        at = micros(measurement.at)
        subject = self._subjects.number(measurement.entity, source, at)
        fresh = self._subjects.tell(subject, measurement, holds)
        for metric, value in measurement.values.items():
            series, longest = self._subjects.series(subject, metric, holds)
            state = self._metrics[metric].kind == "state"
            yield _Reading(series, longest, Stretch(at, at + holds, float(value)), state, fresh)

    def _extend(self, readings: Iterable[_Reading]) -> None:
        """Add readings that are each newer than all of their series."""
        changed: dict[tuple[int, int], Stretch] = {}
        for series, _, reading, _, _ in readings:
            newest = self._newest.get(series) or self._find_newest(series)
            after = extended(newest, reading) if newest else (reading,)
            changed.update({(series, one.start): one for one in after if one is not newest})
            self._newest[series] = after[-1]
        self._keep((series, one) for (series, _), one in changed.items())

    def _mend(self, reading: _Reading, since: int) -> None:
        """Add a reading that came late, or again: exactly while the raw readings around it are there."""
        start = reading.stretch.start
        until = start + reading.longest
        known = self._touching(reading.series, start, until)
        if start - reading.longest >= since:
            around = self._raw.readings(reading.series, start - reading.longest, until)
            after = repainted(known, around, start, until)
        else:
            after = filled(known, reading.stretch)
        self._replace(reading.series, known, after)
        self._newest.pop(reading.series, None)

    def _find_newest(self, series: int) -> Stretch | None:
        row = self._rollup.execute(
            "SELECT start, until, value FROM interval WHERE series = ? ORDER BY start DESC LIMIT 1", (series,)
        ).fetchone()
        return Stretch(*row) if row else None

    def _touching(self, series: int, start: int, until: int) -> list[Stretch]:
        rows = self._rollup.execute(
            """SELECT start, until, value FROM interval WHERE series = ?1 AND start <= ?3 AND until >= ?2 AND start >=
               coalesce((SELECT max(start) FROM interval WHERE series = ?1 AND start < ?2), ?2) ORDER BY start""",
            (series, start, until),
        )
        return [Stretch(*row) for row in rows]

    def _replace(self, series: int, known: Sequence[Stretch], after: Sequence[Stretch]) -> None:
        gone = {one.start for one in known} - {one.start for one in after}
        self._rollup.executemany("DELETE FROM interval WHERE series = ? AND start = ?", [(series, at) for at in gone])
        self._keep((series, one) for one in after if one not in known)

    def _keep(self, intervals: Iterable[tuple[int, Stretch]]) -> None:
        self._rollup.executemany(
            "INSERT OR REPLACE INTO interval VALUES (?, ?, ?, ?)", ((series, *one) for series, one in intervals)
        )
