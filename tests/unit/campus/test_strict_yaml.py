"""Does plain data that was written come back as it was?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus import strict_yaml
from campus.errors import ConfigError

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
    | st.sampled_from(["no", "10:00", "0o17", "1e3", "~", "null", "True", "00:0f:e2:00:00:01", "a: b", "- c", "#d", ""])
)
names = st.text(st.characters(categories=["L", "N"], include_characters=":/.-_ "), min_size=1)
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


@given(plain)
def test_what_is_written_is_read_back(data):
    assert strict_yaml.parse(strict_yaml.write(data), "written").data == data


def test_one_list_in_two_places_is_written_twice():
    shared = ["a", "b"]
    assert strict_yaml.write({"one": shared, "two": shared}) == "one: [a, b]\ntwo: [a, b]\n"


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a [x]\nb: *a"], ids=["in itself", "of another"])
def test_an_alias_is_refused_by_its_line(text):
    with pytest.raises(ConfigError, match=f"file:{len(text.splitlines())}: the alias \\*a is not read"):
        strict_yaml.parse(text, "file")


def test_a_file_nested_too_deep_is_the_operators():
    with pytest.raises(ConfigError, match="nested too deep"):
        strict_yaml.parse("[" * 5000 + "]" * 5000, "file")
