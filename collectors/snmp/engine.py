"""Which engine asks this device?"""

from typing import TYPE_CHECKING

from collectors.snmp.budget import Pace
from collectors.snmp.credential import Limits, Target, UsmUser
from collectors.snmp.session import UdpSession
from collectors.snmp.walk import Session

if TYPE_CHECKING:
    from collectors.snmp.session import Connect

_USUAL = Limits()
_LEFT_TO_PYSNMP = frozenset({"des", "aes192", "aes256"})


def open_session(target: Target, limits: Limits = _USUAL, pace: Pace | None = None) -> Session:
    """Give a session for ``target``; nothing is sent before ``async with``.

    pysnmp takes over where the target says so and for the privacy protocols that our engine leaves to it
    (DES, AES-192, AES-256). ``pace`` is what earlier sessions learned about the device.
    """
    credential = target.credential
    if target.engine == "pysnmp" or (isinstance(credential, UsmUser) and credential.priv_protocol in _LEFT_TO_PYSNMP):
        return UdpSession(target, limits, pace, _pysnmp())
    return UdpSession(target, limits, pace)


def _pysnmp() -> "Connect":
    """Import pysnmp only where a device needs it: it takes half a second."""
    from collectors.snmp.pysnmp_session import PysnmpChannel  # noqa: PLC0415

    return PysnmpChannel.connect
