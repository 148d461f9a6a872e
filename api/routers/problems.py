"""What is wrong now, and for which cause?"""

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.front import ProblemOut
from api.paging import Cursor, Limit, page
from api.services import Behind
from api.shapes import Out
from api.troubles import problems

router = APIRouter(prefix="/problems", tags=["problems"], route_class=ConditionalRoute)


class ProblemPage(Out):
    """One page of problems, worst first; ``next_cursor`` is null on the last one."""

    items: list[ProblemOut]
    next_cursor: str | None


@router.get("")
async def list_problems(services: Behind, limit: Limit = 100, cursor: Cursor = None) -> ProblemPage:
    """Give one entry for each cause: bad before unknown, most affected first."""
    shown, following = page(await problems(services), _place, cursor, limit)
    return ProblemPage(items=shown, next_cursor=following)


def _place(one: ProblemOut) -> tuple[str, str]:
    affected = sum(item.count for item in one.affected)
    return f"{one.state}:{10**9 - affected:010d}", one.id
