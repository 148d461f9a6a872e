"""What do all tests share: the rule for missing programs, closed sockets in unit tests, the count of skips."""

import os
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio

from identity.keycloak import Account, Keycloak
from tests.keycloak_server import VERSION, KeycloakServer, NotFetchedError, java_version, running_keycloak
from tests.snmp_agents import Cell, Mib, UdpAgent, read_snmprec

TESTS = Path(__file__).parent


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CAMPUS_REAL") == "required":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def need() -> Callable[[str, str], str]:
    """Give ``need(program, package)``: the path of a real program that a test talks to.

    Where it is missing the test fails if ``CAMPUS_REAL=required`` (as in CI), else it is skipped; both
    say which Debian package to install.
    """

    def find(program: str, package: str) -> str:
        path = shutil.which(program, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
        if path is None:
            _missing(f"{program} is missing: apt-get install {package}")
        return path

    return find


@pytest.fixture(scope="session")
def keycloak(need: Callable[[str, str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeycloakServer]:
    """A real Keycloak on loopback, one for the whole run; tests make realms of their own in it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_keycloak(need, tmp_path_factory.mktemp("keycloak")))
        except NotFetchedError as error:
            _missing(str(error))
        yield server


@pytest_asyncio.fixture
async def admin(keycloak: KeycloakServer) -> AsyncIterator[Keycloak]:
    """Our transport to an empty realm of the test's own."""
    account = Account(keycloak.url, "master", keycloak.client_id, lambda: keycloak.secret)
    async with Keycloak(account, f"test-{secrets.token_hex(4)}") as admin:
        await admin.create_realm({"realm": admin.realm, "enabled": True})
        yield admin
        await admin.delete("")


@pytest.fixture
def udp_agent() -> Iterator[Callable[..., UdpAgent]]:
    """Give ``udp_agent(answer, host="127.0.0.1")``: an agent on a free port that answers octets with octets."""
    agents: list[UdpAgent] = []

    def start(answer: Callable[[bytes], Iterable[bytes]], host: str = "127.0.0.1") -> UdpAgent:
        agents.append(UdpAgent(answer, host))
        return agents[-1]

    yield start
    for agent in agents:
        agent.close()


@pytest.fixture
def replay_agent(udp_agent: Callable[..., UdpAgent]) -> Callable[..., UdpAgent]:
    """Give ``replay_agent(source, …)``: an agent that serves a recording or a list of (oid, tag, value) over UDP.

    ``host, port = replay_agent(path, order="sorted" | "file", largest=1472, community="public", prefixes=())``.
    The agent counts its ``requests``, and ``silent = True`` makes it fall silent.
    """

    def start(
        source: Path | Iterable[Cell],
        *,
        order: str = "sorted",
        largest: int = 1472,
        community: str = "public",
        prefixes: tuple[str, ...] = (),
    ) -> UdpAgent:
        cells = read_snmprec(source, prefixes) if isinstance(source, Path) else source
        return udp_agent(Mib(cells, order, largest, community).answer)

    return start


def pytest_report_header() -> str:
    """Say which Keycloak the tests talk to."""
    return f"keycloak: {VERSION} on java {java_version() or '(none: apt-get install default-jre-headless)'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Close sockets in unit tests: what is pure stays pure."""
    for item in items:
        if item.path.is_relative_to(TESTS / "unit"):
            item.add_marker(pytest.mark.disable_socket)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the skipped tests by reason."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("not run, by reason")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:5} × {reason}")
