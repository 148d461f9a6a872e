"""Is everything that can be said of a file, a plan or a person said in words?"""

import re
from pathlib import Path

import identity.people
from campus import strict_yaml
from campus.cli.texts import TEXTS_FILE
from identity.people.plan import KINDS
from identity.people.stand import Stand

SAID = {
    "doubt": r'(?:_Wrong|Doubt|Unreadable|_refused)\((?:feed, )?"(\w+)"|else "(column_twice)"|"(column_missing)" if',
    "note": r'(?:_ContradictionError|Note|Muddle)\("(\w+)"|NAME_TAKEN = "(\w+)"',
}


def test_every_code_has_its_words():
    texts = strict_yaml.read(TEXTS_FILE).data
    code = "".join(path.read_text("utf-8") for path in Path(identity.people.__file__).parent.glob("*.py"))
    for what, pattern in SAID.items():
        codes = {
            code for found in re.findall(pattern, code) for code in (found if isinstance(found, tuple) else [found])
        }
        told = {key.removeprefix(f"people.{what}.") for key in texts if key.startswith(f"people.{what}.")}
        assert codes - {""} == told
    assert {f"people.kind.{kind}" for kind in (*KINDS, "rename")} <= texts.keys()
    assert {f"people.stand.{stand.name.lower()}" for stand in Stand} <= texts.keys()
