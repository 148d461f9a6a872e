"""Which plans were made, signed and carried out, by whom, and which run was cut off?

Records hold numbers of people, kinds of changes and hidden values: no name, no ID number, no mail address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from campus.errors import Forbidden, NotFound
from campus.store.contracts import Record, RecordStore
from identity.people.plan import Plan, as_data

PLAN, APPROVAL, RUN = "people_plan", "people_approval", "people_run"
BREAK_GLASS_AFTER = timedelta(minutes=30)
"""How long one person alone must wait who signed because nobody else could be reached."""

State = Literal["begun", "done", "superseded"]


@dataclass(frozen=True, slots=True)
class Run:
    """One plan that is or was carried out. ``steps`` seal every change; ``out`` are those whose sessions must end."""

    id: str
    hash: str
    state: State
    steps: frozenset[str]
    out: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that was done to a person: when, what kind of action, by which plan."""

    at: datetime
    kind: str
    hash: str


class Journal:
    """The records of the life cycle of people."""

    def __init__(self, records: RecordStore) -> None:
        self._records = records

    async def planned(self, plan: Plan, principal: str, at: datetime) -> None:
        """Keep a plan, so that another can look at it and sign it."""
        await self._records.append(Record(PLAN, plan.hash, at, principal, as_data(plan)))

    async def plans(self) -> Sequence[Record]:
        """Give all plans, oldest first."""
        return await self._records.list(PLAN)

    async def approve(self, seal: str, principal: str, at: datetime, *, break_glass: bool = False) -> Record:
        """Sign a plan that breaks a budget; gives the plan.

        Raises:
            NotFound: no plan with this hash was made.
        """
        plan = next((record for record in await self.plans() if record.id == seal), None)
        if plan is None:
            raise NotFound(f"no plan has the hash {seal}")
        await self._records.append(Record(APPROVAL, seal, at, principal, {"break_glass": break_glass}))
        return plan

    async def approved(self, seal: str, principal: str, at: datetime) -> None:
        """See that ``principal`` may carry out a plan that breaks a budget: another one signed it, and once only.

        Whoever signed with ``break_glass`` may do so alone, half an hour later.

        Raises:
            Forbidden: nobody signed, or the signature is used up, or it is the principal's own.
        """
        signed = next((record for record in await self._records.list(APPROVAL) if record.id == seal), None)
        used = [record.at for record in await self._records.list(RUN) if record.body["hash"] == seal]
        if signed is None or any(at >= signed.at for at in used):
            raise Forbidden(f"plan {seal} breaks a budget: a second person must approve this hash")
        if signed.principal != principal:
            return
        if not signed.body["break_glass"]:
            raise Forbidden(f"plan {seal} was approved by {principal}: somebody else must apply it")
        if at < signed.at + BREAK_GLASS_AFTER:
            raise Forbidden(f"plan {seal} was approved by breaking glass: wait until {signed.at + BREAK_GLASS_AFTER}")

    async def begin(self, plan: Plan, steps: frozenset[str], principal: str, at: datetime) -> Run:
        """Write down what will be done, before anything is."""
        out = tuple(action.uuid for action in plan.actions if action.kind == "suspend")
        run = Run(f"{plan.hash}/{at.isoformat()}", plan.hash, "begun", steps, out, plan.counts)
        await self._keep(run, principal, at)
        return run

    async def end(self, run: Run, principal: str, at: datetime, failed: Sequence[tuple[str, str]] = ()) -> None:
        """Say that nothing of a run is left to do, or that another took its place (``run.state``)."""
        await self._keep(run, principal, at, failed)

    async def cut_off(self) -> list[Run]:
        """Give the runs that were begun and never ended."""
        runs = [_run(record) for record in await self.runs()]
        return [run for run in runs if run.state == "begun"]

    async def runs(self) -> Sequence[Record]:
        """Give all runs, oldest first."""
        return await self._records.list(RUN)

    async def history(self) -> list[Record]:
        """Give plans, signatures and runs, oldest first."""
        found = [*await self.plans(), *await self._records.list(APPROVAL), *await self.runs()]
        return sorted(found, key=lambda record: record.at)

    async def past(self, person_id: str) -> list[Past]:
        """Give what was done to one person, oldest first."""
        kinds = {record.id: kind for record in await self.plans() if (kind := _kind_for(record, person_id))}
        runs = [record for record in await self.runs() if record.body["state"] == "done"]
        return [
            Past(record.at, kinds[str(record.body["hash"])], str(record.body["hash"]))
            for record in runs
            if record.body["hash"] in kinds and person_id not in _failed(record)
        ]

    async def _keep(self, run: Run, principal: str, at: datetime, failed: Sequence[tuple[str, str]] = ()) -> None:
        body = {
            "hash": run.hash,
            "state": run.state,
            "counts": dict(run.counts),
            "steps": sorted(run.steps) if run.state == "begun" else [],
            "out": list(run.out),
            "failed": [{"person_id": person_id, "what": what} for person_id, what in failed],
        }
        await self._records.append(Record(RUN, run.id, at, principal, body))


def _kind_for(plan: Record, person_id: str) -> str:
    actions = plan.body["actions"]
    rows = actions if isinstance(actions, list) else []
    return next((str(action["kind"]) for action in rows if action["person_id"] == person_id), "")


def _failed(run: Record) -> set[str]:
    failed = run.body["failed"]
    return {one["person_id"] for one in failed} if isinstance(failed, list) else set()


def _run(record: Record) -> Run:
    body = record.body
    steps, out, counts = body["steps"], body["out"], body["counts"]
    return Run(
        record.id,
        str(body["hash"]),
        _STATES[str(body["state"])],
        frozenset(map(str, steps if isinstance(steps, list) else ())),
        tuple(map(str, out if isinstance(out, list) else ())),
        counts if isinstance(counts, dict) else {},
    )


_STATES: Mapping[str, State] = {"begun": "begun", "done": "done", "superseded": "superseded"}
