"""Is a realm file read as it was meant, and each mistake in it told with its line?"""

import json
from pathlib import Path

import pytest

from campus import strict_yaml
from campus.errors import ConfigError
from identity.realm import file, words
from identity.realm.shapes import SHAPES, ClientScope, IdentityProvider, Realm, UserAttribute
from identity.realm.things import Key

STARTER = Path(__file__).parents[3] / "identity" / "realm.yaml"


def desired(text, environ=None):
    return file.desired(strict_yaml.parse(text, "realm.yaml"), "campus", Path(), environ or {})


def test_the_starter_file_is_right():
    found = file.load(STARTER, "campus", {})
    assert {key.type for key in found.things} == set(SHAPES) - {"identity_provider"}
    assert found.things[Key("realm", "campus")]["failure_factor"] == 5


def test_the_file_overrides_its_policy_one_setting_at_a_time():
    found = desired("policy: djcp-l2\nrealm: {failure_factor: 3}\n").things[Key("realm", "campus")]
    assert (found["failure_factor"], found["brute_force_protected"]) == (3, True)


def test_a_section_that_is_left_out_is_not_looked_after_and_an_empty_one_is():
    assert desired("roles: {}\n").types == {"realm", "role"}
    assert desired("clients: {a: {roles: {}}}\n").types == {"realm", "client", "client_role/a"}
    assert desired("user_profile: {unmanaged_attribute_policy: ENABLED}\n").types == {"realm"}


def test_a_group_brings_its_parents():
    found = desired("groups: {/a/b/c: {roles: [x]}}\n").things
    assert {key.id: dict(fields) for key, fields in found.items() if key.type == "group"} == {
        "/a": {},
        "/a/b": {},
        "/a/b/c": {"roles": ["x"]},
    }


def test_the_order_of_a_list_means_nothing():
    one, other = (desired(f"clients: {{a: {{redirect_uris: {uris}}}}}\n") for uris in ("[y, x, x]", "[x, y]"))
    assert one.things == other.things


def test_a_secret_is_revealed_only_when_it_is_asked_for():
    found = desired("clients: {a: {secret: '${env:A}'}}\n", {"A": "hidden-word"})
    assert "hidden-word" not in repr(found)
    assert found.secrets[Key("client", "a")].reveal() == "hidden-word"
    with pytest.raises(ConfigError, match=r"realm.yaml:1: \$\{env:A\} is missing or empty"):
        desired("clients: {a: {secret: '${env:A}'}}\n").secrets[Key("client", "a")].reveal()


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("role: {}\n", 1, "role: extra inputs are not permitted (known keys: policy, realm"),
        ("policy: strong\n", 1, "no policy is called 'strong' (known: djcp-l2, modern)"),
        ("realm:\n  displayName: x\n", 2, "realm.displayName: extra inputs"),
        ("realm:\n  ssl_required: maybe\n", 2, "realm.ssl_required"),
        ("realm:\n  sso_session_idle_timeout: half an hour\n", 2, "'half an hour' is no duration (write 0s"),
        ("clients:\n  a:\n    secret: in-clear\n", 3, "clients.a.secret: a secret stands in clear (write ${env:NAME}"),
        ("clients:\n  a:\n    protocol: cas\n", 3, "clients.a.protocol: input should be 'openid-connect' or 'saml'"),
        ("groups:\n  staff: {}\n", 2, "groups.staff"),
        ("clients:\n  a:\n    attributes: {campus.managed: realm}\n", 2, "campus.managed is set by us alone"),
        ("client_scopes:\n  a:\n    mappers: {m: {config: {}}}\n", 3, "client_scopes.a.mappers.m.type: field required"),
        ("roles:\n  a: {}\n  a: {}\n", 3, "stands here a second time"),
    ],
)
def test_mistakes_are_told_with_their_line(text, line, what):
    with pytest.raises(ConfigError) as caught:
        desired(text)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("realm.yaml", line)
    assert what in str(fault)
    assert "in-clear" not in str(fault)


# ── Keycloak's spelling ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"ssoSessionIdleTimeout": 1800}, {"sso_session_idle_timeout": "30m"}),
        ({"accessTokenLifespan": 90}, {"access_token_lifespan": "90s"}),
        ({"clientSessionIdleTimeout": 0}, {"client_session_idle_timeout": "0s"}),
        ({"waitIncrementSeconds": 86400}, {"wait_increment": "1d"}),
        ({"offlineSessionMaxLifespan": -1}, {"offline_session_max_lifespan": -1}),
        (
            {"passwordPolicy": "length(8) and notUsername and passwordBlacklist(common.txt)"},
            {"password_policy": {"length": 8, "notUsername": True, "passwordBlacklist": "common.txt"}},
        ),
        ({"passwordPolicy": "notUsername(undefined)"}, {"password_policy": {"notUsername": True}}),
    ],
)
def test_settings_are_told_in_the_words_of_the_file(theirs, ours):
    told = Realm.from_keycloak({**theirs, "somethingNew": 1})
    assert {name: told[name] for name in ours} == ours


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"sso_session_idle_timeout": "30m"}, {"ssoSessionIdleTimeout": 1800}),
        ({"max_failure_wait": "15m"}, {"maxFailureWaitSeconds": 900}),
        ({"password_policy": {"length": 8, "digits": 1, "notEmail": True, "upperCase": False}},
         {"passwordPolicy": "length(8) and digits(1) and notEmail"}),
        ({"password_policy": {}}, {"passwordPolicy": ""}),
        ({"supported_locales": ["zh-CN", "en"]}, {"supportedLocales": ["en", "zh-CN"]}),
    ],
)  # fmt: skip
def test_settings_are_sent_in_the_words_of_keycloak(ours, theirs):
    assert Realm.to_keycloak(ours) == theirs


def test_keycloak_tells_nothing_where_a_field_is_empty():
    told = IdentityProvider.from_keycloak({"alias": "a", "providerId": "oidc"})
    assert (told["trust_email"], told["config"], told["display_name"]) == (False, {}, "")
    assert UserAttribute.from_keycloak({"name": "x", "required": {}})["required"] == {"roles": [], "scopes": []}
    assert UserAttribute.from_keycloak({"name": "x"})["required"] == "never"


def test_our_mark_is_not_a_field_of_anything():
    assert ClientScope.from_keycloak({"attributes": {"campus.managed": "realm", "a": "b"}})["attributes"] == {"a": "b"}


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_type_has_words_and_each_word_means_something():
    found = words.words()
    assert set(found.types) == set(SHAPES)
    fields = {name for shape in SHAPES.values() for name in shape.model_fields}
    assert set(found.fields) - fields == set()
    assert all(label.zh and label.en for label in (*found.types.values(), *found.fields.values()))


def test_the_policies_ask_for_what_the_level_asks():
    level2, modern = (file.policies()[name].fields() for name in ("djcp-l2", "modern"))
    assert {"length", "digits", "specialChars", "forceExpiredPasswordChange"} <= set(level2["password_policy"])
    assert "forceExpiredPasswordChange" not in modern["password_policy"]
    assert level2["brute_force_protected"] is modern["brute_force_protected"] is True
    assert json.dumps(level2)
