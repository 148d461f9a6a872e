"""How is one trouble told: its cause, and what it takes along?"""

from collections import Counter
from collections.abc import Sequence

from api.front import MOST_PLACES, AffectedOut, ProblemOut, TouchedPlace
from api.places import Places
from api.services import Services
from api.shapes import CauseOut
from campus.indicators.live import Trouble
from campus.model import Condition, Scope

_SMALLEST_FIRST = ("building", "area", "campus")


def problem(trouble: Trouble, places: Places, services: Services) -> ProblemOut:
    """One trouble as it is sent."""
    kinds = Counter(one.member.entity.kind for one in trouble.conditions)
    touched = Counter(_place(one) for one in trouble.conditions).most_common()
    cause = trouble.cause
    return ProblemOut(
        id=f"{cause}/{trouble.state}",
        cause=CauseOut(kind=cause.kind, id=cause.id, name=_name(trouble, places)),
        state=trouble.state,
        since=services.local(trouble.since),
        affected=[AffectedOut(kind=kind, count=count) for kind, count in kinds.most_common()],
        places=[
            TouchedPlace(scope=str(scope), id=scope.id, name=places.name(scope), count=count)
            for scope, count in touched[:MOST_PLACES]
        ],
        places_total=len(touched),
    )


async def problems(services: Services) -> list[ProblemOut]:
    """All troubles of now, worst first."""
    places = Places(services.backend.estate)
    found: Sequence[Trouble] = await services.backend.problems(services.now())
    return [problem(trouble, places, services) for trouble in found]


def _name(trouble: Trouble, places: Places) -> str:
    """A cause that is one of the affected carries that one's name; others are devices or HA groups."""
    own = (one.member.name for one in trouble.conditions if one.member.entity.id == trouble.cause.id)
    return next(own, "") or places.device(trouble.cause.id)


def _place(one: Condition) -> Scope:
    by_type = {scope.type: scope for scope in one.member.scopes}
    return next(by_type[kind] for kind in _SMALLEST_FIRST if kind in by_type)
