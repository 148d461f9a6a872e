"""Do octets from outside ever do more than give a message or `Malformed`?

    python -m venv FUZZ && FUZZ/bin/pip install atheris cryptography
    PYTHONPATH=. FUZZ/bin/python benchmarks/drills/snmp_fuzz.py -max_total_time=300 [CORPUS]

Coverage-guided (libFuzzer through atheris, which is no dependency of the suite). Each input is read as v1/v2c
and as SNMPv3 by a user without secrets, whose messages pass without a digest. Any other exception, or a
message with more varbinds than its octets can hold, ends the drill and leaves the input behind.
"""

import sys

import atheris

with atheris.instrument_imports(include=["collectors.snmp"]):
    from collectors.snmp import usm
    from collectors.snmp.ber import Malformed
    from collectors.snmp.column import ColumnBuilder
    from collectors.snmp.credential import Community, UsmUser
    from collectors.snmp.message import CommunityWire

COMMUNITY = CommunityWire(Community("2c", "public"))
DISCOVERED = bytes.fromhex(
    "30 58 02 01 03 30 0e 02 01 07 02 03 00 ff e3 04 01 00 02 01 03 04 16 30 14 04 05 80 00 1f 88 04"
    "02 01 01 02 01 0a 04 01 41 04 00 04 00 30 2b 04 05 80 00 1f 88 04 04 00 a8 20 02 01 07 02 01 00"
    "02 01 00 30 15 30 13 06 0a 2b 06 01 06 03 0f 01 01 04 00 41 05 00 00 00 00 01"
)


def one_input(data: bytes) -> None:
    v3 = usm.UsmWire(UsmUser("A"), salt=1)
    v3.decode(DISCOVERED, 0.0)
    for wire in (COMMUNITY, v3):
        try:
            _message_id, response = wire.decode(data, 1.0)
        except Malformed:
            continue
        if len(response.varbinds) > len(data) // 2:
            raise AssertionError("more varbinds than octets")
        builder = ColumnBuilder("1.3.6.1", max_rows=50)
        builder.take(response.varbinds)
        builder.column()


if __name__ == "__main__":
    atheris.Setup([*sys.argv, "-max_len=4000"], one_input)
    atheris.Fuzz()
