"""How is one device polled over SNMP, from detection to measurements? And how is the result shown as JSON?

The device's failure is in the result, never raised.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from campus.errors import DeviceError
from campus.model import Entity, Measurement, PollResult, Problem
from collectors.normalise import Normaliser
from collectors.readings import Answer, Reading
from collectors.snmp.detect import Match, candidates, detect
from collectors.snmp.fetch import EVERYTHING, Ask, fetch, names
from collectors.snmp.read import read
from collectors.snmp.walk import Column, Session
from inventory.profile import Profiles
from inventory.profile_language import Tier


class DevicePoll:
    """One device between its polls: which profiles fit it, the names it told, its counters.

    Detection is repeated after a failure and after a restart of the device: an upgrade may move every OID, and
    silence in the old place must not read as the loss of everything. ``seen_up`` are the APs that it had up
    before a restart of ours.
    """

    def __init__(self, device_id: str, profiles: Profiles, seen_up: Iterable[str] = ()) -> None:
        self._device_id = device_id
        self._profiles = profiles
        self._normaliser = Normaliser(device_id, seen_up)
        self._matches: Sequence[Match] = ()
        self._names: dict[str, Column] = {}
        self._names_due = True
        self._met: frozenset[Entity] = frozenset()
        self._nameless = 0
        self._uptime_s = 0.0

    async def poll(self, session: Session, ask: Ask, at: datetime) -> PollResult:
        """Open the session and ask the device once. Time spent is told by the clock of the running loop."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with session:
                result = await self._poll(session, ask, at)
        except DeviceError as error:
            self._matches = ()
            problem = Problem(type(error).__name__, error.detail)
            result = PollResult(self._device_id, at, took_s=0, problem=problem)
        return replace(result, took_s=round(clock() - started, 3))

    async def _poll(self, session: Session, ask: Ask, at: datetime) -> PollResult:
        if not self._matches:
            self._matches = await detect(session, self._profiles)
            self._names, self._names_due = {}, True
        if not self._matches:
            return PollResult(self._device_id, at, took_s=0, gaps=(_unfit(self._profiles),))
        if self._names_due:
            ask = replace(ask, tiers=ask.tiers | {Tier.NAMES})
        walk = await fetch(self._device_id, self._matches, session, ask, at)
        walk = replace(walk, columns={**self._names, **walk.columns})
        matches = self._matches
        answer = _united([read(walk, match, ask) for match in matches])
        if self._restarted(answer):
            return await self._poll(session, ask, at)
        strangers = self._meets_strangers(answer, ask)
        if Tier.NAMES in ask.tiers:
            self._keep_names(names(walk, matches))
        else:
            self._names_due = strangers
        return PollResult(
            device_id=self._device_id,
            at=at,
            took_s=0,
            profile=matches[0].profile.name,
            variant=matches[0].variant,
            evidence=matches[0].evidence,
            profiles=tuple(match.profile.name for match in matches[1:]),
            measurements=self._normaliser.take(at, answer),
            gaps=answer.gaps,
        )

    def _keep_names(self, told: dict[str, Column]) -> None:
        """Remember complete columns; an incomplete one leaves what was known and is asked again next time."""
        self._names |= {oid: column for oid, column in told.items() if column.problem is None}
        self._names_due = any(column.problem is not None for column in told.values())

    def _meets_strangers(self, answer: Answer, ask: Ask) -> bool:
        """Tell whether something is there that was not when the names were read: they are due before their time."""
        met = {one.entity for one in answer.readings if one.entity.kind not in ask.optional}
        new = not met <= self._met or answer.nameless > self._nameless
        self._met |= met
        self._nameless = answer.nameless
        return new

    def _restarted(self, answer: Answer) -> bool:
        """Tell whether the device's clock went back since it was detected; if so forget where it answers."""
        before = self._uptime_s
        self._uptime_s = before if answer.uptime_s is None else answer.uptime_s
        if self._uptime_s >= before:
            return False
        self._matches = ()
        return True


async def poll_once(
    device_id: str, session: Session, profiles: Profiles, at: datetime, ask: Ask = EVERYTHING
) -> PollResult:
    """Poll a device or a recording a single time, by those of ``profiles`` that fit; so there are no rates."""
    return await DevicePoll(device_id, profiles).poll(session, ask, at)


def _unfit(profiles: Profiles) -> str:
    oids = sorted({oid for profile in profiles.values() for oid in candidates(profile)})
    return f"no profile fits: nothing answers under {', '.join(oids)}"


def poll_json(result: PollResult) -> dict[str, object]:
    """Give the document of ``campus poll --format json``: ids as the device knows them, absent values absent."""
    return {
        "device": result.device_id,
        "profile": result.profile or None,
        "variant": result.variant or None,
        "evidence": result.evidence,
        "profiles": list(result.profiles),
        "at": result.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "took_s": result.took_s,
        "problem": result.problem and {"kind": result.problem.kind, "detail": result.problem.detail},
        "measurements": [_measurement_json(measurement) for measurement in result.measurements],
        "gaps": list(result.gaps),
    }


def _measurement_json(measurement: Measurement) -> dict[str, object]:
    return {
        "kind": measurement.entity.kind,
        "id": measurement.entity.id,
        "values": {name: _plain(value) for name, value in measurement.values.items()},
        "facts": dict(measurement.facts),
    }


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _united(answers: Sequence[Answer]) -> Answer:
    """Unite what several profiles read of one device: one entity once, the first profile's word first."""
    if len(answers) == 1:
        return answers[0]
    readings: dict[Entity, Reading] = {}
    for answer in answers:
        for reading in answer.readings:
            first = readings.setdefault(reading.entity, reading)
            readings[reading.entity] = Reading(
                reading.entity,
                {**reading.values, **first.values},
                {**reading.facts, **first.facts},
                {**reading.counters, **first.counters},
            )
    return Answer(
        readings=tuple(readings.values()),
        gaps=tuple(dict.fromkeys(gap for answer in answers for gap in answer.gaps)),
        settled=frozenset().union(*(answer.settled for answer in answers)),
        uptime_s=answers[0].uptime_s,
        nameless=sum(answer.nameless for answer in answers),
    )
