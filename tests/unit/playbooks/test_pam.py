"""The stack that a service really runs, with what it includes."""

from playbooks.pam import stacks


def _stack(text, service):
    return [(one["type"], one["module"]) for one in stacks(text) if one["service"] == service]


def test_debian_includes_whole_files():
    login = "@file /etc/pam.d/login\nauth optional pam_faildelay.so\n@include common-auth\n"
    text = f"@file /etc/pam.d/common-auth\nauth required pam_unix.so\n{login}"
    assert _stack(text, "login") == [("auth", "pam_faildelay"), ("auth", "pam_unix")]


def test_el_includes_one_type_only():
    text = (
        "@file /etc/pam.d/password-auth\nauth required pam_faillock.so preauth\naccount required pam_unix.so\n"
        "@file /etc/pam.d/sshd\nauth substack password-auth\n"
    )
    assert _stack(text, "sshd") == [("auth", "pam_faillock")]


def test_arguments_are_fields_and_order_is_kept():
    first_line = "password [success=1 default=ignore] /lib/security/pam_unix.so remember=5 nullok # old\n"
    text = f"@file /etc/pam.d/passwd\n{first_line}-password optional pam_x.so\n"
    first, second = stacks(text)
    assert (first["control"], first["remember"], first["nullok"], first["module"]) == (
        "[success=1 default=ignore]",
        "5",
        "yes",
        "pam_unix",
    )
    assert (first["after"], second["after"]) == ("", "pam_unix")


def test_a_file_that_includes_itself_ends():
    text = "@file /etc/pam.d/a\nauth required pam_unix.so\n@include a\n"
    assert 1 <= len(_stack(text, "a")) < 20


def test_a_missing_include_gives_nothing():
    assert _stack("@file /etc/pam.d/a\nauth include gone\n", "a") == []
