"""Is a real realm afterwards as the file says, does every change by hand show, and is nothing else touched?"""

import json
from pathlib import Path

import pytest

from campus import strict_yaml
from campus.errors import Conflict, NotFound
from identity.keycloak import Account, Keycloak, quoted
from identity.realm import export, file, live
from identity.realm.apply import apply, plan
from identity.realm.plan import as_data
from identity.realm.things import Key

STARTER = Path(__file__).parents[2] / "identity" / "realm.yaml"
ENVIRON = {"CAMPUS_QUALITY_SECRET": "a-secret-of-the-test", "PARTNER": "a-partner-secret", "OTHER": "another-secret"}

ENDPOINTS = {"clientId": "c", "authorizationUrl": "https://a.example/a", "tokenUrl": "https://a.example/t"}

MORE = """
  https://library.college.example/saml:
    protocol: saml
    roles: {reader: {description: 读者}}
    name: 图书馆
    redirect_uris: ['https://library.college.example/saml/acs']
    frontchannel_logout: true
    mappers:
      student_no:
        type: saml-user-attribute-mapper
        config: {user.attribute: student_no, attribute.name: studentNo, attribute.nameformat: Basic}
    attributes: {saml.assertion.signature: 'true', saml.client.signature: 'false'}
identity_providers:
  partner:
    provider_id: oidc
    display_name: 合作院校
    secret: ${env:PARTNER}
    config:
      clientId: campus
      authorizationUrl: https://partner.example/auth
      tokenUrl: https://partner.example/token
    mappers:
      staff_no:
        type: oidc-user-attribute-idp-mapper
        config: {claim: staff_no, user.attribute: staff_no, syncMode: INHERIT}
"""


def wanted(realm: str, text: str, environ=ENVIRON):
    return file.desired(strict_yaml.parse(text, "realm.yaml"), realm, Path(), environ)


async def make(admin, text, environ=ENVIRON):
    """Bring the realm to what ``text`` says; gives what is left to do."""
    desired = wanted(admin.realm, text, environ)
    return await apply(admin, desired, (await plan(admin, desired)).hash)


async def drift(admin, text, environ=ENVIRON):
    return await plan(admin, wanted(admin.realm, text, environ))


def told(found):
    return {(action.op, action.key.type, action.key.id) for action in found.actions}


@pytest.fixture(scope="session")
def college():
    """The starter file, with a SAML application and another place whose people sign in."""
    return STARTER.read_text("utf-8") + MORE.lstrip("\n")


async def test_after_apply_nothing_is_left_to_do(admin, college):
    left = await make(admin, college)
    assert left.actions == ()
    assert (await make(admin, college)).hash == left.hash


async def test_a_realm_that_does_not_exist_is_made(admin, college):
    await admin.delete("")
    assert ("create", "realm", admin.realm) in told(await drift(admin, college))
    assert (await make(admin, college)).actions == ()


async def test_both_policies_are_understood_as_they_are_written(admin):
    for policy in file.policies():
        assert (await make(admin, f"policy: {policy}\n")).actions == ()


@pytest.mark.parametrize("everything", [False, True])
async def test_a_plan_from_an_export_is_empty(admin, college, everything):
    await make(admin, college)
    await admin.create("clients", {"clientId": "made-by-hand", "redirectUris": ["https://hand.example/*"]})
    await admin.create("identity-provider/instances", {"alias": "bare", "providerId": "oidc", "config": ENDPOINTS})
    text = export.as_text(await live.read(admin), everything=everything)
    assert (await drift(admin, text)).actions == ()
    assert "made-by-hand" in text
    assert not any(secret in text for secret in ENVIRON.values())


async def test_a_plan_is_void_once_the_realm_moved(admin, college):
    desired = wanted(admin.realm, college)
    seal = (await plan(admin, desired)).hash
    await admin.create("roles", {"name": "student", "description": "by hand"})
    with pytest.raises(Conflict, match="make a new plan"):
        await apply(admin, desired, seal)
    assert await admin.find("roles/staff") is None


async def test_only_what_we_created_is_removed(admin):
    await make(admin, "roles: {ours: {}}\ngroups: {/ours: {}}\nclient_scopes: {ours: {}}\nclients: {ours: {}}\n")
    await admin.create("roles", {"name": "by-hand"})
    await admin.create("groups", {"name": "by-hand"})
    await admin.create("clients", {"clientId": "by-hand"})
    left = await make(admin, "roles: {}\ngroups: {}\nclient_scopes: {}\nclients: {}\n")
    things = (await live.read(admin)).things
    assert left.actions == ()
    assert [key for key in things if key.id.strip("/") == "ours"] == []
    assert set(left.unmanaged) == {Key("client", "by-hand"), Key("group", "/by-hand"), Key("role", "by-hand")}
    assert set(left.unmanaged) <= set(things)


async def test_a_section_that_is_left_out_is_untouched(admin):
    await make(admin, "roles: {ours: {}}\nclients: {app: {name: App}}\n")
    found = await drift(admin, "roles: {ours: {}}\n")
    assert (found.actions, found.unmanaged) == ((), ())


async def test_what_was_there_before_is_changed_and_never_removed(admin):
    await admin.create("clients", {"clientId": "old", "name": "Old", "redirectUris": ["https://old.example/*"]})
    await make(admin, "clients: {old: {name: New}}\n")
    (client,) = await admin.rows("clients", clientId="old")
    assert (client["name"], client["redirectUris"]) == ("New", ["https://old.example/*"])
    assert (await make(admin, "clients: {}\n")).unmanaged == (Key("client", "old"),)


async def test_a_changed_secret_shows_without_being_shown(admin, college):
    await make(admin, college)
    changed = await drift(admin, college, ENVIRON | {"PARTNER": "another-secret", "CAMPUS_QUALITY_SECRET": "other"})
    assert told(changed) == {("update", "client", "quality-platform"), ("update", "identity_provider", "partner")}
    text = json.dumps(as_data(changed)) + repr(changed)
    assert "${env:PARTNER}" in text
    assert not any(secret in text for secret in (*ENVIRON.values(), "other-secret"))
    assert (await make(admin, college, ENVIRON | {"PARTNER": "another-secret"})).actions == ()


async def test_an_account_of_the_realm_itself_is_enough(keycloak, admin, college):
    body = {"clientId": "campus-ops", "publicClient": False, "serviceAccountsEnabled": True, "secret": "ops-secret"}
    uuid = await admin.create("clients", body)
    await more_power(admin, f"clients/{uuid}")
    account = Account(keycloak.url, admin.realm, "campus-ops", lambda: "ops-secret")
    async with Keycloak(account, admin.realm) as ops:
        assert (await make(ops, college)).actions == ()


async def test_a_role_that_is_nowhere_is_named(admin):
    with pytest.raises(NotFound, match="no role is called 'nobody'"):
        await make(admin, "groups: {/a: {roles: [nobody]}}\n")


# ── changes by hand ──────────────────────────────────────────────────────────────────────────────────────────


async def client(admin, name):
    (found,) = await admin.rows("clients", clientId=name)
    return f"clients/{found['id']}"


async def scope(admin, name):
    return next(f"client-scopes/{row['id']}" for row in await admin.rows("client-scopes") if row["name"] == name)


async def group(admin, path):
    return f"groups/{(await admin.read(f'group-by-path/{path}'))['id']}"


async def lay_over(admin, path, **fields):
    await admin.replace(path, {**await admin.read(path), **fields})


async def change_attribute(admin, name, **fields):
    profile = await admin.read("users/profile")
    rows = [{**row, **fields} if row["name"] == name else row for row in profile["attributes"]]
    await admin.replace("users/profile", {**profile, "attributes": rows})


async def drop_attribute(admin, name):
    profile = await admin.read("users/profile")
    rows = [row for row in profile["attributes"] if row["name"] != name]
    await admin.replace("users/profile", {**profile, "attributes": rows})


async def unmap(admin, path, name):
    mapper = next(row for row in await admin.rows(path) if row["name"] == name)
    await admin.delete(f"{path}/{mapper['id']}")


async def remap(admin, path, name, **config):
    mapper = next(row for row in await admin.rows(path) if row["name"] == name)
    await admin.replace(f"{path}/{mapper['id']}", {**mapper, "config": {**mapper["config"], **config}})


REALM_CHANGES = {
    "display_name": ("displayName", "Hacked"),
    "password_policy.length": ("passwordPolicy", "length(4)"),
    "brute_force_protected": ("bruteForceProtected", False),
    "failure_factor": ("failureFactor", 500),
    "max_failure_wait": ("maxFailureWaitSeconds", 1),
    "access_token_lifespan": ("accessTokenLifespan", 86400),
    "sso_session_idle_timeout": ("ssoSessionIdleTimeout", 86400),
    "registration_allowed": ("registrationAllowed", True),
    "ssl_required": ("sslRequired", "none"),
    "supported_locales": ("supportedLocales", ["zh-CN", "en", "de"]),
    "events_enabled": ("eventsEnabled", False),
    "admin_events_details_enabled": ("adminEventsDetailsEnabled", False),
    "default_locale": ("defaultLocale", "en"),
}

BY_HAND = {
    ("role", "student", "description"): lambda a: lay_over(a, "roles/student", description="by hand"),
    ("role", "staff", ""): lambda a: a.delete("roles/staff"),
    ("role", "network-admin", "composites"): lambda a: drop_composites(a, "roles/network-admin"),
    ("client_role", "campus-api/metrics:read", "description"): lambda a: client_role(a, "metrics:read"),
    ("group", "/教职工/信息中心", "attributes.dept_code"): lambda a: regroup(a, "教职工/信息中心"),
    ("group", "/学生", "roles"): lambda a: unrole(a, "学生"),
    ("client_scope", "people", "mappers.student_no.type"): lambda a: in_scope(a, unmap, "people", "student_no"),
    ("client_scope", "campus-api", "mappers.audience.config.included.client.audience"): lambda a: in_scope(
        a, remap, "campus-api", "audience", **{"included.client.audience": "other"}
    ),
    ("client_scope", "campus-api", "description"): lambda a: in_scope(a, lay_over, "campus-api", description="x"),
    ("client", "campus-pages", "redirect_uris"): lambda a: in_client(
        a, lay_over, "campus-pages", redirectUris=["https://evil.example/*"]
    ),
    ("client", "campus-pages", "attributes.pkce.code.challenge.method"): lambda a: in_client(
        a, lay_over, "campus-pages", attributes={"pkce.code.challenge.method": ""}
    ),
    ("client", "campus-pages", "default_client_scopes"): lambda a: unscope(a, "campus-pages", "profile"),
    ("client", "campus-api", "full_scope_allowed"): lambda a: in_client(
        a, lay_over, "campus-api", fullScopeAllowed=True
    ),
    ("client", "quality-platform", "secret"): lambda a: in_client(a, new_secret, "quality-platform"),
    ("client", "quality-platform", "service_account_roles"): lambda a: in_client(a, more_power, "quality-platform"),
    ("client", "https://library.college.example/saml", ""): lambda a: in_client(
        a, remove, "https://library.college.example/saml"
    ),
    ("identity_provider", "partner", "config.tokenUrl"): lambda a: reroute(a, tokenUrl="https://evil.example/token"),
    ("identity_provider", "partner", "mappers.staff_no.config.claim"): lambda a: remap(
        a, "identity-provider/instances/partner/mappers", "staff_no", claim="admin"
    ),
    ("user_attribute", "student_no", "permissions.edit"): lambda a: change_attribute(
        a, "student_no", permissions={"view": ["admin", "user"], "edit": ["admin", "user"]}
    ),
    ("user_attribute", "person_type", "validations.length"): lambda a: change_attribute(
        a, "person_type", validations={"options": {"options": ["student", "staff", "external"]}, "length": {"max": 3}}
    ),
    ("user_attribute", "dept_code", ""): lambda a: drop_attribute(a, "dept_code"),
    ("user_profile", "people", "unmanaged_attribute_policy"): lambda a: lay_over(
        a, "users/profile", unmanagedAttributePolicy="ENABLED"
    ),
    ("required_action", "UPDATE_PASSWORD", "enabled"): lambda a: lay_over(
        a, "authentication/required-actions/UPDATE_PASSWORD", enabled=False
    ),
}


async def in_client(admin, change, name, **more):
    await change(admin, await client(admin, name), **more)


async def in_scope(admin, change, name, *more, **config):
    path = await scope(admin, name)
    await change(admin, f"{path}/protocol-mappers/models" if change in (unmap, remap) else path, *more, **config)


async def drop_composites(admin, path):
    await admin.delete(f"{path}/composites", await admin.rows(f"{path}/composites"))


async def client_role(admin, name):
    await lay_over(admin, f"{await client(admin, 'campus-api')}/roles/{quoted(name)}", description="by hand")


async def regroup(admin, path):
    await lay_over(admin, await group(admin, path), attributes={"dept_code": ["9999"]})


async def unrole(admin, path):
    where = f"{await group(admin, path)}/role-mappings/realm"
    await admin.delete(where, await admin.rows(where))


async def unscope(admin, name, of):
    where = f"{await client(admin, name)}/default-client-scopes"
    row = next(row for row in await admin.rows(where) if row["name"] == of)
    await admin.delete(f"{where}/{row['id']}")


async def new_secret(admin, path):
    await admin.call(f"{path}/client-secret")


async def more_power(admin, path):
    account = await admin.read(f"{path}/service-account-user")
    manage = await client(admin, "realm-management")
    role = await admin.read(f"{manage}/roles/realm-admin")
    await admin.create(f"users/{account['id']}/role-mappings/{manage}", [role])


async def remove(admin, path):
    await admin.delete(path)


async def reroute(admin, **config):
    path = "identity-provider/instances/partner"
    await lay_over(admin, path, config={**(await admin.read(path))["config"], **config})


async def test_every_change_by_hand_shows_and_is_undone(admin, college):
    await make(admin, college)
    await lay_over(admin, "", **dict(REALM_CHANGES.values()))
    for change in BY_HAND.values():
        await change(admin)
    found = await drift(admin, college)
    shown = {(action.key.type, action.key.id, change.field) for action in found.actions for change in action.changes}
    shown |= {(action.key.type, action.key.id, "") for action in found.actions if action.op == "create"}
    assert {("realm", admin.realm, field) for field in REALM_CHANGES} - shown == set()
    assert set(BY_HAND) - shown == set()
    assert (await make(admin, college)).actions == ()
