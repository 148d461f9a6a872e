"""How hard may one device be asked?

What was learned about a device outlives its sessions: the caller keeps one `Pace` for each device. Pure: the
clock is an argument, seconds of any monotonic clock.
"""

import math

_CALM = 2.0
_SLACK_S = 0.005
_ROUND = 16
_CLEAN = 1024
_BUSY_RATIO = 0.7
_EASY_RATIO = 0.5


class Budget:
    """PDUs that a device may be sent: ``per_second`` on average, ``burst`` at once; ``math.inf`` = no limit."""

    def __init__(self, per_second: float = 100.0, burst: int = 10) -> None:
        self._most = self.per_second = per_second
        self._burst = burst
        self._slot = -math.inf

    def reserve(self, now: float) -> float:
        """Book the next PDU; give the seconds to wait before it may be sent."""
        slot = max(self._slot, now - self._burst / self.per_second)
        self._slot = slot + 1 / self.per_second
        return max(0.0, slot - now)

    def halve(self) -> None:
        """The device is busy: ask half as often, but never less than a sixteenth of what is allowed."""
        self.per_second = max(self.per_second / 2, self._most / 16)

    def recover(self) -> None:
        """The device is at ease: a twentieth of what is allowed comes back."""
        self.per_second = min(self.per_second + self._most / 20, self._most)


class Pace:
    """How a device is asked, adapted to how it answers.

    ``repetitions`` is GETBULK's max-repetitions, ``window`` the columns in flight. A round is 16 answers; its
    fastest one is compared with the fastest known, so one late answer changes nothing.
    """

    def __init__(self, budget: Budget | None = None, repetitions: int = 25, window: int = 2, most: int = 8) -> None:
        self.budget = budget or Budget()
        self.repetitions = self._start = repetitions
        self.window = window
        self._most = most
        self._best_s = self._fastest_s = math.inf
        self._cut_at = -math.inf
        self._tells_load = False
        self._answers = self._clean = 0

    def answered(self, round_trip_s: float) -> None:
        """Note an answer to a request that was sent once."""
        self._fastest_s = min(self._fastest_s, round_trip_s)
        self._answers += 1
        if self._answers == _ROUND:
            self._close_round()

    def timed_out(self, sent_at: float, now: float) -> None:
        """Note an answer that did not come; requests that were sent before the last cut do not cut again."""
        if sent_at >= self._cut_at:
            self._cut_at = now
            self.window = max(self.window // 2, 1)

    def shrink(self, repetitions: int) -> None:
        """Remember that so many repetitions are answered, not more; one more is tried after 1,024 good answers."""
        self.repetitions = max(min(self.repetitions, repetitions), 1)
        self._clean = 0

    def load(self, cpu_ratio: float) -> None:
        """Note how busy the device says that it is, once a poll; from then on only this gives budget back."""
        self._tells_load = True
        if cpu_ratio > _BUSY_RATIO:
            self.budget.halve()
        elif cpu_ratio < _EASY_RATIO:
            self.budget.recover()

    def _close_round(self) -> None:
        if self._fastest_s > _CALM * self._best_s + _SLACK_S:
            self.window = max(self.window // 2, 1)
            self.budget.halve()
        else:
            self.window = min(self.window + 1, self._most)
            if not self._tells_load:
                self.budget.recover()
        # The best fades by a thousandth a round: a path that became longer is learned within half an hour.
        self._best_s = min(self._fastest_s, self._best_s * 1.001)
        self._clean += self._answers
        if self._clean >= _CLEAN:
            self.repetitions = min(self.repetitions + 1, self._start)
            self._clean = 0
        self._fastest_s, self._answers = math.inf, 0
