"""How are all devices asked, for ever, without one holding up another?

Two lanes run side by side, each with slots of its own: devices that answer, and those known to be silent, which so
cost the others nothing. A lane goes round its devices once a cycle; a *turn* asks one device, and asks it again
a few times when it misses. What comes of it is a value, then a few batches for the store.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campus.catalogue import Catalogue
from campus.errors import CampusError
from campus.model import Batch, Collector, PollResult, Problem
from collectors.batches import Asking, Holds, Target, by_group, of_anchors, of_asking
from collectors.echo import Echo
from collectors.reach import EchoWitness
from collectors.schedule import Beat, Cycle, Roster, jitter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is polled, and how. A device that missed is asked again ``reasks`` after its miss, within the cycle.

    ``deadline`` bounds one asking; ``anchors`` are addresses that prove that the collector itself is connected.
    """

    targets: tuple[Target, ...]
    anchors: tuple[str, ...] = ()
    period: timedelta = timedelta(seconds=60)
    counters: timedelta = timedelta(minutes=5)
    deadline: timedelta = timedelta(seconds=30)
    reasks: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30))
    concurrency: int = 50
    slow_concurrency: int = 16

    @property
    def holds(self) -> Holds:
        """How long what is read stands."""
        return Holds(self.period, self.counters)

    @property
    def spread(self) -> timedelta:
        """Over how much of a cycle the devices' turns begin; the rest is for those that miss."""
        return self.period / 6


@dataclass(frozen=True, slots=True)
class Rim:
    """Everything of the poller that is not pure: whom it asks, where its batches go, what time it is (aware UTC)."""

    collector: Collector
    witness: EchoWitness
    write: Callable[[Batch], Awaitable[None]]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the last turn of one device went (without its measurements); it has been ``answered`` or not ``since``."""

    result: PollResult
    answered: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class PollStats:
    """The suite's measurements of its own poll loop, counted from its start.

    ``skipped`` cycles had no time to run, ``slow_skipped`` are those of the silent devices' lane; ``unwritten``
    batches were refused by the store. ``cycle_s`` is how long the last cycle of the answering devices took.
    """

    cycles: int
    skipped: int
    slow_skipped: int
    cycle_s: float | None
    unwritten: int
    standings: tuple[Standing, ...]


@dataclass(slots=True)
class _Lane:
    answering: bool
    slots: asyncio.Semaphore
    beat: Beat
    cycles: int = 0
    cycle_s: float | None = None


class Poller:
    """Polls the devices of a plan until cancelled."""

    def __init__(self, plan: Plan, rim: Rim, catalogue: Catalogue) -> None:
        self._plan = plan
        self._rim = rim
        self._catalogue = catalogue
        self._targets = {target.device_id: target for target in plan.targets}
        self._roster = Roster(self._targets)
        self._living = _Lane(answering=True, slots=asyncio.Semaphore(plan.concurrency), beat=Beat(plan.period))
        self._slow = _Lane(answering=False, slots=asyncio.Semaphore(plan.slow_concurrency), beat=Beat(plan.period))
        self._standings: dict[str, Standing] = {}
        self._unwritten = 0
        self._store_refuses = False

    async def run(self) -> None:
        """Go round for ever; cancel it to end it."""
        async with asyncio.TaskGroup() as lanes:
            for lane in (self._living, self._slow):
                lanes.create_task(self._go_round(lane))

    def stats(self) -> PollStats:
        """Give the present numbers of the loop."""
        return PollStats(
            cycles=self._living.cycles,
            skipped=self._living.beat.skipped,
            slow_skipped=self._slow.beat.skipped,
            cycle_s=self._living.cycle_s,
            unwritten=self._unwritten,
            standings=tuple(self._standings.values()),
        )

    # ── a lane ──

    async def _go_round(self, lane: _Lane) -> None:
        while True:
            began = self._rim.now()
            if wait := lane.beat.wait(began):
                await asyncio.sleep(wait.total_seconds())
                continue
            before = lane.beat.skipped
            lane.beat, cycle = lane.beat.begin(began)
            if lane.beat.skipped > before:
                log.warning("poll_cycles_skipped count=%d answering=%s", lane.beat.skipped - before, lane.answering)
            await self._cycle(lane, cycle)
            lane.cycles += 1
            lane.cycle_s = (self._rim.now() - began).total_seconds()

    async def _cycle(self, lane: _Lane, cycle: Cycle) -> None:
        """Ask a lane's devices; misses are kept last, so that the anchors of their minute are known before them."""
        targets = [self._targets[one] for one in self._roster.pool(answering=lane.answering)]
        async with asyncio.TaskGroup() as group:
            anchors = group.create_task(self._rim.witness.ask(self._plan.anchors)) if lane.answering else None
            turns = [group.create_task(self._turn(units, cycle, lane)) for units in by_group(targets)]
        missed = [asking for turn in turns for asking in turn.result() if not asking.answered]
        if anchors:
            await self._keep_anchors(cycle, anchors.result(), missed)
        for asking in missed:
            await self._keep(of_asking(asking, self._plan.holds, self._rim.witness.name, self._catalogue))

    async def _keep_anchors(self, cycle: Cycle, first: Mapping[str, Echo], missed: Sequence[Asking]) -> None:
        """Where devices missed, ask again: a collector that was cut off since the start of the cycle has no anchor."""
        again = await self._rim.witness.ask(self._plan.anchors) if missed else {}
        worst = {
            address: min(echo, again.get(address, echo), key=lambda one: one.up) for address, echo in first.items()
        }
        await self._keep(of_anchors(cycle.at, self._plan.period, self._rim.witness.name, worst))

    # ── a turn ──

    async def _turn(self, units: Sequence[Target], cycle: Cycle, lane: _Lane) -> list[Asking]:
        """Ask the units of one HA group, or a single device; keep what those told that answered."""
        await self._sleep_until(cycle.at + jitter(units[0].group, self._plan.spread))
        askings = await asyncio.gather(*(self._ask_patiently(unit, cycle, lane) for unit in units))
        if lane.answering and len({bool(asking.answered) for asking in askings}) == 2:
            askings = await asyncio.gather(*(self._ask_heir(asking, lane) for asking in askings))
        for asking in askings:
            self._note(asking)
            if asking.answered:
                await self._keep(of_asking(asking, self._plan.holds, self._rim.witness.name, self._catalogue))
        return askings

    async def _ask_heir(self, asking: Asking, lane: _Lane) -> Asking:
        """Another unit was just found silent: by now this one may have taken its APs over, so ask it once more."""
        again = await self._ask(asking.target, lane) if asking.answered else asking
        return again if again.answered else asking

    async def _ask_patiently(self, target: Target, cycle: Cycle, lane: _Lane) -> Asking:
        asking = await self._ask(target, lane)
        return await self._ask_again(asking, cycle) if lane.answering and asking.answered is False else asking

    async def _ask_again(self, asking: Asking, cycle: Cycle) -> Asking:
        """Ask until it answers or the moments are used up, in the slow lane's slots: the first miss cost enough."""
        took = timedelta(seconds=asking.result.took_s)
        for moment in cycle.reasks(self._rim.now(), self._plan.reasks, took):
            await self._sleep_until(moment)
            asking = await self._ask(asking.target, self._slow)
            if asking.answered is not False:
                break
        return asking

    async def _ask(self, target: Target, lane: _Lane) -> Asking:
        (result, answered), echoes = await asyncio.gather(
            self._collect(target.device_id, lane.slots), self._rim.witness.ask([target.address])
        )
        return Asking(target, result, answered, echoes.get(target.address))

    async def _collect(self, device_id: str, slots: asyncio.Semaphore) -> tuple[PollResult, bool | None]:
        """Give the result, and whether the device answered; ``None`` where we cannot say."""
        deadline_s = self._plan.deadline.total_seconds()
        async with slots:
            began = self._rim.now()
            try:
                async with asyncio.timeout(deadline_s):
                    result = await self._rim.collector.collect(device_id, began)
            except TimeoutError:
                problem = Problem("DeviceSilent", f"no complete answer within {deadline_s:g} s")
            except Exception as error:  # a bug that one device uncovers must not stop the others
                problem = Problem("Bug", f"{type(error).__name__}; the log has more")
                before = self._standings.get(device_id)
                if not before or before.result.problem != problem:
                    log.exception("poll_failed device=%s", device_id)
            else:
                return result, result.problem is None
            return PollResult(device_id, began, (self._rim.now() - began).total_seconds(), problem=problem), None

    async def _sleep_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self._rim.now()).total_seconds()))

    # ── what came of it ──

    def _note(self, asking: Asking) -> None:
        result, answered = asking.result, bool(asking.answered)
        before = self._standings.get(result.device_id)
        changed = self._roster.note(result.device_id, answered=answered)
        if changed and result.problem:
            problem = result.problem
            log.warning("device_silent device=%s problem=%s detail=%s", result.device_id, problem.kind, problem.detail)
        elif changed:
            log.warning("device_back device=%s", result.device_id)
        if answered and result.gaps != (before.result.gaps if before else ()):
            log.info("device_gaps device=%s gaps=%s", result.device_id, "; ".join(result.gaps) or "none")
        since = before.since if before and not changed else result.at
        self._standings[result.device_id] = Standing(replace(result, measurements=()), answered, since)

    async def _keep(self, batches: list[Batch]) -> None:
        for batch in batches:
            try:
                await self._rim.write(batch)
            except Exception as error:  # polling outlives a store that is full or gone
                self._unwritten += 1
                if not self._store_refuses:
                    log.error("store_refuses error=%s", error, exc_info=not isinstance(error, CampusError))
                self._store_refuses = True
            else:
                self._store_refuses = False
