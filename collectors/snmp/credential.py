"""Whom do we ask, in whose name, and how patiently?"""

from dataclasses import dataclass, field
from typing import Literal

AuthProtocol = Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
PrivProtocol = Literal["des", "aes128", "aes192", "aes256"]
Engine = Literal["builtin", "pysnmp"]


@dataclass(frozen=True, slots=True)
class Community:
    """A v1 or v2c community; its name is a secret and never shown."""

    version: Literal["1", "2c"]
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UsmUser:
    """An SNMPv3 user (RFC 3414): noAuthNoPriv without protocols, authNoPriv with one, authPriv with both."""

    name: str
    auth_protocol: AuthProtocol | None = None
    auth_secret: str = field(default="", repr=False)
    priv_protocol: PrivProtocol | None = None
    priv_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what RFC 3414 does not allow.

        Raises:
            ValueError: privacy without authentication, or a secret of fewer than 8 octets (§11.2).
        """
        if self.priv_protocol and not self.auth_protocol:
            raise ValueError("SNMPv3 privacy needs authentication")
        used = {"auth": self.auth_secret} if self.auth_protocol else {}
        used |= {"priv": self.priv_secret} if self.priv_protocol else {}
        for name, secret in used.items():
            if len(secret.encode()) < 8:
                raise ValueError(f"the SNMPv3 {name} secret needs at least 8 octets")


Credential = Community | UsmUser


@dataclass(frozen=True, slots=True)
class Target:
    """One agent: where it listens (IPv4, IPv6 or a name), in whose name it is asked, and by which engine."""

    device_id: str
    address: str
    credential: Credential
    port: int = 161
    engine: Engine = "builtin"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may take, how often a request is repeated, how many rows a column may have."""

    timeout_s: float = 1.5
    retries: int = 2
    max_rows: int = 200_000
