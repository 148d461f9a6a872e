from datetime import timedelta

import pytest

from lab.faults import Outages
from lab.model import TAKEOVER, Moment
from lab.plan import plan


@pytest.fixture
def connected(campus, noon):
    """Count the access points that a controller has connected at noon plus some seconds."""

    def count(device_id, outages, seconds=0):
        return len(Moment(campus, outages, noon + timedelta(seconds=seconds)).connected(campus.device(device_id)))

    return count


def test_every_access_point_is_connected_at_one_controller(campus, connected):
    counts = {unit: connected(unit, Outages()) for unit in ("ac-1a", "ac-1b", "ac-2")}
    assert counts == {"ac-1a": 36, "ac-1b": 0, "ac-2": 24}
    assert len(campus.mounted()) == 60


def test_the_standby_takes_over_after_the_stated_delay(connected, broken):
    outages, wait = broken(("ac-silent", "ac-1a", 0, None)), TAKEOVER.total_seconds()
    assert [connected("ac-1b", outages, second) for second in (0, wait - 1, wait)] == [0, 0, 36]
    assert connected("ac-1a", outages, wait) == 0


def test_the_preferred_unit_has_its_access_points_back_after_its_return(connected, broken):
    outages, wait = broken(("ac-silent", "ac-1a", 10, 10)), TAKEOVER.total_seconds()
    held = [(connected("ac-1a", outages, second), connected("ac-1b", outages, second)) for second in (wait - 1, wait)]
    assert held == [(0, 36), (36, 0)]


def test_silence_on_snmp_alone_moves_no_access_point(connected, broken):
    outages = broken(("ac-silent", "ac-1a", 10, None, "snmp only"))
    assert (connected("ac-1a", outages), connected("ac-1b", outages)) == (36, 0)


def test_a_pair_that_is_down_has_nothing_connected(connected, broken):
    outages = broken(("ac-silent", "ac-1a", 10, None), ("ac-silent", "ac-1b", 5, None))
    assert (connected("ac-1a", outages), connected("ac-1b", outages)) == (0, 0)


def test_loss_of_the_standby_loses_nothing(connected, broken):
    assert connected("ac-1a", broken(("ac-silent", "ac-1b", 5, None))) == 36


def test_a_switch_takes_the_access_points_that_it_feeds_along(campus, noon, broken):
    outages = broken(("switch-down", "sw-tsg", 5, None))
    lost = {ap.building.id for ap in campus.mounted() if not Moment(campus, outages, noon).powered(ap)}
    assert lost == {"TSG"}


def test_uptime_restarts_when_an_access_point_comes_back(campus, noon, broken):
    outages = broken(("ap-down", "JX1-F1-01", 60, 40))
    states = Moment(campus, outages, noon).ap_states(campus.device("ac-1a"))
    back = next(state for state in states if state.ap.name == "JX1-F1-01")
    assert (back.uptime_s, back.tunnel_s) == (20 * 60, 20 * 60)
    assert sum(state.uptime_s == 20 * 60 for state in states) == 1


def test_a_takeover_restarts_the_tunnel_but_not_the_access_point(campus, noon, broken):
    outages = broken(("ac-silent", "ac-1a", 30, None))
    states = Moment(campus, outages, noon).ap_states(campus.device("ac-1b"))
    assert {state.tunnel_s for state in states} == {30 * 60 - int(TAKEOVER.total_seconds())}
    assert min(state.uptime_s for state in states) > 30 * 60


def test_counters_stand_still_while_their_source_is_down(campus, noon, broken):
    silent = Moment(campus, broken(("ap-down", "TSG-F1-01", 60, None)), noon)
    serial = campus.ap("TSG-F1-01").serial
    frozen = Moment(campus, Outages(), noon - timedelta(minutes=60)).count(1e6, "library")
    assert silent.count(1e6, "library", serial) == frozen < silent.count(1e6, "library")


def test_the_seed_changes_people_and_waves_but_not_what_stands_where(noon):
    one, two = (Moment(plan(seed), Outages(), noon) for seed in (1, 2))
    ac = one.plan.device("ac-2")
    assert [ap.serial for ap in one.connected(ac)] == [ap.serial for ap in two.connected(ac)]
    assert [state.stations for state in one.ap_states(ac)] != [state.stations for state in two.ap_states(ac)]


def test_figures_stay_plausible_through_a_week(campus, noon):
    for hour in range(0, 168, 7):
        moment = Moment(campus, Outages(), noon + timedelta(hours=hour))
        for device in (campus.device("ac-1a"), campus.device("ac-2")):
            radios = [radio for ap in moment.connected(device) for radio in moment.radios(ap)]
            assert all(0 <= radio.busy_percent <= 95 and -97 <= radio.noise_dbm <= -87 for radio in radios)
            assert all(-80 <= station.rssi_dbm <= -46 for station in moment.stations(device))
            stations = sum(1 for _ in moment.stations(device))
            assert sum(radio.stations for radio in radios) == stations == len({s.mac for s in moment.stations(device)})


def test_the_campus_holds_a_plausible_crowd_in_class_hours(campus, noon):
    moment = Moment(campus, Outages(), noon - timedelta(hours=2))
    assert 500 < sum(1 for _ in moment.stations(campus.device("ac-1a"))) < 1000
