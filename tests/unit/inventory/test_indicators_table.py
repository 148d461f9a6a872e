"""Is docs/indicators.md current, and does it tell honest gaps from full coverage?"""

from dataclasses import replace
from pathlib import Path

import pytest

from campus import catalogue
from campus.indicators import definition
from inventory import profile
from inventory.coverage import FULL, NONE, NOT_ASKED, PARTLY, covers, current

DOCUMENT = Path(__file__).parents[3] / "docs" / "indicators.md"
WORDS = catalogue.load()
DEFINITIONS = definition.load_all(WORDS)
PROFILES = profile.load(words=WORDS)


def test_the_document_is_current():
    assert DOCUMENT.read_text(encoding="utf-8") == current(), "python -m inventory.coverage > docs/indicators.md"


def test_all_thirty_indicators_stand_in_it():
    named = {*DEFINITIONS.counted, *DEFINITIONS.present, *DEFINITIONS.awaited}
    assert len(named) == 30
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in sorted(named) if f"| {name} " not in text] == []


@pytest.mark.parametrize(
    ("name", "indicator", "word", "lacking"),
    [
        ("huawei_ac", "W06", FULL, ()),
        ("h3c_comware_ac", "W06", PARTLY, ("radio.interference_ratio",)),
        ("aruba", "W15", NONE, ("ap.stations",)),
        ("standard_host", "W01", NOT_ASKED, ()),
        ("standard_host", "D02", FULL, ()),
        ("standard_switch", "N02", FULL, ()),
    ],
)
def test_a_profile_carries_what_its_readings_allow(name, indicator, word, lacking):
    found = covers(PROFILES[name], DEFINITIONS.counted[indicator])
    assert (found.word, found.lacking) == (word, lacking)


def test_a_reading_taken_from_a_profile_is_missed():
    huawei = PROFILES["huawei_ac"]
    radio = huawei.entities["radio"]
    poorer = {metric: source for metric, source in radio.values.items() if metric != "radio.noise_dbm"}
    changed = replace(huawei, entities={**huawei.entities, "radio": replace(radio, values=poorer)})
    assert covers(changed, DEFINITIONS.counted["W06"]).lacking == ("radio.noise_dbm",)
