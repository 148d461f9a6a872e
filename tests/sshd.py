"""A managed host for tests: Debian's sshd on loopback with an /etc of its own, in a mount namespace of its own.

Needs root. What the host may be asked about is a copy of this machine's /etc that a test hardens or spoils; nothing
outside of the test's folder is written.
"""

import hashlib
import shutil
import socket
import subprocess
import time
from pathlib import Path

CONFIG = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
"""
START = """mount --make-rprivate / && mount -t tmpfs none /run && mkdir /run/sshd &&
mount --bind "$1/etc" /etc && exec "$2" -D -e -f /etc/ssh/sshd_config"""


class SshHost:
    """One host: ``etc`` is its /etc, ``home`` the home of its root user, ``port`` where its sshd listens."""

    def __init__(self, program: str, folder: Path, conf: str = "") -> None:
        self.folder, self.etc, self.home = folder, folder / "etc", folder / "home"
        self.port = _free_port()
        self._program = program
        subprocess.run(["cp", "-a", "/etc", self.etc], check=True)
        self.home.mkdir()
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        shutil.copyfile(folder / "user_key.pub", folder / "authorized_keys")
        shutil.rmtree(self.etc / "ssh" / "sshd_config.d", ignore_errors=True)
        self.write("ssh/sshd_config", CONFIG.format(port=self.port, folder=folder) + conf, 0o600)
        self.accounts()
        self._process: subprocess.Popen[bytes] | None = None

    def accounts(self, passwd: str = "", shadow: str = "") -> None:
        """Give it a root that the test may log in as, sshd's own account, and further lines."""
        today = int(time.time()) // 86400  # an expired password would have to be changed first
        own = f"root:x:0:0:root:{self.home}:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n"
        self.write("passwd", own + passwd)
        self.write("shadow", f"root:*:{today}:0:90:7:::\nsshd:!:20000::::::\n" + shadow, 0o640)
        self.write("gshadow", "root:*::\n", 0o640)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Set a file of its /etc."""
        target = self.etc / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def start(self) -> "SshHost":
        """Start its sshd; returns when it listens."""
        log = (self.folder / "log").open("wb")
        with log:
            command = ["unshare", "--mount", "sh", "-c", START, "sh", str(self.folder), self._program]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while "Server listening" not in (self.folder / "log").read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"sshd did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End its sshd."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def inventory_line(self, name: str) -> str:
        """Give the line of an Ansible inventory that reaches it."""
        known = self.folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.port} {(self.folder / 'host_key.pub').read_text()}")
        return (
            f"{name} ansible_host=127.0.0.1 ansible_port={self.port} ansible_user=root"
            f" ansible_ssh_private_key_file={self.folder}/user_key"
            f' ansible_ssh_common_args="-F none -o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes"'
        )

    def state(self) -> dict[str, tuple[object, ...]]:
        """Tell every file of its /etc and home: content, mode, owner, size, times of change."""
        return {str(path): _state(path) for top in (self.etc, self.home) for path in (top, *sorted(top.rglob("*")))}


def _state(path: Path) -> tuple[object, ...]:
    about = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
    return content, about.st_mode, about.st_uid, about.st_gid, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
