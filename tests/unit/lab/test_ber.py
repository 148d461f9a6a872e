import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import ber

# snmpget -v2c -c public … 1.3.6.1.2.1.1.1.0, request id 1, written by hand after RFC 3416.
GET_SYSDESCR = bytes.fromhex(
    "3026 020101 0406 7075626c6963 a019 020101 020100 020100 300e 300c 0608 2b06010201010100 0500"
)


def test_a_request_written_by_hand_is_read():
    assert ber.decode(GET_SYSDESCR) == ber.Request(1, b"public", ber.GET, 1, 0, 0, ((1, 3, 6, 1, 2, 1, 1, 1, 0),))


def test_a_response_is_the_octets_of_the_standard():
    request = ber.decode(GET_SYSDESCR)
    bound = ber.bind(request.oids[0], ber.OCTETS, b"lab")
    expected = "3029 020101 0406 7075626c6963 a21c 020101 020100 020100 3011 300f 0608 2b06010201010100 0403 6c6162"
    assert ber.encode(request, [bound]) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("number", "octets"),
    [
        (0, "020100"),
        (127, "02017f"),
        (128, "02020080"),
        (-1, "0201ff"),
        (-128, "020180"),
        (-129, "0202ff7f"),
        (2**32 - 1, "020500ffffffff"),
    ],
)
def test_numbers_take_as_few_octets_as_their_sign_allows(number, octets):
    assert ber.integer(2, number) == bytes.fromhex(octets)


def test_a_long_element_names_its_length_in_several_octets():
    assert ber.element(4, bytes(300))[:4] == bytes.fromhex("0482012c")


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1), st.integers(0, 2))
def test_object_identifiers_survive_writing_and_reading(parts, head):
    oid = (head, min(parts[0], 39), *parts[1:])
    assert ber.read_oid(ber.write_oid(oid)) == oid


@given(st.binary(max_size=80))
def test_any_octets_are_a_request_or_garbled(octets):
    try:
        ber.decode(octets)
    except ber.Garbled:
        return
    assert octets[0] == ber.SEQUENCE


@given(st.integers(0, len(GET_SYSDESCR) - 1))
def test_a_request_that_is_cut_off_is_garbled(length):
    with pytest.raises(ber.Garbled):
        ber.decode(GET_SYSDESCR[:length])
