"""One text of marked sections is cut up again; what is not whole is left out."""

from playbooks.transcript import sections

TEXT = "#=w os\nID=debian\n\n#=w os 0\n#=w sshd\n\n#=w sshd 127\n#=w pam\n@file"


def test_sections_have_text_and_status():
    found = sections(TEXT, "w")
    assert found["os"].text == "ID=debian\n\n"
    assert found["sshd"].status == 127


def test_a_section_without_its_end_was_cut_off():
    assert "pam" not in sections(TEXT, "w")


def test_a_terminal_ends_lines_with_two_characters():
    assert sections(TEXT.replace("\n", "\r\n"), "w") == sections(TEXT, "w")


def test_a_mark_with_another_word_is_text():
    forged = "#=w os\n#=x os 0\n#=x sshd\npermitrootlogin no\n#=x sshd 0\n#=w os 0\n"
    assert set(sections(forged, "w")) == {"os"}
