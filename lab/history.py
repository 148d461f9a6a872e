"""What would the lab's devices have answered in the past, and what went wrong then?

The same model and tables as the running lab, asked for an instant that is over. Whatever is read from
here is synthetic and must be marked so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lab.agent import tables
from lab.ber import Oid
from lab.faults import FaultKind, Outage, Outages
from lab.mib import Cell, Snapshot
from lab.model import Moment
from lab.plan import Plan

_PAST: tuple[tuple[FaultKind, str, timedelta, timedelta, bool], ...] = (
    # What, whom, how long ago it began, how long it lasted, SNMP alone.
    (FaultKind.AP_DOWN, "SS1-F3-02", timedelta(days=6, hours=9), timedelta(hours=5, minutes=20), False),
    (FaultKind.AC_SILENT, "ac-2", timedelta(days=5, hours=3), timedelta(minutes=35), True),
    (FaultKind.HOST_DOWN, "host-2", timedelta(days=4, hours=14), timedelta(minutes=25), False),
    (FaultKind.AC_SILENT, "ac-1a", timedelta(days=3, hours=20, minutes=10), timedelta(minutes=55), False),
    (FaultKind.AC_SILENT, "ac-1b", timedelta(days=3, hours=19, minutes=50), timedelta(minutes=20), False),
    (FaultKind.SWITCH_DOWN, "sw-tsg", timedelta(days=2, hours=6), timedelta(minutes=25), False),
    (FaultKind.AC_SILENT, "ac-1a", timedelta(days=1, hours=11), timedelta(minutes=45), False),
    (FaultKind.AP_DOWN, "JX1-F2-03", timedelta(hours=21), timedelta(hours=3, minutes=5), False),
)


def past_week(plan: Plan, now: datetime) -> tuple[Outage, ...]:
    """Give the faults of the seven days before ``now``, all of them mended.

    Among them: one unit of the pair down (its twin takes over), both units down for 20 minutes, a
    controller silent on SNMP alone, the switch that feeds the library, two access points, a host.
    """
    return tuple(
        Outage(
            kind,
            plan.ap(target).serial if kind is FaultKind.AP_DOWN else target,
            now - ago,
            now - ago + lasted,
            snmp_only=snmp_only,
        )
        for kind, target, ago, lasted, snmp_only in _PAST
    )


class History:
    """The lab's past under the given outages."""

    def __init__(self, plan: Plan, outages: Sequence[Outage]) -> None:
        self.plan = plan
        self._outages = Outages(outages)

    def answers(self, device_id: str, at: datetime) -> bool:
        """Did the device answer SNMP?

        Raises:
            NotFound: there is no such device (so do the others).
        """
        return not self._moment(at).mute(self.plan.device(device_id))

    def echoes(self, device_id: str, at: datetime) -> bool:
        """Did the device answer echoes?"""
        return not self._moment(at).down(self.plan.device(device_id))

    def snapshot(self, device_id: str, at: datetime) -> Snapshot:
        """Give what the device's agent held; tables are made as they are asked for."""
        device = self.plan.device(device_id)
        return Snapshot(tables(device), self._moment(at), device, {})

    def cells(self, device_id: str, at: datetime, *under: str) -> list[Cell]:
        """Give the cells below each of the dotted OIDs ``under``, all cells of the device without one.

        They are those that a walk of the running agent gives at that second. Tables outside cost nothing.
        """
        held = self.snapshot(device_id, at)
        prefixes: list[Oid] = [tuple(map(int, oid.split("."))) for oid in under] or [()]
        return [cell for prefix in prefixes for cell in held.below(prefix)]

    def _moment(self, at: datetime) -> Moment:
        return Moment(self.plan, self._outages, at.replace(microsecond=0))
