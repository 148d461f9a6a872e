"""When does the walk of a column end, and is what it gave the whole column?

The rules that every session follows; pure. A column ends *regularly* at the first OID beyond it, at
endOfMibView, or at an empty answer. An OID that was already seen is a loop, one that jumps back out of the
column is a lost way: both leave the column *incomplete*. One that is smaller but new is kept and counted,
since some agents serve tables in an order of their own.
"""

import re
from collections.abc import Sequence

from collectors.snmp import ber
from collectors.snmp.walk import Column, VarBind

_NO_VALUE = 0x80
_OCTETS_MISLEAD = re.compile(rb"[\x80-\xff]{2}").search
"""Octets sort as OIDs do, unless a sub-identifier of three octets or more is in play."""


class ColumnBuilder:
    """Gathers one column from the answers to its requests.

    ``next`` is the OID to ask from (BER content octets), ``None`` once the column has ended.
    """

    def __init__(self, oid: str, max_rows: int) -> None:
        self._oid = oid
        self._prefix = ber.encode_oid(oid)
        self._max_rows = max_rows
        self._varbinds: list[VarBind] = []
        self._seen: set[bytes] | None = None
        self._last = self._top = self._prefix
        self._lost = self._backward = 0
        self._problem: str | None = None
        self.next: bytes | None = self._prefix

    def take(self, varbinds: Sequence[VarBind]) -> None:
        """Add the cells of one answer; what lies behind the column is cut off."""
        if varbinds and self._is_regular(varbinds):
            self._varbinds.extend(varbinds)
            self.next = self._last = self._top = varbinds[-1].oid
            return
        before = self._last
        for varbind in varbinds:
            if not self._add(varbind):
                self.next = None
                return
        self.next = self._last if varbinds else None
        if varbinds and self._last == before:
            self.fail("no readable varbind in the answer")

    def fail(self, problem: str) -> None:
        """End the column as incomplete; says how far it came."""
        self._problem = f"{problem} after {ber.decode_oid(self._last)}"
        self.next = None

    def column(self) -> Column:
        """Give what was gathered."""
        problem = self._problem
        if problem is None and self._lost:
            problem = f"{self._lost} varbinds could not be read"
        return Column(self._oid, self._varbinds, problem, self._backward)

    def _is_regular(self, varbinds: Sequence[VarBind]) -> bool:
        """Tell whether the answer is as nearly all are: new cells of this column in growing order, all readable."""
        if self._seen is not None or len(self._varbinds) + len(varbinds) > self._max_rows:
            return False
        prefix, size, top = self._prefix, len(self._prefix), self._top
        if _OCTETS_MISLEAD(top, size):
            return False
        for oid, tag, _value in varbinds:
            if tag >= _NO_VALUE or oid <= top or not oid.startswith(prefix):
                return False
            if not oid[size:].isascii() and _OCTETS_MISLEAD(oid, size):
                return False
            top = oid
        return True

    def _add(self, varbind: VarBind) -> bool:
        """Take one cell; give whether the column goes on."""
        oid, tag, _value = varbind
        if tag in ber.EXCEPTIONS:
            return False
        if not oid:
            self._lost += 1
            return True
        if not oid.startswith(self._prefix):
            if ber.arcs(oid) < ber.arcs(self._last):
                self.fail(f"the agent jumped back to {ber.decode_oid(oid)}")
            return False
        if len(self._varbinds) >= self._max_rows:
            self.fail(f"more than {self._max_rows} rows")
            return False
        if self._repeats(oid):
            self.fail(f"the agent gave {ber.decode_oid(oid)} a second time")
            return False
        self._varbinds.append(varbind)
        self._last = oid
        return True

    def _repeats(self, oid: bytes) -> bool:
        """Tell whether ``oid`` was seen; count it if it is new but smaller than the one before it.

        While the octets only grow nothing can repeat: the set of what was seen is made at the first step back.
        """
        if oid > self._top:
            self._top = oid
            if self._seen is not None:
                self._seen.add(oid)
            self._backward += ber.arcs(oid) < ber.arcs(self._last)
            return False
        if self._seen is None:
            self._seen = {self._prefix, *(varbind.oid for varbind in self._varbinds)}
        if oid in self._seen:
            return True
        self._seen.add(oid)
        self._backward += ber.arcs(oid) < ber.arcs(self._last)
        return False
