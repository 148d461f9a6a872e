"""Is a plan exactly the difference between file and realm, in an order that can be carried out, and sealed?"""

import json

from hypothesis import given
from hypothesis import strategies as st

from identity.realm.plan import ORDER, actions_as_data, as_data, compare
from identity.realm.things import Change, Desired, Key, Live, Thing, differences, merged

ROLE, CLIENT = Key("role", "student"), Key("client", "portal")


def desired(things, types=("role", "client")):
    return Desired("campus", things, frozenset({"realm", *types}))


def live(**things):
    return Live("campus", {Key(*name.split("__")): thing for name, thing in things.items()})


def told(found):
    return [(action.op, action.key.type, action.key.id) for action in found.actions]


def test_what_is_missing_is_made_and_what_differs_is_changed_field_by_field():
    found = compare(
        desired({ROLE: {"description": "学生"}, CLIENT: {"name": "New", "enabled": True}}),
        live(client__portal=Thing({"name": "Old", "enabled": True, "base_url": "https://a.example"})),
    )
    assert actions_as_data(found) == [
        {"op": "create", "type": "role", "id": "student", "diff": {"description": [None, "学生"]}},
        {"op": "update", "type": "client", "id": "portal", "diff": {"name": ["Old", "New"]}},
    ]


def test_only_what_the_file_once_brought_is_removed():
    there = live(
        role__ours=Thing({}, "realm"),
        role__by_verb=Thing({}, "app"),
        role__keycloaks=Thing({}, "keycloak"),
        role__by_hand=Thing({}),
        group__ours=Thing({}, "realm"),
    )
    found = compare(desired({}), there)
    assert told(found) == [("delete", "role", "ours")]
    assert found.unmanaged == (Key("role", "by_hand"),)


def test_roles_of_a_client_are_the_files_only_where_the_file_names_that_clients_roles():
    names = ["https://saml.example/one/ours", "two/ours"]
    there = Live("campus", {Key("client_role", name): Thing({}, "realm") for name in names})
    found = compare(desired({}, ["client_role/https://saml.example/one"]), there)
    assert told(found) == [("delete", "client_role", "https://saml.example/one/ours")]


def test_parents_are_made_before_children_and_removed_after_them():
    groups = {Key("group", path): {} for path in ("/a/b", "/a", "/c")}
    assert [key for _, _, key in told(compare(desired(groups, ["group"]), live()))] == ["/a", "/a/b", "/c"]
    there = Live("campus", {key: Thing({}, "realm") for key in groups})
    assert [key for _, _, key in told(compare(desired({}, ["group"]), there))] == ["/c", "/a/b", "/a"]


def test_a_client_is_there_before_its_roles_and_both_before_groups():
    things = {Key(kind, kind): {} for kind in reversed(ORDER)}
    assert [action.key.type for action in compare(desired(things), live()).actions] == list(ORDER)


def test_empty_in_the_file_means_the_same_as_untold_by_keycloak():
    fields = {"description": "", "redirect_uris": [], "attributes": {}}
    assert list(differences({}, fields)) == []
    assert list(differences({"description": "x"}, {"description": ""})) == [Change("description", "x", "")]


def test_of_settings_that_keycloak_adds_to_only_those_in_the_file_count():
    assert list(differences({"attributes": {"realm_client": "false"}}, {"attributes": {}})) == []
    assert list(differences({"attributes": {"a": "1", "b": "2"}}, {"attributes": {"a": "3"}})) == [
        Change("attributes.a", "1", "3")
    ]


def test_a_rule_a_mapper_or_a_validation_that_was_added_by_hand_shows():
    for name in ("password_policy", "mappers", "validations"):
        assert list(differences({name: {"given": 1, "added": 2}}, {name: {"given": 1}})) == [
            Change(f"{name}.added", 2, None)
        ]


def test_a_key_added_inside_a_mapper_shows():
    old = {"mappers": {"m": {"type": "t", "config": {"a": "1", "b": "2"}}}}
    assert list(differences(old, {"mappers": {"m": {"type": "t", "config": {"a": "1"}}}})) == [
        Change("mappers.m.config.b", "2", None)
    ]


def test_merging_keeps_what_the_file_does_not_name():
    old = {"attributes": {"a": "1", "b": "2"}, "validations": {"x": {}}, "list": [1, 2]}
    new = {"attributes": {"a": "3"}, "validations": {"y": {}}, "list": [3]}
    assert merged(old, new) == {"attributes": {"a": "3", "b": "2"}, "validations": {"y": {}}, "list": [3]}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(st.sampled_from(["a", "attributes", "validations"]), values, max_size=3)


@given(fields, fields)
def test_nothing_differs_once_the_new_is_laid_over_the_old(old, new):
    assert list(differences(merged(old, new), new)) == []


@given(fields, fields)
def test_the_seal_changes_with_every_value_before_and_after(old, new):
    other = {**old, "probe": "1"}
    asked = {**new, "probe": "2"}
    plans = [compare(desired({ROLE: asked}), Live("campus", {ROLE: Thing(before)})) for before in (old, other)]
    assert plans[0].hash != plans[1].hash
    assert compare(desired({ROLE: asked}), Live("campus", {ROLE: Thing(dict(old))})).hash == plans[0].hash


def test_a_plan_is_one_json_document():
    found = compare(desired({ROLE: {"composites": ["a"]}}), live(role__x=Thing({})))
    assert json.loads(json.dumps(as_data(found))) == {
        "hash": found.hash,
        "actions": [{"op": "create", "type": "role", "id": "student", "diff": {"composites": [None, ["a"]]}}],
        "unmanaged": [{"type": "role", "id": "x"}],
    }
