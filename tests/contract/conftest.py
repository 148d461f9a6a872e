"""Which stores must pass the suites? Each entry opens one; opening again gives what was kept."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest

from campus import catalogue
from campus.catalogue import Catalogue
from campus.store.contracts import RecordStore, SeriesStore, TallyStore
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore


class Store(SeriesStore, TallyStore, Protocol):
    """What keeps series and tallies."""


OpenStore = Callable[[], AbstractAsyncContextManager[Store]]
OpenRecords = Callable[[], AbstractAsyncContextManager[RecordStore]]


@pytest.fixture(scope="session")
def words() -> Catalogue:
    """The catalogue of the suite."""
    return catalogue.load()


def _sqlite(path: Path, words: Catalogue) -> OpenStore:
    return lambda: SqliteStore(path / "store", words, writer=True)


def _sqlite_records(path: Path) -> OpenRecords:
    return lambda: SqliteRecords(path / "store")


@pytest.fixture(params=[pytest.param(_sqlite, id="sqlite")])
def open_store(request: pytest.FixtureRequest, tmp_path: Path, words: Catalogue) -> OpenStore:
    """Open the store of this test to write; each call opens the same one."""
    return request.param(tmp_path, words)


@pytest.fixture(params=[pytest.param(_sqlite_records, id="sqlite")])
def open_records(request: pytest.FixtureRequest, tmp_path: Path) -> OpenRecords:
    """Open the records of this test; each call opens the same ones."""
    return request.param(tmp_path)
