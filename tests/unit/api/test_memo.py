"""Is an answer shared by those who ask at once, kept for a moment, and never kept when it failed?"""

import asyncio
from datetime import UTC, datetime

import pytest

from api.memo import LIFE, Memo

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.fixture
def made():
    """The answers made so far, and a maker that gives their number."""
    answers = []

    async def make():
        answers.append(len(answers))
        await asyncio.sleep(0)
        return answers[-1]

    return answers, make


async def test_those_who_ask_at_once_wait_for_one_answer(made):
    answers, make = made
    memo = Memo()
    told = await asyncio.gather(*(memo.get("page", NOW, make) for _ in range(20)))
    assert (told, answers) == ([0] * 20, [0])


@pytest.mark.parametrize(("later", "expected"), [(0 * LIFE, 0), (0.99 * LIFE, 0), (LIFE, 1), (-0.1 * LIFE, 1)])
async def test_an_answer_serves_for_its_life_only(made, later, expected):
    _, make = made
    memo = Memo()
    await memo.get("page", NOW, make)
    assert await memo.get("page", NOW + later, make) == expected


async def test_questions_do_not_answer_each_other(made):
    _, make = made
    memo = Memo()
    assert [await memo.get(question, NOW, make) for question in ("ap", "ac", "ap")] == [0, 1, 0]


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(made):
    _, make = made
    memo = Memo()

    async def fail():
        await asyncio.sleep(0)
        raise OSError("disk")

    told = await asyncio.gather(*(memo.get("page", NOW, fail) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [OSError] * 3
    assert await memo.get("page", NOW, make) == 0


async def test_one_who_leaves_does_not_spoil_the_answer_for_the_others(made):
    _, make = made
    memo = Memo()
    leaving = asyncio.create_task(memo.get("page", NOW, make))
    staying = asyncio.create_task(memo.get("page", NOW, make))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 0
