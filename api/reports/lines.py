"""What is known of one number that stands in a report?"""

from dataclasses import dataclass

from api.records import IndicatorRecord
from campus.indicators.definition import Indicator
from campus.indicators.published import Published


@dataclass(frozen=True, slots=True)
class Line:
    """One number as it was judged, as the record that every door tells, and what it measures."""

    told: Published
    record: IndicatorRecord
    indicator: Indicator
