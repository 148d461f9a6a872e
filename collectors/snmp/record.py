"""How is a device recorded for a test or a bug report?"""

from pathlib import Path

from collectors.snmp.recording import write_recording
from collectors.snmp.scrub import Scrubber
from collectors.snmp.walk import Column, Session

ROOTS = ("1.0", "1.2", "1.3")
"""LLDP-MIB lies below 1.0.8802, the link aggregation MIB below 1.2.840; a walk from 1.3 misses both."""


async def record(session: Session, out: Path, scrubber: Scrubber) -> list[str]:
    """Walk everything that a device shows, scrub it, write it as ``.snmprec``; give what kept it from being whole.

    Raises:
        DeviceError: the device could not be read.
        OSError: the file cannot be written.
    """
    columns = [await session.walk(root) for root in ROOTS]
    cells = [varbind for column in columns for varbind in column.varbinds]
    write_recording(out, [Column("1", scrubber.scrub(cells))])
    return [f"{column.oid}: {column.problem}" for column in columns if column.problem]
