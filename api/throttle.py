"""How often may one address fail to sign in?"""

from collections import OrderedDict
from datetime import datetime, timedelta

LIMIT = 10
WINDOW = timedelta(minutes=10)
_MOST_ADDRESSES = 4096


class Throttle:
    """Remembers failed attempts by address; the oldest addresses are forgotten when there are too many."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait_s(self, address: str, now: datetime) -> int:
        """Give the seconds until ``address`` may try again; 0 = now."""
        recent = [at for at in self._failures.get(address, ()) if now - at < WINDOW]
        if len(recent) < LIMIT:
            return 0
        return max(1, int((recent[-LIMIT] + WINDOW - now).total_seconds()))

    def failed(self, address: str, now: datetime) -> None:
        """Note one failed attempt."""
        recent = [at for at in self._failures.pop(address, ()) if now - at < WINDOW]
        self._failures[address] = [*recent, now][-LIMIT:]
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
