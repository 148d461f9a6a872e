"""Real daemons that tests talk to: started on loopback, in a directory of the test's own, and ended with it."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Snmpd:
    """Debian's snmpd on a free port of 127.0.0.1, with a configuration and a persistent directory of its own."""

    def __init__(self, program: str, directory: Path, conf: str) -> None:
        self.host, self.port = "127.0.0.1", _free_port()
        self._program = program
        self._directory = directory
        (directory / "snmpd.conf").write_text(f"agentaddress udp:127.0.0.1:{self.port}\n{conf}\n")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def __iter__(self) -> Iterator[str | int]:
        """``host, port = snmpd``."""
        return iter((self.host, self.port))

    def start(self, persistent: str = "persistent") -> None:
        """Start it; another ``persistent`` directory makes it another engine."""
        keep = self._directory / persistent
        keep.mkdir(exist_ok=True)
        log = self._directory / "log"
        log.write_text("")
        self._process = subprocess.Popen(
            [self._program, "-f", "-Lf", log, "-I", "-smux"],
            env=os.environ
            | {"SNMPCONFPATH": f"{self._directory}:{keep}", "SNMP_PERSISTENT_DIR": str(keep), "MIBS": ""},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while "NET-SNMP version" not in log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"snmpd did not start: {log.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)


@pytest.fixture(scope="session")
def snmpd(
    need: Callable[[str, str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Snmpd]]:
    """Give ``snmpd(conf)``: a running Debian snmpd with these lines of configuration; ends with the session."""
    program = need("snmpd", "snmpd")
    running: list[Snmpd] = []

    def start(conf: str) -> Snmpd:
        running.append(Snmpd(program, tmp_path_factory.mktemp("snmpd"), conf))
        return running[-1]

    yield start
    for daemon in running:
        daemon.stop()
