"""How do the settings become collectors? Credentials, agents, the echo witness and the poll loop over them."""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from campus import settings
from campus.cli.build import Suite, now
from campus.model import Series, SeriesQuery
from campus.store.contracts import SeriesStore
from collectors.agent import Agent, Manner, SnmpCollector
from collectors.batches import Target as Polled
from collectors.poll import Plan, Poller, Rim
from collectors.reach import EchoWitness, NoEchoes, icmp, udp
from collectors.schedule import EPOCH
from collectors.snmp.credential import Community, Credential, Target, UsmUser
from inventory import profile
from inventory.estate import Device
from inventory.profile_language import Tier

TOKEN_OCTETS = 8
WITHIN = 0.8
"""The share of a poll's deadline after which it gives what it has; the rest is for what comes before and after."""


def target_of(of: Suite, device: Device) -> Target:
    """Whom to ask for a device, and in whose name.

    Raises:
        ConfigError: its secret is missing; names the line.
    """
    credential = _credential(of.settings.credentials[device.credential])
    return Target(device.id, device.address, credential, device.port, device.engine)


def _credential(kept: settings.Community | settings.User) -> Credential:
    if isinstance(kept, settings.Community):
        return Community(kept.version, kept.community.reveal())
    return UsmUser(
        kept.user,
        kept.auth,
        kept.auth_secret.reveal() if kept.auth_secret else "",
        kept.priv,
        kept.priv_secret.reveal() if kept.priv_secret else "",
    )


@asynccontextmanager
async def poller(of: Suite, store: SeriesStore) -> AsyncIterator[Poller]:
    """Make the poll loop of all devices in service; it writes to ``store``.

    Raises:
        ConfigError: a secret is missing.
    """
    collect = of.settings.collect
    devices = [device for device in of.estate.devices if device.in_service(now())]
    known = seen_up(await store.range(SeriesQuery(("ap.up",), EPOCH, now())))
    agents = [Agent(target_of(of, one), one.profile, known.get(one.id, ())) for one in devices]
    tiers = {Tier.STATE: collect.tiers.state, Tier.COUNTERS: collect.tiers.counters, Tier.NAMES: collect.tiers.names}
    within_s = WITHIN * collect.deadline.total_seconds()
    manner = Manner(tiers, pdu_budget=collect.pdu_budget, stations=collect.stations, within_s=within_s)
    plan = Plan(
        targets=tuple(Polled(one.id, one.kind, one.address, one.group) for one in devices),
        anchors=collect.anchors,
        period=collect.tiers.state,
        counters=collect.tiers.counters,
        deadline=collect.deadline,
        concurrency=collect.concurrency,
    )
    async with AsyncExitStack() as stack:
        witness = await _witness(collect.echo, stack)
        rim = Rim(SnmpCollector(agents, profile.load(), manner), witness, store.write, now)
        yield Poller(plan, rim, of.catalogue)


async def _witness(echo: str, stack: AsyncExitStack) -> EchoWitness:
    token = secrets.token_bytes(TOKEN_OCTETS)
    if echo == "icmp":
        return await stack.enter_async_context(icmp(token))
    kind, _, port = echo.partition(":")
    return await stack.enter_async_context(udp(token, int(port))) if kind == "udp" else NoEchoes()


def seen_up(told: Iterable[Series]) -> dict[str, list[str]]:
    """The APs that each device ever told to be up: what is gone after a restart of ours is down, not unknown."""
    seen: dict[str, list[str]] = {}
    for one in told:
        if any(span.value for span in one.spans):
            seen.setdefault(one.source, []).append(one.entity.id)
    return seen
