"""Does the prober tell an answer from silence, a closed port, noise and strangers' answers?"""

import asyncio
import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.capwap.codec import DtlsRecord, decode, encode, split
from collectors.capwap.consent import Controller, ProbeRefusedError, refused
from collectors.capwap.discovery import State, service
from collectors.capwap.prober import Prober
from lab.faults import FaultKind
from lab.world import start
from tests.capwap_vectors import VECTORS

CAMPUS = Path(sys.executable).with_name("campus")
RICH, OPENCAPWAP, ACTUBE = (
    VECTORS[name].message for name in ("V4 rich response", "V5 answer of openCAPWAP", "V6 answer of actube")
)
QUICK = (0.15, 0.25)


@pytest.fixture
async def prober():
    async with Prober(lambda: 0.5, waits_s=QUICK) as prober:
        yield prober


@pytest.fixture
def responder(udp_agent):
    """Give ``responder(answer)``: a controller on loopback; ``answer(request)`` gives its messages."""

    def make(answer, host="127.0.0.1"):
        def octets(datagram):
            return [one if isinstance(one, bytes) else encode(one) for one in answer(decode(datagram))]

        agent = udp_agent(octets, host)
        return agent, Controller("ac-1", host, agent.port)

    return make


def replying(message):
    return lambda asked: [replace(message, sequence=asked.sequence)]


@pytest.mark.parametrize("message", [RICH, OPENCAPWAP, ACTUBE], ids=["rich", "openCAPWAP", "actube"])
async def test_answers_of_real_controllers_are_taken(prober, responder, message):
    _, controller = responder(replying(message))
    outcome = await prober.ask(controller)
    assert (outcome.state, outcome.answer.elements) == (State.ANSWERING, message.elements)
    assert 0 < outcome.rtt_s < sum(QUICK)


async def test_an_answer_over_ipv6_is_taken(prober, responder):
    _, controller = responder(replying(RICH), "::1")
    assert (await prober.ask(controller)).state is State.ANSWERING


async def test_what_is_odd_about_an_answer_is_told(prober, responder):
    _, controller = responder(replying(ACTUBE))
    remarks = (await prober.ask(controller)).remarks
    assert "wireless binding 0, asked with 1" in remarks
    assert "AC Descriptor: r_mac is 0" in remarks


async def test_silence_is_silence_after_two_requests(prober, responder):
    agent, controller = responder(lambda _: [])
    assert await prober.ask(controller) == await prober.ask(replace(controller, device_id="again"))
    assert (await prober.ask(controller)).state is State.SILENT
    assert agent.requests == 6


async def test_the_second_request_may_be_the_one_that_is_answered(prober, responder):
    heard = []

    def second(asked):
        heard.append(asked.sequence)
        return replying(RICH)(asked) if len(heard) == 2 else []

    _, controller = responder(second)
    outcome = await prober.ask(controller)
    assert outcome.state is State.ANSWERING
    assert heard[1] == (heard[0] + 1) % 256


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
async def test_a_closed_port_is_unreachable(prober, family, host):
    with socket.socket(family, socket.SOCK_DGRAM) as taken:
        taken.bind((host, 0))
        port = taken.getsockname()[1]
    outcome = await prober.ask(Controller("ac-1", host, port))
    assert (outcome.state, outcome.remarks) == (State.UNREACHABLE, ("Connection refused",))


async def test_a_closed_port_says_nothing_about_a_controller_asked_beside_it(prober, responder):
    _, controller = responder(replying(RICH))
    closed = [Controller(f"closed-{number}", "127.0.0.2", 1 + number) for number in range(5)]
    outcomes = await asyncio.gather(*(prober.ask(one) for one in (*closed, controller)))
    assert [outcome.state for outcome in outcomes] == [State.UNREACHABLE] * 5 + [State.ANSWERING]


NONSENSE = {
    "noise": b"\xff" * 40,
    "an empty datagram": b"",
    "half an answer's header": encode(RICH)[:12],
    "the request itself": encode(VECTORS["V1 request"].message),
    "a Primary Discovery Response": encode(replace(RICH, kind=20)),
    "a DTLS record": encode(DtlsRecord(b"\x16\xfe\xff")),
    "an answer without elements": encode(replace(RICH, elements=())),
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_nonsense_is_malformed(prober, responder, name):
    _, controller = responder(lambda _: [NONSENSE[name]])
    outcome = await prober.ask(controller)
    assert (outcome.state, outcome.rtt_s, outcome.answer) == (State.MALFORMED, None, None)
    assert len(outcome.remarks) == 1


async def test_an_answer_behind_nonsense_is_taken(prober, responder):
    _, controller = responder(lambda asked: [b"\xff" * 40, replace(RICH, sequence=asked.sequence)])
    outcome = await prober.ask(controller)
    assert outcome.state is State.ANSWERING
    assert outcome.remarks == ("version 15, preamble type 15: not CAPWAP as RFC 5415 has it",)


async def test_a_flood_of_nonsense_leaves_few_remarks(prober, responder):
    _, controller = responder(lambda _: [bytes([number]) * 20 for number in range(16, 216)])
    assert len((await prober.ask(controller)).remarks) == 8


async def test_an_answer_to_another_question_is_no_answer(prober, responder):
    _, controller = responder(lambda asked: [replace(RICH, sequence=(asked.sequence + 100) % 256)])
    outcome = await prober.ask(controller)
    assert outcome.state is State.SILENT
    assert "which nobody asked with" in outcome.remarks[0]
    assert prober.unexpected == 2


async def test_late_and_double_answers_are_counted_and_change_nothing(prober, responder):
    held = []

    def late(asked):
        held.append(asked.sequence)
        late_ones = [*held[:1] * 2, *held[1:2], held[-1]] if len(held) == 3 else []
        told = [*late_ones, held[-1]] if len(held) > 2 else []
        return [replace(RICH, sequence=sequence) for sequence in told]

    _, controller = responder(late)
    outcomes = [await prober.ask(controller) for _ in range(3)]
    assert [outcome.state for outcome in outcomes] == [State.SILENT, State.ANSWERING, State.ANSWERING]
    assert [outcome.answer.sequence for outcome in outcomes[1:]] == held[2:]
    assert prober.unexpected == 4


async def test_an_answer_to_the_first_request_during_the_second_tells_the_whole_round_trip(prober, responder):
    held = []

    def first(asked):
        held.append(asked)
        return [replace(RICH, sequence=held[0].sequence)] if len(held) == 2 else []

    _, controller = responder(first)
    outcome = await prober.ask(controller)
    assert outcome.answer.sequence == held[0].sequence
    assert outcome.rtt_s >= QUICK[0]


async def test_an_answer_in_fragments_is_put_together(prober, responder):
    _, controller = responder(lambda asked: reversed(split(replace(RICH, sequence=asked.sequence), 5, 32)))
    outcome = await prober.ask(controller)
    assert (outcome.state, outcome.answer.elements) == (State.ANSWERING, RICH.elements)


async def test_an_answer_from_another_address_of_the_controller_is_taken_and_told(prober):
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering,
    ):
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
        answering.bind(("127.0.0.3", port))

        def serve():
            datagram, peer = asked.recvfrom(2048)
            answering.sendto(encode(replace(RICH, sequence=decode(datagram).sequence)), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        outcome = await prober.ask(Controller("ac-1", "127.0.0.1", port))
        thread.join()
    assert (outcome.state, outcome.remarks) == (State.ANSWERING, ("answered from 127.0.0.3",))


async def test_one_controllers_answer_is_never_anothers(prober, responder):
    """Each of two controllers answers with the number that the other one was asked with."""
    asked_with = {}

    def crossed(own, other):
        def answer(asked):
            asked_with[own] = asked.sequence
            return [replace(RICH, sequence=asked_with[other])] if other in asked_with else []

        return answer

    _, one = responder(crossed("one", "two"))
    _, two = responder(crossed("two", "one"), "127.0.0.2")
    outcomes = await asyncio.gather(prober.ask(one), prober.ask(replace(two, device_id="ac-2")))
    assert [outcome.state for outcome in outcomes] == [State.SILENT, State.SILENT]


# ── manners ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_controller_is_asked_once_and_not_again_at_once(prober, responder):
    agent, controller = responder(replying(RICH))
    assert (await prober.probe(controller)).state is State.ANSWERING
    assert await prober.probe(controller) is None
    assert agent.requests == 1


async def test_who_did_not_opt_in_gets_no_datagram(prober):
    with pytest.raises(ProbeRefusedError, match="opted in"):
        await prober.probe(Controller("ac-1", "192.0.2.1"))


async def test_a_controller_that_answers_as_a_refused_vendor_is_not_asked_again(responder):
    vendor = refused()[0].enterprise.to_bytes(4, "big")
    theirs = decode(encode(RICH).replace((25506).to_bytes(4, "big"), vendor))
    agent, controller = responder(replying(theirs))
    times = iter([0.5])
    async with Prober(lambda: next(times, -11.0), waits_s=QUICK) as prober:  # a pace that never waits
        assert (await prober.probe(controller)).state is State.ANSWERING
        assert await prober.probe(controller) is None
    assert agent.requests == 1


# ── the lab and the command line ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def lab(tmp_path):
    async with start(tmp_path, mode="loopback") as lab:
        yield lab


def at(lab, device_id):
    return Controller(device_id, lab.address(device_id)[0])


async def test_the_controllers_of_the_lab_tell_their_counts(prober, lab):
    for device in lab.plan.controllers():
        outcome = await prober.ask(at(lab, device.id))
        told, moment = service(outcome.answer), lab.moment()
        assert (told.name, outcome.remarks) == (device.zh, ())
        assert (told.load.wtps, told.load.wtp_limit) == (len(moment.connected(device)), 256)
        assert told.addresses == (lab.address(device.id)[0],)


async def test_a_controller_of_the_lab_falls_silent_as_a_whole_but_not_with_its_snmp_alone(prober, lab):
    await lab.fault(FaultKind.AC_SILENT, "ac-2")
    await lab.fault(FaultKind.AC_SILENT, "ac-1a", snmp_only=True)
    states = [(await prober.ask(at(lab, device_id))).state for device_id in ("ac-2", "ac-1a")]
    assert states == [State.SILENT, State.ANSWERING]


async def run(*arguments):
    """Run the real command beside the event loop; give exit code, output and complaints."""
    done = await asyncio.to_thread(
        subprocess.run, [str(CAMPUS), "capwap", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


async def test_the_command_tells_what_a_controller_says(lab):
    code, printed, _ = await run("ac-1a", "--config", str(lab.config), "--format", "json")
    told = json.loads(printed)
    assert (code, told["device"], told["state"]) == (0, "ac-1a", "answering")
    (found,) = told["measurements"]
    assert (found["kind"], found["id"]) == ("ac", "ac-1a")
    assert found["values"]["ac.capwap_wtps"] == told["wtps"] == 36
    assert found["values"]["ac.capwap_stations"] == told["stations"]
    assert found["values"]["ac.capwap_rtt_s"] == told["rtt_s"] > 0


async def test_the_command_prints_a_table(lab):
    code, printed, _ = await run(lab.address("ac-2")[0])
    assert code == 0
    assert "answering" in printed
    assert "Release LAB" in printed


async def test_the_command_asks_nobody_who_did_not_opt_in(tmp_path):
    config = tmp_path / "campus.yaml"
    config.write_text(
        "campus: {name: Lab}\ncredentials: {lab: {version: 2c, community: '${env:C}'}}\n"
        "inventory: {devices: [{id: ac-1, kind: ac, address: 192.0.2.1, credential: lab}]}\n"
    )
    code, printed, complaint = await run("ac-1", "--config", str(config))
    assert (code, printed) == (2, "")
    assert "capwap_probe: true" in complaint


async def test_the_command_reads_a_capture(tmp_path):
    packet = bytes.fromhex("4500 0000 0001 0000 4011 0000 7f000001 7f000002 147e 9c40") + b"\0\x9f\0\0" + encode(RICH)
    head = bytes.fromhex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000")
    sizes = len(packet).to_bytes(4, "little") * 2
    (tmp_path / "one.pcap").write_bytes(head + bytes(8) + sizes + packet)
    code, printed, _ = await run("--capture", str(tmp_path / "one.pcap"), "--format", "json")
    (told,) = json.loads(printed)
    assert (code, told["what"], told["sequence"], told["remarks"]) == (0, "Discovery Response", 7, "")
