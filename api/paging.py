"""How is a long list given in pages that stay right while the list moves?

The cursor names the last row that was given (its sort key and id), never a position.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from api.problems import Mistake, Refusal

MOST = 1000
Limit = Annotated[int, Query(ge=1, le=MOST, description="At most this many items", json_schema_extra={"x-unit": "1"})]
Cursor = Annotated[str | None, Query(description="The next_cursor of the page before; opaque")]

Row = TypeVar("Row")
Place = tuple[str, str]


def page(
    rows: Sequence[Row], place: Callable[[Row], Place], cursor: str | None, limit: int, *, descending: bool = False
) -> tuple[list[Row], str | None]:
    """Give the page after ``cursor`` and the cursor of the next one; ``place`` is a row's (sort key, id).

    Raises:
        Refusal: the cursor is none of ours.
    """
    after = _read(cursor) if cursor else None
    ordered = sorted(rows, key=place, reverse=descending)
    rest = [row for row in ordered if after is None or _follows(place(row), after, descending=descending)]
    shown = rest[:limit]
    return shown, _write(place(shown[-1])) if len(rest) > limit else None


def _follows(place: Place, after: Place, *, descending: bool) -> bool:
    return place < after if descending else place > after


def _write(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str) -> Place:
    try:
        key, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        mistake = Mistake(pointer="query/cursor", detail="take it from next_cursor of an earlier answer")
        raise Refusal("invalid", "The cursor is not one of ours.", (mistake,)) from None
    return str(key), str(row_id)
