"""Who may write the store? One process at a time; the lock goes with the process, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from campus.errors import ServiceError
from campus.store.schema import refusals


class WriterLock:
    """The right to write the store in ``folder``, held until `release` or the end of the process.

    Raises:
        ServiceError: another process (its id is in the text) holds it.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "writer.lock"
        with refusals(path):
            self._file = path.open("a+", encoding="ascii")
            _take(self._file, folder)

    def release(self) -> None:
        """Give the right back."""
        self._file.close()


def _take(file: TextIO, folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            raise ServiceError(f"{folder}: process {file.readline().strip()} already writes this store") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
