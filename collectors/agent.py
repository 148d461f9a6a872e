"""How does the poll loop ask an SNMP agent? Remembers for each device what the next poll builds on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campus.model import PollResult
from collectors.schedule import Tiers
from collectors.snmp.budget import Budget, Pace
from collectors.snmp.collect import DevicePoll
from collectors.snmp.credential import Limits, Target
from collectors.snmp.engine import open_session
from collectors.snmp.fetch import Ask
from inventory.profile import Profiles, chosen
from inventory.profile_language import Tier

AUTO = "auto"
_STATIONS = "station"
_USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Agent:
    """An SNMP agent: where and in whose name it is asked, by which profile (``auto`` = by all that fit).

    ``seen_up`` are the ids of the APs that it had up when last heard, before a restart of ours.
    """

    target: Target
    profile: str = AUTO
    seen_up: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How all agents are asked: the tiers' periods, patience, PDUs a second for each, and whether for stations.

    A poll gives what it has ``within_s``.
    """

    tiers: Mapping[Tier, timedelta]
    limits: Limits = _USUAL_LIMITS
    pdu_budget: float = 100
    stations: bool = False
    within_s: float = 40


@dataclass(slots=True)
class _Acquaintance:
    """What we know of one device: where it is asked, its profile and counters (``poll``), its speed."""

    target: Target
    poll: DevicePoll
    pace: Pace


class SnmpCollector:
    """Implements `campus.model.Collector` for SNMP agents.

    Raises:
        NotFound: an agent names a profile that does not exist.
    """

    def __init__(self, agents: Iterable[Agent], profiles: Profiles, manner: Manner) -> None:
        self._manner = manner
        self._tiers = Tiers({str(tier): period for tier, period in manner.tiers.items()})
        self._known = {
            agent.target.device_id: _Acquaintance(
                agent.target,
                DevicePoll(agent.target.device_id, chosen(profiles, agent.profile), agent.seen_up),
                Pace(Budget(manner.pdu_budget)),
            )
            for agent in agents
        }

    async def collect(self, device_id: str, now: datetime) -> PollResult:
        """Ask one device for the tiers that it owes; never raises `DeviceError`."""
        known = self._known[device_id]
        due = frozenset(Tier(name) for name in self._tiers.due(device_id, now))
        session = open_session(known.target, self._manner.limits, known.pace)
        result = await known.poll.poll(session, self._ask(due), now)
        if result.problem:
            return result
        self._tiers.done(device_id, due, now)
        _spare(known.pace, result)
        return result

    def _ask(self, due: frozenset[Tier]) -> Ask:
        wants_stations = self._manner.stations and Tier.COUNTERS in due
        optional = frozenset({_STATIONS} if wants_stations else ())
        return Ask(due | {Tier.STATE}, optional, self._manner.within_s)


def _spare(pace: Pace, result: PollResult) -> None:
    """Ask less of a device that says it is busy."""
    for one in result.measurements:
        load = one.values.get(f"{one.entity.kind}.cpu_ratio")
        if one.entity.id == result.device_id and load is not None:
            pace.load(load)
