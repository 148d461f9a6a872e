"""The short form of the drill ``benchmarks/drills/capwap_fuzz.py``."""

from benchmarks.drills.capwap_fuzz import drill


def test_20000_damaged_datagrams_give_messages_or_capwap_errors():
    kinds = drill(20000, seed=7)
    assert sum(kinds.values()) == 20000
    assert set(kinds) == {"ControlMessage", "DtlsRecord", "piece", "refused"}
    assert min(kinds["ControlMessage"], kinds["refused"]) > 5000
