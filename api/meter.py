"""What does the API measure of itself, and how is it written as OpenMetrics text?"""

from collections import Counter
from datetime import datetime

from campus.store.contracts import StoreHealth

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Meter:
    """Counts requests by method and status class; one per app, used on its event loop only."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str]] = Counter()
        self._seconds = 0.0

    def count(self, method: str, status: int, seconds: float) -> None:
        """Note one finished request; ``status`` 0 means that no answer began."""
        self._requests[method, f"{status // 100}xx"] += 1
        self._seconds += seconds

    def text(self, health: StoreHealth, now: datetime) -> str:
        """Write everything in OpenMetrics 1.0 text form; the age is absent while nothing was ever read."""
        lines = ["# TYPE campus_http_requests counter"]
        lines += [
            f'campus_http_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self._requests.items())
        ]
        lines += ["# TYPE campus_http_seconds counter", "# UNIT campus_http_seconds seconds"]
        lines += [f"campus_http_seconds_total {self._seconds:.6f}"]
        lines += ["# TYPE campus_store_ok gauge", f"campus_store_ok {int(health.ok)}"]
        if health.newest is not None:
            age = (now - health.newest).total_seconds()
            lines += ["# TYPE campus_data_age_seconds gauge", "# UNIT campus_data_age_seconds seconds"]
            lines += [f"campus_data_age_seconds {age:.3f}"]
        return "\n".join([*lines, "# EOF", ""])
