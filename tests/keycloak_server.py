"""A real Keycloak for tests: fetched once by its Maven coordinates, built once, then started from a seeded copy.

All of it lives under ``.cache/keycloak/<version>/``: the server's build, an H2 database in which the master realm and
one service account exist already, and that account's secret. A test run copies the database and is ready in seconds.
"""

import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "26.7.3"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz"
CACHE = Path(__file__).parents[1] / ".cache" / "keycloak" / VERSION
CLIENT = "campus-tests"
BUILT_WITH = ("--db=dev-file", "--health-enabled=true", "--metrics-enabled=true")
LOG = "keycloak.log"
DATABASE = "keycloak.mv.db"
START_S = 180
Need = Callable[[str, str], str]


class NotFetchedError(Exception):
    """The server is not in the cache, and Maven cannot get it now."""


@dataclass(frozen=True, slots=True)
class KeycloakServer:
    """A running server: its address, that of its health and metrics, what it calls itself, and an almighty account."""

    url: str
    management: str
    version: str
    client_id: str
    secret: str = field(repr=False)


def java_version() -> str:
    """What the Java on this machine calls itself, without starting it; empty where there is none."""
    program = shutil.which("java")
    release = Path(program).resolve().parents[1] / "release" if program else None
    if release is None or not release.is_file():
        return ""
    lines = dict(line.split("=", 1) for line in release.read_text("utf-8").splitlines() if "=" in line)
    return lines.get("JAVA_VERSION", "").strip('"')


@contextmanager
def running_keycloak(need: Need, folder: Path) -> Iterator[KeycloakServer]:
    """Run a fresh Keycloak whose data are in ``folder``.

    Raises:
        NotFetchedError: it is not in the cache, and Maven cannot get it now.
    """
    need("java", "default-jre-headless")
    with _locked(CACHE.with_name("lock")):
        if not (CACHE / DATABASE).is_file():
            _prepare(need)
    shutil.copy(CACHE / DATABASE, folder)
    with _started(CACHE / "server", folder, {}) as (url, management):
        log = (folder / LOG).read_text("utf-8", "replace")
        version = re.findall(r"Keycloak (\S+) on JVM", log)[-1]
        yield KeycloakServer(url, management, version, CLIENT, (CACHE / "secret").read_text("utf-8"))


def _prepare(need: Need) -> None:
    """Fetch, unpack and build the server, and start it once so that its database is laid out."""
    maven = need("mvn", "maven")
    work = CACHE.with_name(f"{VERSION}.making")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        _run([maven, "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={work}"])
    except RuntimeError as error:
        raise NotFetchedError(f"Keycloak could not be fetched: {str(error)[:300]}") from None
    (archive,) = work.glob("*.tar.gz")
    _run(["tar", "-xzf", str(archive), "-C", str(work)])
    archive.unlink()
    (work / f"keycloak-{VERSION}").rename(work / "server")
    _run([str(work / "server/bin/kc.sh"), "build", *BUILT_WITH])
    secret = secrets.token_urlsafe(24)
    (work / "secret").write_text(secret, "utf-8")
    first = {"KC_BOOTSTRAP_ADMIN_CLIENT_ID": CLIENT, "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET": secret}
    with _started(work / "server", work, first):
        pass
    shutil.rmtree(CACHE, ignore_errors=True)
    work.rename(CACHE)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextmanager
def _started(server: Path, data: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Run the server on two free ports of loopback; gives its address and that of its health."""
    port, health_port = _free_ports(2)
    log = data / LOG
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                str(server / "bin/kc.sh"),
                "start",
                "--optimized",
                "--cache=local",
                "--http-enabled=true",
                "--hostname-strict=false",
                "--http-host=127.0.0.1",
                f"--http-port={port}",
                "--http-management-host=127.0.0.1",
                f"--http-management-port={health_port}",
                f"--db-url=jdbc:h2:file:{data / DATABASE.partition('.')[0]};NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE",
            ],
            env=os.environ | _java_options(data) | environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_health(process, f"http://127.0.0.1:{health_port}/health/ready", log)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{health_port}"
    finally:
        _end(process)


def _java_options(data: Path) -> dict[str, str]:
    """Small and quick to start, which is what a test run wants of it."""
    return {
        "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
        "JAVA_OPTS_GC": "-XX:+UseSerialGC",
        "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
        "QUARKUS_TRANSACTION_MANAGER_OBJECT_STORE_DIRECTORY": str(data / "transactions"),
    }


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _await_health(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Keycloak did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server with its starting script; both are in a session of their own."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one test run at a time look after the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
