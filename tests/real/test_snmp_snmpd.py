"""Does Debian's snmpd, its snmpwalk and pysnmp agree with our engine?"""

import asyncio
import itertools
import subprocess

import pytest

from campus.errors import DeviceRefused, DeviceSilent
from collectors.snmp import ber
from collectors.snmp.budget import Budget, Pace
from collectors.snmp.credential import Community, Limits, Target, UsmUser
from collectors.snmp.engine import open_session
from collectors.snmp.recording import RecordedSession

AUTH = {"md5": "MD5", "sha1": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIV = {None: "", "des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}
BUILTIN = [(auth, priv) for auth, priv in itertools.product(AUTH, (None, "aes128"))]
LEFT_TO_PYSNMP = [("md5", "des"), ("sha1", "des"), ("sha256", "aes192"), ("sha256", "aes256"), ("sha512", "aes256")]
CONSTANT = "1.3.6.1.2.1.1.9.1"
BRIEF = Limits(timeout_s=0.5, retries=0)
PATIENT = Limits(timeout_s=10, retries=2)


def user(auth, priv):
    level = (auth, "authentication 1") if auth else (None, "")
    return UsmUser(f"{auth}-{priv}", *level, priv, "privacy 123" if priv else "")


def create(auth, priv):
    secrets = f'{AUTH[auth]} "authentication 1"' + (f' {PRIV[priv]} "privacy 123"' if priv else "")
    return f"createUser {auth}-{priv} {secrets}\nrouser {auth}-{priv} {'priv' if priv else 'auth'}"


@pytest.fixture(scope="module")
def agent(snmpd):
    users = "\n".join(create(auth, priv) for auth, priv in [*BUILTIN, *LEFT_TO_PYSNMP])
    return snmpd(
        "rocommunity public\nrocommunity narrow default 1.3.6.1.2.1.1.5\nsysName agent under test\n"
        f"createUser None-None\nrouser None-None noauth\n{users}"
    )


def session(agent, credential, engine="builtin", limits=PATIENT):
    host, port = agent
    return open_session(Target("d1", host, credential, port, engine), limits, Pace(Budget(per_second=float("inf"))))


async def column(agent, credential, oid=CONSTANT, engine="builtin"):
    async with session(agent, credential, engine) as device:
        return await device.walk(oid)


@pytest.fixture(scope="module")
def printed(agent, need, tmp_path_factory):
    """What snmpwalk prints for the agent's constant part."""
    host, port = agent
    command = [need("snmpwalk", "snmp"), "-m", "", "-On", "-v2c", "-c", "public", f"{host}:{port}", CONSTANT]
    path = tmp_path_factory.mktemp("printed") / "agent.snmpwalk"
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return path


@pytest.mark.parametrize("engine", ["builtin", "pysnmp"])
@pytest.mark.parametrize("version", ["1", "2c"])
async def test_a_walk_equals_what_snmpwalk_prints(agent, printed, version, engine):
    recorded = await RecordedSession.load(printed).walk(CONSTANT)
    assert len(recorded.varbinds) > 20
    assert await column(agent, Community(version, "public"), engine=engine) == recorded


@pytest.mark.parametrize(("auth", "priv"), [(None, None), *BUILTIN, *LEFT_TO_PYSNMP], ids=str)
async def test_each_user_of_version_3_reads_what_version_2c_reads(agent, auth, priv):
    assert await column(agent, user(auth, priv)) == await column(agent, Community("2c", "public"))


@pytest.mark.parametrize(("auth", "priv"), [("md5", "aes128"), ("sha512", "aes128"), ("sha256", None)], ids=str)
async def test_pysnmp_reads_the_same_in_version_3(agent, auth, priv):
    assert await column(agent, user(auth, priv), engine="pysnmp") == await column(agent, user(auth, priv))


async def test_every_kind_of_value_decodes_as_in_pysnmp(agent):
    """Counters and clocks move between two walks: kinds and the values that stand still are compared."""
    ours = await column(agent, Community("2c", "public"), "1.3.6.1.2.1")
    theirs = await column(agent, Community("2c", "public"), "1.3.6.1.2.1", engine="pysnmp")
    moving = {ber.COUNTER32, ber.COUNTER64, ber.GAUGE32, ber.TIME_TICKS, ber.INTEGER}
    still = {cell for cell in ours.varbinds if cell.tag not in moving}
    both = {(cell.oid, cell.tag) for cell in ours.varbinds} & {(cell.oid, cell.tag) for cell in theirs.varbinds}
    assert len(both) > 0.9 * len(ours.varbinds)
    assert len(still & set(theirs.varbinds)) > 0.9 * len(still) > 100
    assert {type(cell.value) for cell in ours.varbinds} == {int, bytes, str}


async def test_the_end_of_the_mib_is_the_end(agent):
    async with session(agent, Community("2c", "public")) as device:
        assert await device.get_next("1.3.6.1.7") is None
        assert (await device.walk("1.3.6.1.7")).varbinds == []


async def test_a_missing_oid_does_not_lose_the_others(agent):
    async with session(agent, Community("2c", "public")) as device:
        got = await device.get(["1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.1.5.7"])
    assert [(cell.tag, cell.value) for cell in got] == [
        (ber.OCTET_STRING, b"agent under test"),
        (ber.NO_SUCH_OBJECT, None),
        (ber.NO_SUCH_INSTANCE, None),
    ]


async def test_a_view_hides_what_lies_outside_it(agent):
    async with session(agent, Community("2c", "narrow")) as device:
        assert [cell.value for cell in (await device.walk("1.3.6.1.2.1")).varbinds] == [b"agent under test"]


async def test_a_wrong_community_is_silence(agent):
    async with session(agent, Community("2c", "wrong"), limits=BRIEF) as device:
        with pytest.raises(DeviceSilent, match="community"):
            await device.get(["1.3.6.1.2.1.1.5.0"])


REFUSED = {
    "unknown user": (UsmUser("nobody", "sha256", "authentication 1"), "does not know this user"),
    "wrong auth secret": (UsmUser("sha256-None", "sha256", "authentication 2"), "wrong auth secret"),
    "wrong auth protocol": (UsmUser("sha256-None", "sha512", "authentication 1"), "wrong auth secret or protocol"),
    "privacy of a user without": (
        UsmUser("sha256-None", "sha256", "authentication 1", "aes128", "privacy 123"),
        "security level",
    ),
    "too little security": (UsmUser("sha256-aes128", "sha256", "authentication 1"), r"authorizationError \(16\)"),
}


@pytest.mark.parametrize(("credential", "says"), REFUSED.values(), ids=REFUSED)
async def test_what_snmpd_refuses_is_a_refusal_that_says_why(agent, credential, says):
    async with session(agent, credential) as device:
        with pytest.raises(DeviceRefused, match=says) as caught:
            await device.get(["1.3.6.1.2.1.1.5.0"])
    assert "authentication" not in str(caught.value)


@pytest.mark.parametrize("engine", ["builtin", "pysnmp"])
@pytest.mark.parametrize("verb", ["get", "get_next"])
async def test_both_engines_refuse_alike(agent, engine, verb):
    async with session(agent, REFUSED["wrong auth secret"][0], engine) as device:
        with pytest.raises(DeviceRefused):
            await getattr(device, verb)(["1.3.6.1.2.1.1.5.0"] if verb == "get" else CONSTANT)


async def test_a_wrong_priv_secret_is_silence_that_names_it(agent):
    credential = UsmUser("sha256-aes128", "sha256", "authentication 1", "aes128", "wrong privacy")
    async with session(agent, credential, limits=BRIEF) as device:
        with pytest.raises(DeviceSilent, match="priv secret"):
            await device.get(["1.3.6.1.2.1.1.5.0"])


async def test_a_reboot_and_a_new_engine_are_recovered_within_one_request(snmpd):
    daemon = snmpd(f"rocommunity public\nsysName one\n{create('sha256', 'aes128')}")
    async with session(daemon, user("sha256", "aes128")) as device:
        names = [(await device.get(["1.3.6.1.2.1.1.5.0"]))[0].value]
        boots = [(await device.get(["1.3.6.1.6.3.10.2.1.2.0"]))[0].value]
        for persistent in ("persistent", "another engine"):
            daemon.stop()
            daemon.start(persistent)
            names.append((await device.get(["1.3.6.1.2.1.1.5.0"]))[0].value)
            boots.append((await device.get(["1.3.6.1.6.3.10.2.1.2.0"]))[0].value)
    assert names == [b"one"] * 3
    assert boots == [1, 2, 1]


async def test_columns_in_flight_share_one_socket_in_version_3(agent):
    async with session(agent, user("sha512", "aes128")) as device:
        columns = await asyncio.gather(*(device.walk(f"1.3.6.1.2.1.1.9.1.{number}") for number in (2, 3, 4)))
    alone = [await column(agent, Community("2c", "public"), f"1.3.6.1.2.1.1.9.1.{number}") for number in (2, 3, 4)]
    assert columns == alone


DISORDER = """#!/bin/sh
[ "$1" = -n ] || exit 0
case ${2#.1.3.6.1.4.1.99999} in
.1) at=.1.1;; .1.1) at=.1.2;; .1.2) at=.1.1;;
.2) at=.2.9;; .2.9) at=.2.5;; .2.5) at=.2.20;;
.3) at=.3.1;; .3.1) sleep 3; exit 0;;
*) exit 0;;
esac
printf '.1.3.6.1.4.1.99999%s\\ninteger\\n7\\n' "$at"
"""


@pytest.fixture
def disorderly(snmpd, tmp_path):
    """A snmpd that hands a subtree over to a script: .1 goes round, .2 steps back, .3 hangs after one row."""
    (tmp_path / "disorder.sh").write_text(DISORDER)
    return snmpd(f"rocommunity public\npass .1.3.6.1.4.1.99999 /bin/sh {tmp_path / 'disorder.sh'}")


async def test_what_a_disorderly_snmpd_serves_is_bounded_kept_or_said(disorderly):
    async with session(disorderly, Community("2c", "public"), limits=BRIEF) as device:
        loop, back, hang = [await device.walk(f"1.3.6.1.4.1.99999.{number}") for number in (1, 2, 3)]
    assert [len(column.varbinds) for column in (loop, back)] == [2, 3]
    assert "1.3.6.1.4.1.99999.1.1 a second time" in loop.problem
    assert (back.problem, back.backward) == (None, 1)
    assert hang.problem.startswith("no answer from")
