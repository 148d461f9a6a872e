"""SNMPv3: keys of the RFCs, and which messages may be believed."""

import contextlib
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import ber, message, usm
from collectors.snmp.ber import Malformed
from collectors.snmp.credential import UsmUser
from collectors.snmp.usm import UsmWire, localised_key

ENGINE = bytes.fromhex("000000000000000000000002")
NEVER = UsmUser("ops")
SIGNS = UsmUser("ops", "sha1", "maplesyrup")
HIDES = UsmUser("ops", "sha1", "maplesyrup", "aes128", "maplesyrup")
UNKNOWN_ENGINE = "1.3.6.1.6.3.15.1.1.4.0"
NOT_IN_WINDOW = "1.3.6.1.6.3.15.1.1.2.0"

RFC_3414_KEYS = {
    "md5 of A.3.1": ("md5", "526f5eed9fcce26f8964c2930787d82b"),
    "sha1 of A.3.2": ("sha1", "6695febc9288e36282235fc7151f128497b38f3f"),
}


@pytest.mark.parametrize(("protocol", "key"), RFC_3414_KEYS.values(), ids=RFC_3414_KEYS)
def test_a_key_is_localised_as_in_the_rfc(protocol, key):
    assert localised_key(protocol, "maplesyrup", ENGINE).hex() == key


@pytest.mark.parametrize("protocol", ["sha224", "sha256", "sha384", "sha512"])
def test_sha_2_keys_follow_the_same_rule(protocol):
    stretched = hashlib.new(protocol, (b"maplesyrup" * 104858)[: 2**20]).digest()
    assert (
        localised_key(protocol, "maplesyrup", ENGINE) == hashlib.new(protocol, stretched + ENGINE + stretched).digest()
    )


# ── an agent by hand ─────────────────────────────────────────────────────────────────────────────────────────


def tlv(tag, content):
    assert len(content) < 256
    return bytes([tag, len(content)] if len(content) < 128 else [tag, 0x81, len(content)]) + content


def four(number):
    return tlv(2, number.to_bytes(4, "big"))


def agent_says(pdu, *, flags=1, engine=ENGINE, boots=3, time=1000, message_id=7, key_of=SIGNS, digest=None):
    """A whole datagram of the agent; ``pdu`` are the octets of its PDU, in clear."""
    scoped = tlv(0x30, tlv(4, engine) + tlv(4, b"") + pdu)
    room = bytes(12) if flags & 1 else b""
    security = tlv(0x30, tlv(4, engine) + four(boots) + four(time) + tlv(4, b"ops") + tlv(4, room) + tlv(4, b""))
    header = tlv(0x30, four(message_id) + four(65507) + tlv(4, bytes([flags])) + tlv(2, b"\x03"))
    whole = tlv(0x30, tlv(2, b"\x03") + header + tlv(4, security) + scoped)
    if not flags & 1:
        return whole
    key = localised_key("sha1", key_of.auth_secret, engine)
    at = len(whole) - len(scoped) - 2 - 12
    return whole[:at] + (digest or hmac.digest(key, whole, "sha1")[:12]) + whole[at + 12 :]


def pdu(kind, oid="1.3.6.1.2.1.1.3.0", value=b"\x43\x01\x63"):
    varbind = tlv(0x30, tlv(6, ber.encode_oid(oid)) + value)
    return tlv(kind, four(7) + tlv(2, b"\0") + tlv(2, b"\0") + tlv(0x30, varbind))


ANSWER = pdu(0xA2)


def report(oid):
    return pdu(0xA8, oid, b"\x41\x01\x01")


def met(user=SIGNS, *, now=100.0, **clock):
    """A wire that has learned the agent's engine from the report to its discovery."""
    wire = UsmWire(user, salt=1)
    wire.decode(agent_says(report(UNKNOWN_ENGINE), flags=0, **clock), now)
    return wire


def clock_in(datagram):
    """Boots and time that a request carries."""
    at = datagram.index(ENGINE) + len(ENGINE)
    boots, time = datagram[at : at + 2 + datagram[at + 1]], datagram[at + 2 + datagram[at + 1] :]
    return int.from_bytes(boots[2:], "big"), int.from_bytes(time[2 : 2 + time[1]], "big")


def test_a_first_request_is_a_discovery_that_tells_nothing():
    assert UsmWire(HIDES, salt=1).encode(7, b"the real pdu", 0.0) == bytes.fromhex(
        "30 38 02 01 03 30 0e 02 01 07 02 03 00 ff e3 04 01 04 02 01 03"
        "04 10 30 0e 04 00 02 01 00 02 01 00 04 00 04 00 04 00"
        "30 11 04 00 04 00 a0 0b 02 01 07 02 01 00 02 01 00 30 00"
    )


def test_after_the_report_requests_carry_engine_user_and_a_running_clock():
    wire = met(now=100.0, boots=3, time=1000)
    datagram = wire.encode(8, b"the real pdu", 142.9)
    assert ENGINE in datagram
    assert b"ops" in datagram
    assert clock_in(datagram) == (3, 1042)


def test_a_request_is_signed_over_itself_with_its_digest_zeroed():
    datagram = met().encode(8, b"the real pdu", 100.0)
    at = datagram.index(b"\x04\x0c", datagram.index(b"ops")) + 2
    zeroed = datagram[:at] + bytes(12) + datagram[at + 12 :]
    assert datagram[at : at + 12] == hmac.digest(localised_key("sha1", "maplesyrup", ENGINE), zeroed, "sha1")[:12]


def test_a_private_request_hides_its_pdu_and_never_repeats_a_salt():
    wire = met(HIDES)
    first, second = wire.encode(8, b"the real pdu", 100.0), wire.encode(9, b"the real pdu", 100.0)
    assert b"the real pdu" not in first + second
    assert first[-20:] != second[-20:]


def test_an_answer_with_the_right_digest_is_believed():
    message_id, response = met().decode(agent_says(ANSWER), 101.0)
    assert (message_id, response.kind, response.varbinds[0].value) == (7, message.RESPONSE, 99)


UNBELIEVABLE = {
    "a wrong digest": lambda: agent_says(ANSWER, digest=bytes(12)),
    "a digest of another secret": lambda: agent_says(ANSWER, key_of=UsmUser("ops", "sha1", "another secret")),
    "no digest though asked with one": lambda: agent_says(ANSWER, flags=0),
    "another engine": lambda: agent_says(ANSWER, engine=ENGINE[:-1] + b"\x09"),
    "an older boot": lambda: agent_says(ANSWER, boots=2),
    "more than 150 s behind": lambda: agent_says(ANSWER, time=849),
    "encrypted for nobody": lambda: agent_says(ANSWER, flags=3),
    "privacy without digest": lambda: agent_says(ANSWER, flags=2),
    "a negative clock": lambda: agent_says(ANSWER, boots=2**31),
    "octets behind it": lambda: agent_says(ANSWER) + b"\0",
    "cut off": lambda: agent_says(ANSWER)[:-1],
    "a request": lambda: agent_says(pdu(0xA0)),
    "a changed value": lambda: agent_says(ANSWER)[:-1] + b"\x64",
}


@pytest.mark.parametrize("datagram", UNBELIEVABLE.values(), ids=UNBELIEVABLE)
def test_what_may_not_be_believed_is_malformed(datagram):
    with pytest.raises(Malformed):
        met().decode(datagram(), 100.0)


def test_an_answer_of_150_seconds_ago_is_still_inside_the_window():
    assert met().decode(agent_says(ANSWER, time=850), 100.0)[0] == 7


def test_an_answer_before_any_discovery_is_not_believed():
    with pytest.raises(Malformed):
        UsmWire(SIGNS, salt=1).decode(agent_says(ANSWER), 100.0)


def test_an_unencrypted_answer_to_a_private_request_is_not_believed():
    with pytest.raises(Malformed, match="security level"):
        met(HIDES).decode(agent_says(ANSWER), 100.0)


def test_a_signed_answer_to_a_user_without_secrets_is_not_believed():
    with pytest.raises(Malformed):
        met(NEVER).decode(agent_says(ANSWER), 100.0)


def test_a_user_without_secrets_reads_plain_answers():
    assert met(NEVER).decode(agent_says(ANSWER, flags=0), 100.0)[1].varbinds[0].value == 99


def test_a_signed_report_sets_the_clock_even_back():
    wire = met(boots=3, time=1000)
    wire.decode(agent_says(report(NOT_IN_WINDOW), boots=1, time=5), 200.0)
    assert clock_in(wire.encode(8, b"", 210.0)) == (1, 15)


def test_an_unsigned_report_does_not_touch_the_clock():
    wire = met(boots=3, time=1000)
    wire.decode(agent_says(report(NOT_IN_WINDOW), boots=9, time=5, flags=0), 100.0)
    assert clock_in(wire.encode(8, b"", 100.0)) == (3, 1000)


def test_an_agents_clock_that_runs_ahead_is_followed():
    wire = met(boots=3, time=1000)
    wire.decode(agent_says(ANSWER, time=1100), 150.0)
    assert clock_in(wire.encode(8, b"", 150.0)) == (3, 1100)


def test_a_new_engine_is_taken_from_its_report():
    wire = met()
    other = ENGINE[:-1] + b"\x09"
    wire.decode(agent_says(report(UNKNOWN_ENGINE), flags=0, engine=other), 100.0)
    assert other in wire.encode(8, b"", 100.0)


@pytest.mark.parametrize(
    ("number", "says", "curable"),
    [
        (1, "security level", False),
        (2, "time window", True),
        (3, "does not know this user", False),
        (4, "engine-ID", True),
        (5, "wrong auth secret", False),
        (6, "wrong priv secret", False),
        (7, r"report 1.3.6.1.6.3.15.1.1.7.0", False),
    ],
)
def test_a_report_says_what_is_wrong_and_whether_to_try_again(number, says, curable):
    _id, response = met().decode(agent_says(report(f"1.3.6.1.6.3.15.1.1.{number}.0"), flags=0), 100.0)
    told = usm.explain(response)
    assert says in told.meaning
    assert told.curable is curable


def test_an_empty_report_is_no_accident():
    assert not usm.explain(message.Response(message.REPORT, 7, 0, 0, [])).curable


def test_secrets_are_never_shown():
    assert "maplesyrup" not in repr(HIDES)


@pytest.mark.parametrize(
    "fields",
    [
        ("ops", None, "", "aes128", "maplesyrup"),
        ("ops", "sha1", "short"),
        ("ops", "sha1", "maplesyrup", "aes128", "short"),
    ],
    ids=["privacy without authentication", "short auth secret", "short priv secret"],
)
def test_what_the_rfc_does_not_allow_is_refused(fields):
    with pytest.raises(ValueError):
        UsmUser(*fields)


@given(st.binary(max_size=300))
def test_any_octets_are_a_message_or_malformed(octets):
    with contextlib.suppress(Malformed):
        met(HIDES).decode(octets, 100.0)


@given(st.data())
def test_any_damage_to_an_unsigned_answer_gives_a_message_or_malformed(data):
    octets = bytearray(agent_says(ANSWER, flags=0))
    for place in data.draw(st.lists(st.integers(0, len(octets) - 1), min_size=1, max_size=6)):
        octets[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        met(NEVER).decode(bytes(octets), 100.0)


@given(st.integers(0, 130), st.integers(1, 255))
def test_any_damage_to_a_signed_answer_is_malformed(place, change):
    octets = bytearray(agent_says(ANSWER))
    octets[place % len(octets)] ^= change
    with pytest.raises(Malformed):
        met().decode(bytes(octets), 100.0)
