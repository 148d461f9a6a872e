"""What runs for ever, and how does it end? Collecting, counting, serving; SIGINT or SIGTERM ends all of it."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial

import uvicorn

from api.app import Rules, close, create_app
from api.engine import Engine
from campus.cli.build import Suite, closings, now
from campus.cli.collectors import poller
from campus.errors import ServiceError
from campus.indicators.timeline import MINUTE
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore
from identity.keycloak import issuer, signing_keys
from identity.tokens import Expected, Verifier

log = logging.getLogger(__name__)

AUDIENCE = "campus-api"
COUNT_EVERY_S = 10
CLOSE_EVERY_S = 300
COLLECTOR = "campus collect"
TIDY_EVERY_S = 3600


async def until_stopped(*jobs: Coroutine[object, object, None]) -> None:
    """Run ``jobs`` side by side until a signal comes or one of them ends, then end all; errors come through."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(job) for job in (*jobs, _waited(stop))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
            raise outcome


async def _waited(stop: asyncio.Event) -> None:
    await stop.wait()


async def collect(of: Suite, store: SqliteStore, judges: Engine) -> None:
    """Poll all devices, count the indicators, close periods, drop what is too old; ``store`` must be the writer."""
    async with poller(of, store) as polling, asyncio.TaskGroup() as group:
        group.create_task(polling.run())
        group.create_task(_count(judges))
        group.create_task(_close(of, judges))
        group.create_task(_tidy(store, timedelta(days=of.settings.store.raw_days)))


async def _count(judges: Engine) -> None:
    while True:
        try:
            await judges.ledger.catch_up(await judges.live.as_of(now()) + MINUTE)
        except ServiceError as error:
            log.warning("count_failed error=%s", error)
        await asyncio.sleep(COUNT_EVERY_S)


async def _close(of: Suite, judges: Engine) -> None:
    async with records(of) as kept:
        closing = closings(of, kept, judges)
        while True:
            try:
                await closing.close_due(now(), COLLECTOR)
            except ServiceError as error:
                log.warning("close_failed error=%s", error)
            await asyncio.sleep(CLOSE_EVERY_S)


async def _tidy(store: SqliteStore, keep: timedelta) -> None:
    while True:
        try:
            await store.forget(now() - keep)
        except ServiceError as error:
            log.warning("tidy_failed error=%s", error)
        await asyncio.sleep(TIDY_EVERY_S)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one place that ends things."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(of: Suite, judges: Engine, records: SqliteRecords) -> None:
    """Serve API and pages at the address of the settings until cancelled.

    Raises:
        ServiceError: the address is taken.
    """
    host, _, port = of.settings.api.listen.rpartition(":")
    rules = Rules(of.settings.indicators.measure_periods, _tokens(of))
    app = create_app(judges, records, of.zone, rules=rules)
    config = uvicorn.Config(
        app, host=host.strip("[]"), port=int(port), log_config=None, access_log=False, server_header=False
    )
    server = _Server(config)
    serving = asyncio.create_task(_serve(server, of.settings.api.listen))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        close(app)
        server.should_exit = True
        await serving
        raise


def _tokens(of: Suite) -> Verifier | None:
    """Accept the tokens of the college's realm that are meant for this API; asks Keycloak when the first one comes."""
    access = of.settings.identity.keycloak
    if access is None:
        return None
    expected = Expected(issuer(access.url, access.realm), AUDIENCE)
    return Verifier(expected, partial(signing_keys, access.url, access.realm))


async def _serve(server: uvicorn.Server, listen: str) -> None:
    try:
        await server.serve()
    except SystemExit:
        raise ServiceError(f"{listen} cannot be listened on; is another program there?") from None


@asynccontextmanager
async def records(of: Suite) -> AsyncIterator[SqliteRecords]:
    """Open the records beside the store."""
    async with SqliteRecords(of.settings.store.path) as opened:
        yield opened
