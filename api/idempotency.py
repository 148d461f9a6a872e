"""How is a request that is sent twice carried out once? Its key, body and answer are kept for a day."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Header
from pydantic import BaseModel

from api.auth import Principal
from api.problems import Mistake, Refusal
from api.services import Services
from api.shapes import Out
from campus.store.contracts import Record

LIFE = timedelta(hours=24)
KIND = "idempotency"

IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=255, description="Made up by the sender; within 24 h a repeat with the same key gets the same answer"
    ),
]
Answer = TypeVar("Answer", bound=Out)


async def once(
    services: Services, name: str | None, body: BaseModel, answer: type[Answer], make: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Give the answer that ``make`` gave when ``name`` first came, or make it now; always make it without a name.

    Raises:
        Refusal: the name came before with another body.
    """
    async with services.writing:
        if name is None:
            return await make()
        now, digest = services.now(), hashlib.sha256(body.model_dump_json().encode()).hexdigest()
        recent = await services.records.list(KIND, start=now - LIFE)
        kept = next((one for one in recent if one.id == name), None)
        if kept is None:
            made = await make()
            content = {"digest": digest, "answer": made.model_dump(mode="json")}
            await services.records.append(Record(KIND, name, now, "", content))
            return made
        if kept.body["digest"] != digest:
            mistake = Mistake(pointer="header/Idempotency-Key", detail="take a new key for a new request")
            raise Refusal("invalid", "This Idempotency-Key came with another body before.", (mistake,))
        return answer.model_validate(kept.body["answer"])


def name_of(asker: Principal, what: str, key: str | None) -> str | None:
    """What a request is kept under: keys of different senders and routes never meet."""
    return None if key is None else f"{asker.key.parent or asker.key.id}/{what}/{key}"
