"""How do many viewers of one page cost as much as one? What was asked a moment ago is answered from then."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Generic, TypeVar

LIFE = timedelta(seconds=5)

Answer = TypeVar("Answer")


class Memo(Generic[Answer]):
    """Keeps the answer to each question for `LIFE`; who asks while it is being made waits for the same one."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, asyncio.Task[Answer]]] = {}

    async def get(self, question: str, now: datetime, make: Callable[[], Coroutine[object, object, Answer]]) -> Answer:
        """Give the answer to ``question``; an error comes through to all who wait, and is not kept."""
        made_at, task = self._kept.get(question, (None, None))
        if task is None or made_at is None or not made_at <= now < made_at + LIFE or _failed(task):
            task = asyncio.create_task(make())
            self._kept[question] = (now, task)
        return await asyncio.shield(task)


def _failed(task: asyncio.Task[Answer]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
