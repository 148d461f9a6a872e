"""Does a table show what devices say, and nothing else?"""

import pytest

from campus.cli import out


@pytest.mark.parametrize("name", ["[/red]AP", "[bold]AP", "\x1b[31mAP"], ids=["closing", "opening", "escape"])
def test_a_name_with_brackets_or_control_characters_is_only_a_name(name, capsys):
    out.emit([{"name": name}], ["name"], out.Format.TABLE)
    assert name.replace("\x1b", " ").strip() in capsys.readouterr().out
