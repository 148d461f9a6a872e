"""Do the static files keep their promises: texts in both languages, vendored files unchanged, nothing inline?"""

import json
import re

import pytest

from campus import strict_yaml
from dashboards import STATIC
from dashboards.vendor import TAKEN, VENDOR, integrity, target, third_party

ZH, EN = (json.loads((STATIC / "texts" / f"{language}.json").read_text(encoding="utf-8")) for language in ("zh", "en"))
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in (STATIC / "js").glob("*.js")}
PAGES = sorted(STATIC.glob("*.html"))


def test_both_languages_have_the_same_texts_with_the_same_holes():
    assert list(ZH) == list(EN)
    holes = re.compile(r"\{(\w+)\}")
    assert [key for key in ZH if set(holes.findall(ZH[key])) != set(holes.findall(EN[key]))] == []


def test_every_text_that_a_script_names_exists():
    named = {key for text in SCRIPTS.values() for key in re.findall(r'\bt\("([a-z0-9_.]+)"[,)]', text)}
    assert len(named) > 40
    assert sorted(named - set(ZH)) == []


def test_every_text_is_named_by_a_script():
    whole = "".join(SCRIPTS.values())
    starts = set(re.findall(r'"([a-z_]+\.(?:[a-z]+_)?)" \+', whole))
    unused = [key for key in ZH if f'"{key}"' not in whole and not any(key.startswith(start) for start in starts)]
    assert unused == []


def test_no_text_for_people_stands_in_a_script():
    assert [name for name, text in SCRIPTS.items() if re.search(r"[\u4e00-\u9fff]", text.replace("中文", ""))] == []


def test_vendored_files_are_what_was_taken():
    assert (VENDOR / "THIRD_PARTY.txt").read_text(encoding="utf-8") == third_party()
    for taken in TAKEN:
        assert (target(taken).parent / f"LICENSE.{taken.package}").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_state_the_hash_of_what_they_load_from_others(page):
    (stated,) = re.findall(r'href="/static/vendor/([^"]+)" integrity="([^"]+)"', page.read_text(encoding="utf-8"))
    assert integrity(VENDOR / stated[0]) == stated[1]


def test_nothing_is_evaluated_or_loaded_from_elsewhere():
    ours = [*SCRIPTS.values(), *(path.read_text(encoding="utf-8") for path in (STATIC / "css").glob("*.css"))]
    found = [text for text in ours if re.search(r"https?://|\beval\(|new Function|innerHTML|@import", text)]
    assert found == []


def test_every_panel_of_a_page_has_its_entry_and_every_entry_its_panel():
    stated = strict_yaml.read(STATIC.parent / "panels.yaml").data
    for page, panels in stated.items():
        text = SCRIPTS[f"{page}.js"]
        drawn = set(re.findall(r'(?:data-panel="|<\$\{Tile\} name=")(\w+)"', text))
        assert drawn == set(panels), page
