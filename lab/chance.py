"""Where does variety come from, when the same seed and instant must always give the same campus?

No generator with a state: each number is a hash of what it is for, so any instant can be computed alone.
"""

from collections.abc import Hashable
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=2**17)
def chance(*parts: Hashable) -> float:
    """Give a number in [0, 1) that depends on ``parts`` alone."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=7).digest(), "big") / 2**56


def drift(when_s: float, every_s: float, *parts: Hashable) -> float:
    """Give a number in [0, 1) that wanders slowly: a new aim every ``every_s`` seconds, straight lines between."""
    step, share = divmod(when_s, every_s)
    left, right = chance(int(step), *parts), chance(int(step) + 1, *parts)
    return left + (right - left) * share / every_s
