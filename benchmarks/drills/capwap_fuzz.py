"""Do octets from outside ever do more than give a CAPWAP message or `CapwapError`?

    PYTHONPATH=. .venv/bin/python benchmarks/drills/capwap_fuzz.py [--datagrams 1000000] [--seed 1]

Seeded: the same seed gives the same datagrams. Noise, and the golden vectors with octets changed, cut out,
doubled and added, go through the codec of both channels, the reassembler, the reading of an answer and the
reader of captures. Any other exception ends the drill and prints the octets; so does a message without
anomalies that is not written back as it came. It never sends anything.
"""

import argparse
import io
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from collectors.capwap.capture import read
from collectors.capwap.codec import CapwapError, Channel, ControlMessage, DtlsRecord, Fragment, decode, encode
from collectors.capwap.consent import must_not_repeat
from collectors.capwap.discovery import Outcome, State, measurement, service
from collectors.capwap.reassembly import Reassembler
from collectors.capwap.shapes import AC_HARDWARE, AC_SOFTWARE
from tests.capwap_vectors import VECTORS

SEEDS = tuple(vector.octets for vector in VECTORS.values())
AT = datetime(2026, 11, 23, tzinfo=UTC)
IP = bytes.fromhex("4500 0000 0001 0000 4011 0000 c0000201 c0000202 9c40 147e")
PCAP = bytes.fromhex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000")
CAPTURES = 50
"""Of so many datagrams one travels in a damaged capture, too."""


def mutant(chance: random.Random) -> bytes:
    """A datagram: a damaged vector, or now and then pure noise."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(200))
    octets = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randrange(1, 6)):
        damage(octets, chance)
    return bytes(octets)


def damage(octets: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(octets) + 1)
    end = at + chance.randrange(1, 9)
    match chance.randrange(5):
        case 0:
            octets[at:end] = chance.randbytes(len(octets[at:end]))
        case 1:
            del octets[at:end]
        case 2:
            octets[at:at] = chance.randbytes(end - at)
        case 3:
            octets[at:at] = octets[at:end]
        case 4:
            octets[at : at + 2] = chance.choice((b"\0\0", b"\xff\xff", b"\x7f\xff", b"\0\1"))[
                : len(octets[at : at + 2])
            ]


def one_datagram(octets: bytes, pieces: Reassembler, now_s: float) -> str:
    """Take a datagram through everything that foreign octets reach; give the kind of what came out."""
    try:
        decode(octets, Channel.DATA)
        message = decode(octets)
        whole = pieces.take("source", message, now_s) if isinstance(message, Fragment) else message
    except CapwapError:
        return "refused"
    if not isinstance(message, DtlsRecord) and not message.anomalies and encode(message) != octets:
        raise AssertionError("a message without anomalies is not written back as it came")
    if isinstance(whole, ControlMessage):
        told = service(whole)
        told.version(AC_HARDWARE)
        told.version(AC_SOFTWARE)
        must_not_repeat(whole)
        measurement("ac", Outcome(State.ANSWERING, 0.001, whole), AT)
    return type(whole).__name__ if whole else "piece"


def one_capture(octets: bytes, chance: random.Random) -> None:
    packet = IP + (8 + len(octets)).to_bytes(2, "big") + b"\0\0" + octets
    file = bytearray(PCAP + bytes(8) + len(packet).to_bytes(4, "little") * 2 + packet)
    damage(file, chance)
    try:
        list(read(io.BytesIO(file)))
    except CapwapError:
        return


def drill(datagrams: int, seed: int) -> Counter[str]:
    """Run it; give how often each kind came out."""
    chance, pieces, kinds = random.Random(seed), Reassembler(), Counter[str]()
    for number in range(datagrams):
        octets = mutant(chance)
        try:
            kinds[one_datagram(octets, pieces, number / 1000)] += 1
            if number % CAPTURES == 0:
                one_capture(octets, chance)
        except Exception as error:
            error.add_note(f"datagram {number} of seed {seed}: {octets.hex()}")
            raise
    return kinds


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--datagrams", type=int, default=1_000_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    began = time.perf_counter()
    found = drill(given.datagrams, given.seed)
    took = time.perf_counter() - began
    print(f"{given.datagrams} datagrams in {took:.1f} s, seed {given.seed}, Python {sys.version.split()[0]}")
    print(", ".join(f"{kind} {count}" for kind, count in found.most_common()))
