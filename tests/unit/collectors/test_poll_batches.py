"""What does a store get to know of one asking?"""

from datetime import UTC, datetime, timedelta

from campus import catalogue
from campus.model import Entity, Measurement, PollResult, Problem
from collectors.batches import Asking, Holds, Target, of_anchors, of_asking
from collectors.echo import Echo

CATALOGUE = catalogue.load()
MINUTE = timedelta(minutes=1)
HOLDS = Holds(MINUTE, 5 * MINUTE)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = NOON + timedelta(seconds=17.25)


def told(*measurements, kind="ac", answered=True, echo=None):
    """The values by entity of what is kept of a device that told so."""
    problem = None if answered else Problem("DeviceSilent", "")
    result = PollResult("dev-1", AT, 0.1, measurements=measurements, problem=problem)
    batches = of_asking(Asking(Target("dev-1", kind, "192.0.2.1"), result, answered, echo), HOLDS, "icmp", CATALOGUE)
    assert {one.at for batch in batches for one in batch.measurements} <= {NOON}
    return {str(one.entity): dict(one.values) for batch in batches for one in batch.measurements}


def measured(kind, name, **values):
    return Measurement(Entity(kind, name), AT, values)


def test_a_device_that_answers_is_up_even_if_it_told_nothing():
    assert told() == {"ac:dev-1": {"ac.up": 1.0}, "reach:dev-1/snmp": {"reach.up": 1.0}}


def test_a_controller_card_and_the_switch_that_it_sits_in_are_both_up():
    both = told(measured("switch", "dev-1"), measured("ac", "dev-1", **{"ac.aps": 3}))
    assert both["switch:dev-1"] == {"switch.up": 1.0}
    assert both["ac:dev-1"] == {"ac.aps": 3, "ac.up": 1.0}


def test_only_the_device_itself_is_up_not_what_it_tells_of():
    both = told(
        measured("ap", "SERIAL", **{"ap.stations": 3}), measured("host", "other", **{"host.load1": 1}), kind="host"
    )
    assert both["ap:SERIAL"] == {"ap.stations": 3}
    assert both["host:other"] == {"host.load1": 1}
    assert both["host:dev-1"] == {"host.up": 1.0}


def test_an_entity_of_which_nothing_is_known_starts_no_history():
    assert told(measured("ap", "dev-1/element:7")).keys() == {"ac:dev-1", "reach:dev-1/snmp"}


def test_counters_stand_until_they_are_read_again():
    port = measured("port", "Gi1", **{"port.up": 1, "port.in_bps": 5e6})
    result = PollResult("dev-1", AT, 0.1, measurements=(port,))
    asking = Asking(Target("dev-1", "switch", "192.0.2.1"), result, answered=True, echo=None)
    counters, states, _ = of_asking(asking, HOLDS, "icmp", CATALOGUE)
    assert (counters.holds, [dict(one.values) for one in counters.measurements]) == (5 * MINUTE, [{"port.in_bps": 5e6}])
    assert (states.holds, dict(states.measurements[0].values)) == (MINUTE, {"port.up": 1})


def test_ids_that_are_local_to_a_device_carry_its_name():
    both = told(
        measured("port", "Gi1", **{"port.up": 1}),
        measured("volume", "/", **{"volume.used_ratio": 0.5}),
        measured("sensor", "fan", **{"sensor.rpm": 3000}),
        measured("radio", "S/1", **{"radio.up": 1}),
    )
    assert {"port:dev-1/Gi1", "volume:dev-1//", "sensor:dev-1/fan", "radio:S/1"} <= both.keys()


def test_silence_is_a_reading_and_not_knowing_is_none():
    assert told(answered=False) == {"reach:dev-1/snmp": {"reach.up": 0.0}}
    assert told(answered=None) == {}


def test_an_echo_without_an_answer_has_no_round_trip():
    assert told(answered=False, echo=Echo(3, ()))["reach:dev-1/icmp"] == {"reach.up": 0.0, "reach.loss_ratio": 1.0}


def test_anchors_are_named_by_their_address():
    [batch] = of_anchors(NOON, MINUTE, "udp", {"192.0.2.254": Echo(3, (0.002, 0.004))})
    [one] = batch.measurements
    assert (batch.source, str(one.entity)) == ("collector", "reach:anchor:192.0.2.254/icmp")
    assert one.facts == {"target": "anchor:192.0.2.254", "witness": "udp"}
    assert one.values["reach.rtt_s"] == 0.003
    assert of_anchors(NOON, MINUTE, "udp", {}) == []
