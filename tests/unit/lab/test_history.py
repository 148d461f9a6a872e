from datetime import timedelta

import pytest

from campus.errors import NotFound
from lab.faults import Outages
from lab.history import History, past_week
from lab.network import Loopback
from lab.world import Lab


@pytest.mark.parametrize("device", ["ac-1a", "ac-1b", "ac-2", "sw-tsg", "host-2"])
def test_history_gives_what_the_running_lab_serves_at_that_instant(campus, noon, device):
    outages = past_week(campus, noon)
    instant = noon - timedelta(days=2, hours=5, minutes=55)
    lab = Lab(campus, Loopback(0, ""), lambda: instant, Outages(outages))
    assert History(campus, outages).cells(device, instant) == lab.snapshot(campus.device(device)).below()


def test_cells_below_a_prefix_are_those_of_the_whole_mib(campus, noon):
    history = History(campus, ())
    everything = history.cells("ac-2", noon)
    under = history.cells("ac-2", noon, "1.3.6.1.4.1.2011.10.2.75.2.1.10.1.7")
    assert under == [
        cell
        for cell in everything
        if cell.oid[:14] == (1, 3, 6, 1, 4, 1, 2011, 10, 2, 75, 2, 1, 10, 1) and cell.oid[14] == 7
    ]
    assert len(under) == 24


def test_all_faults_of_the_past_week_are_over_and_within_it(campus, noon):
    week = past_week(campus, noon)
    assert all(noon - timedelta(days=7) <= span.since < span.until < noon for span in week)
    history = History(campus, week)
    assert all(history.answers(device.id, noon) for device in campus.devices)


def test_the_pair_was_down_together_for_twenty_minutes(campus, noon):
    history = History(campus, past_week(campus, noon))
    minutes = [noon - timedelta(minutes=minute) for minute in range(7 * 1440)]
    both = [at for at in minutes if not history.echoes("ac-1a", at) and not history.echoes("ac-1b", at)]
    assert len(both) == 20


def test_a_controller_that_was_silent_on_snmp_alone_still_echoed(campus, noon):
    history = History(campus, past_week(campus, noon))
    at = noon - timedelta(days=5, hours=2, minutes=50)
    assert (history.answers("ac-2", at), history.echoes("ac-2", at)) == (False, True)


def test_an_unknown_device_has_no_history(campus, noon):
    with pytest.raises(NotFound):
        History(campus, ()).cells("ac-9", noon)
