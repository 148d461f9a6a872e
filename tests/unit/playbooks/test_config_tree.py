"""Configuration text becomes lines with what belongs to them."""

import pytest

from playbooks.devices import config_tree


def _shape(lines):
    return {line.text: _shape(line.below) for line in lines}


def test_comware_prints_global_lines_with_one_blank():
    text = "#\n version 7.1\n#\n sysname SW\n telnet server enable\n#\nline vty 0 4\n protocol inbound ssh\n#\nreturn\n"
    assert _shape(config_tree.parse(text)) == {
        "version 7.1": {},
        "sysname SW": {},
        "telnet server enable": {},
        "line vty 0 4": {"protocol inbound ssh": {}},
    }


def test_depth_below_depth_and_back():
    policy = " local-aaa-user password policy administrator\n  password expire 90\n"
    text = f"#\naaa\n{policy} local-user a password cipher x\n#\nreturn"
    below = {
        "local-aaa-user password policy administrator": {"password expire 90": {}},
        "local-user a password cipher x": {},
    }
    assert _shape(config_tree.parse(text)) == {"aaa": below}


def test_several_sections_in_one_block():
    text = "#\nuser-interface con 0\nuser-interface vty 0 4\n protocol inbound ssh\n#\nreturn"
    assert _shape(config_tree.parse(text)) == {
        "user-interface con 0": {},
        "user-interface vty 0 4": {"protocol inbound ssh": {}},
    }


def test_a_banner_is_text_even_when_it_looks_like_configuration():
    text = "#\n header login %\n#\n telnet server enable\nreturn\n%\n#\n ssh server enable\n#\nreturn\n"
    assert _shape(config_tree.parse(text)) == {"ssh server enable": {}}


def test_a_banner_on_one_line_swallows_nothing():
    text = '#\nheader shell information "welcome"\n#\nstelnet server enable\n#\nreturn\n'
    assert _shape(config_tree.parse(text)) == {"stelnet server enable": {}}


def test_the_prompt_of_the_terminal_may_follow_the_last_line():
    assert config_tree.fault("!\nno vstack\n!\nend\n\nSW-OLD#\n") == ""
    assert config_tree.fault("#\n sysname SW\n#\nreturn\n[SW]\n") == ""


def test_an_ios_banner_ends_at_its_mark():
    text = "!\nbanner motd ^C\nip http server\n^C\n!\nno vstack\n!\nend\n"
    assert _shape(config_tree.parse(text)) == {"no vstack": {}}


def test_echo_prompt_and_pager_are_no_configuration():
    pager = "  ---- More ----\x1b[42D          \x1b[42D"
    text = f"<SW>display current-configuration\r\n#\r\n sysname SW\r\n{pager}#\r\nreturn\r\n<SW>"
    assert _shape(config_tree.parse(text)) == {"sysname SW": {}}
    assert config_tree.fault(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("  \r\n", "nothing"),
        ("% Unrecognized command found at '^' position.\n", "refused"),
        ("Error: Unrecognized command found at '^' position.\n", "refused"),
        ("#\n sysname SW\n#\nline vty 0 4\n", "cut off"),
        ("#\n header login %\nreturn\n%\n#\nline vty 0 4\n", "cut off"),
    ],
)
def test_what_is_no_whole_configuration_says_why(text, why):
    assert why in config_tree.fault(text)
