"""Does every recording still give the counts and sums that were checked once? A case is a file, found by name.

After a change that is meant, the assertion prints what to keep. ``values`` are [how many, sum].
"""

import json
from pathlib import Path

import pytest

from inventory.profile_language import Arc

EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.json"))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_recording_gives_what_was_checked(path, poll, summary) -> None:
    found = summary(poll(path.stem))

    assert found == json.loads(path.read_text()), f"now it gives\n{json.dumps(found, indent=1)}"


def test_what_calls_itself_recorded_has_a_recording_and_what_is_derived_has_none(profiles) -> None:
    checked = [json.loads(path.read_text()) for path in EXPECTED]
    recorded = {(each["profile"], each["variant"]) for each in checked}
    claims = {
        (name, arc.variant): arc.evidence
        for name, each in profiles.items()
        for arc in (*each.arcs.get(each.detect.arc, ()), Arc("", "", each.evidence))
        if arc.evidence is not None
    }

    assert {claim: evidence == "recorded" for claim, evidence in claims.items()} == {
        claim: claim in recorded for claim in claims
    }
