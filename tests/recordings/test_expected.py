"""Does every recording still give the counts and sums that were checked once? A case is a file, found by name.

After a change that is meant, the assertion prints what to keep. ``values`` are [how many, sum].
"""

import json
from pathlib import Path

import pytest

EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.json"))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_recording_gives_what_was_checked(path, poll, summary) -> None:
    found = summary(poll(path.stem))

    assert found == json.loads(path.read_text()), f"now it gives\n{json.dumps(found, indent=1)}"


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_an_evidence_of_recorded_has_a_recording(path, profiles) -> None:
    expected = json.loads(path.read_text())

    assert expected["profile"] in profiles
    assert expected["evidence"] == "recorded"
