"""What is broken on the lab's campus, and when? Past and present faults are spans of one list.

`down` is silence on everything, `mute` is silence on SNMP (which being down includes).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from campus.errors import NotFound
from lab.plan import Plan


class FaultKind(StrEnum):
    """What can break, by the word of the command line."""

    AP_DOWN = "ap-down"
    AC_SILENT = "ac-silent"
    SWITCH_DOWN = "switch-down"
    HOST_DOWN = "host-down"


_DEVICE_KIND = {FaultKind.AC_SILENT: "ac", FaultKind.SWITCH_DOWN: "switch", FaultKind.HOST_DOWN: "host"}


@dataclass(frozen=True, slots=True)
class Outage:
    """``target`` (a device's id, an access point's serial) is broken during ``[since, until)``; None = still."""

    kind: FaultKind
    target: str
    since: datetime
    until: datetime | None = None
    snmp_only: bool = False

    def at(self, instant: datetime) -> bool:
        """Does it hold at ``instant``?"""
        return self.since <= instant and (self.until is None or instant < self.until)


def outage(plan: Plan, kind: FaultKind, target: str, since: datetime, *, snmp_only: bool = False) -> Outage:
    """Name an outage that begins.

    Raises:
        NotFound: the campus has no such target, or it is of another kind.
    """
    if kind is FaultKind.AP_DOWN:
        return Outage(kind, plan.ap(target).serial, since)
    device = plan.device(target)
    if device.kind != _DEVICE_KIND[kind]:
        raise NotFound(f"{kind} is for devices of kind {_DEVICE_KIND[kind]}; {target} is of kind {device.kind}")
    return Outage(kind, device.id, since, snmp_only=snmp_only)


class Outages:
    """An unchanging list of outages, ready to be asked about an instant."""

    def __init__(self, spans: Iterable[Outage] = ()) -> None:
        self.spans = tuple(spans)
        self._of: defaultdict[str, list[Outage]] = defaultdict(list)
        for span in self.spans:
            self._of[span.target].append(span)

    def down(self, target: str, at: datetime) -> bool:
        """Is the target silent on everything?"""
        return target in self._of and any(span.at(at) and not span.snmp_only for span in self._of[target])

    def mute(self, target: str, at: datetime) -> bool:
        """Is the target silent on SNMP?"""
        return target in self._of and any(span.at(at) for span in self._of[target])

    def edges(self, targets: Iterable[str]) -> list[datetime]:
        """Give the instants at which one of the targets went down or came back, in order."""
        spans = [span for target in targets if target in self._of for span in self._of[target] if not span.snmp_only]
        return sorted(edge for span in spans for edge in (span.since, span.until) if edge is not None)

    def silences(self, targets: Iterable[str], at: datetime) -> list[tuple[datetime, datetime]]:
        """Give the spans before ``at`` during which any of the targets was down, without overlaps, in order."""
        merged: list[tuple[datetime, datetime]] = []
        spans = (span for target in targets if target in self._of for span in self._of[target])
        for span in sorted((span for span in spans if not span.snmp_only), key=lambda span: span.since):
            start, end = span.since, at if span.until is None else min(span.until, at)
            if merged:
                start = max(start, merged[-1][1])
            if start < end:
                merged.append((start, end))
        return merged

    def adding(self, span: Outage) -> "Outages":
        """Give the list with one more."""
        return Outages((*self.spans, span))

    def clearing(self, at: datetime, target: str | None = None) -> "Outages":
        """Give the list with all open outages (or those of one target) ended at ``at``."""
        return Outages(
            replace(span, until=at) if span.until is None and target in (None, span.target) else span
            for span in self.spans
        )
