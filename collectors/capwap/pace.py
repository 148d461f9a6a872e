"""May a controller be asked again yet?

Controllers write a row, or more, for each AP that asks; so a probe is rare: once a minute for each controller,
a few a second in all, and ever more seldom where nobody answers. Pure: seconds of any clock that only grows
come in, and so does chance.
"""

from collections.abc import Callable
from dataclasses import dataclass

PERIOD_S = 60.0
LONGEST_S = 900.0
PATIENT_ROUNDS = 5
"""After so many silent rounds the period doubles with each further one."""
JITTER_RATIO = 0.1
PER_SECOND = 5.0


@dataclass(frozen=True, slots=True)
class _Turn:
    next_s: float
    silent: int


class Pace:
    """Remembers when each controller was asked; ``chance`` gives 0…1."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._turns: dict[str, _Turn] = {}
        self._tokens, self._at_s = PER_SECOND, 0.0

    def take(self, device_id: str, now_s: float) -> bool:
        """Claim a probe; ``False`` = not yet."""
        self._tokens = min(PER_SECOND, self._tokens + (now_s - self._at_s) * PER_SECOND)
        self._at_s = now_s
        turn = self._turns.get(device_id)
        if self._tokens < 1 or (turn and now_s < turn.next_s):
            return False
        self._tokens -= 1
        silent = turn.silent if turn else 0
        self._turns[device_id] = _Turn(now_s + self._wait_s(silent), silent)
        return True

    def tell(self, device_id: str, *, answered: bool, now_s: float) -> None:
        """Say what came of the probe; sets the next turn anew."""
        turn = self._turns.get(device_id)
        silent = 0 if answered or turn is None else turn.silent + 1
        self._turns[device_id] = _Turn(now_s + self._wait_s(silent), silent)

    def _wait_s(self, silent: int) -> float:
        doublings = max(0, silent - PATIENT_ROUNDS + 1)
        return min(LONGEST_S, PERIOD_S * 2.0 ** min(doublings, 10)) * (1 + JITTER_RATIO * self._chance())
