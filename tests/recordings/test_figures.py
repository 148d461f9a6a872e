"""Do the controllers say what was counted straight from their recordings?"""

from collections import Counter

import pytest

# name, APs, up, not up, state unknown, radios, radios up, stations
FIGURES = [
    ("h3c-wx6103", 349, 0, 349, 0, 0, 0, 0),
    ("h3c-e528-1", 174, 171, 0, 3, 324, 324, 2596),
    ("h3c-comware-lsq1wcmd0", 174, 121, 0, 53, 224, 0, 1708),
    ("h3c-comware-lsq1wcmd0-2509p61", 174, 171, 3, 0, 324, 324, 689),
    ("huawei-s12704", 816, 247, 569, 0, 600, 600, 145),
    ("cisco-controller", 226, 226, 0, 0, 452, 452, 95),
    ("ciscowlc_cbw240ac", 4, 4, 0, 0, 8, 8, 0),
    ("centreon-cisco-wlc", 10, 10, 0, 0, 12, 12, 17),
    ("aruba-7210", 13, 9, 4, 0, 16, 0, 82),
    ("aruba-7010", 4, 4, 0, 0, 8, 0, 37),
    ("arubaos", 690, 0, 0, 690, 1380, 0, 0),
    ("ruijie-m18000", 3247, 3239, 8, 0, 6662, 0, 2788),
    ("ruijie-m18000-slice", 48, 40, 8, 0, 85, 0, 60),
]


@pytest.mark.parametrize("figures", FIGURES, ids=lambda figures: figures[0])
def test_a_controller_gives_what_was_counted(figures, poll) -> None:
    measurements = poll(figures[0]).measurements
    kinds = Counter(m.entity.kind for m in measurements)
    up = Counter(m.values.get("ap.up") for m in measurements if m.entity.kind == "ap")
    radios_up = sum(m.values.get("radio.up") == 1 for m in measurements if m.entity.kind == "radio")

    found = (kinds["ap"], up[1], up[0], up[None], kinds["radio"], radios_up, kinds["station"])
    assert (figures[0], *found) == figures


SCALARS = [
    ("h3c-wx6103", {"ac.aps": 349, "ac.aps_up": 0, "ac.stations": 0, "ac.ap_limit": 640}),
    ("h3c-e528-1", {"ac.aps": 174, "ac.aps_up": 171, "ac.stations": 3077}),
    ("h3c-comware-lsq1wcmd0-2509p61", {"ac.aps": 174, "ac.aps_up": 171, "ac.stations": 1218, "ac.cpu_ratio": 0.21}),
    ("huawei-s12704", {"ac.aps": 816, "ac.aps_up": 247, "ac.stations": 154, "ac.cpu_ratio": 0.41}),
    ("ciscowlc_cbw240ac", {"ac.aps_up": 4, "ac.stations": 23}),
    ("arubaos", {"ac.aps_up": 1386, "ac.stations": 2654}),
    ("ruijie-m18000", {"ac.aps": 3247, "ac.aps_up": 3239, "ac.stations": 2387, "ac.memory_ratio": 0.47}),
    ("ruijie-m18000-slice", {"ac.aps": 3247, "ac.aps_up": 3239, "ac.stations": 2387}),
]


@pytest.mark.parametrize(("name", "values"), SCALARS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_controller_says_of_itself(name, values, poll) -> None:
    (controller,) = [m for m in poll(name).measurements if m.entity.kind == "ac"]

    assert {metric: controller.values.get(metric) for metric in values} == values


def test_every_ap_of_e528_has_serial_and_name(poll) -> None:
    aps = [m for m in poll("h3c-e528-1").measurements if m.entity.kind == "ap"]

    assert all(m.facts["serial"] == m.entity.id and m.facts["name"] for m in aps)


def test_a_count_of_rows_says_that_it_is_one(poll) -> None:
    assert "ac.aps: no scalar, counted from 174 × ap" in poll("h3c-e528-1").gaps


def test_aps_of_a_slice_are_fewer_than_the_controller_says_and_it_is_told(poll) -> None:
    assert "ap: table incomplete: ac.aps is 3247, the rows give 48" in poll("ruijie-m18000-slice").gaps


def test_lost_aps_show_none_of_their_zeros(poll) -> None:
    lost = [m for m in poll("h3c-wx6103").measurements if m.entity.kind == "ap"]

    assert {frozenset(m.values) for m in lost} == {frozenset({"ap.up"})}
    assert {m.facts["state"] for m in lost} == {"down"}


@pytest.mark.parametrize("name", ["h3c-wx6103", "h3c-e528-1", "cisco-controller"])
def test_the_order_in_which_a_device_serves_its_cells_changes_nothing(name, poll) -> None:
    def known(order):
        return {
            (m.entity, tuple(sorted(m.values.items())), tuple(sorted(m.facts.items())))
            for m in poll(name, order).measurements
        }

    assert known("file") == known("sorted")
