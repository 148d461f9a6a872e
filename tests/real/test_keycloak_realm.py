"""Is a real realm afterwards as the file says, does every change by hand show, and is nothing else touched?"""

from pathlib import Path

import pytest

from campus import strict_yaml
from campus.errors import Conflict
from identity.realm import file
from identity.realm.apply import apply, plan
from identity.realm.things import Key

STARTER = Path(__file__).parents[2] / "identity" / "realm.yaml"
ENVIRON = {"CAMPUS_QUALITY_SECRET": "a-secret-of-the-test", "PARTNER": "a-partner-secret"}


def wanted(realm: str, text: str | None = None, environ=ENVIRON):
    document = strict_yaml.parse(STARTER.read_text("utf-8") if text is None else text, "realm.yaml")
    return file.desired(document, realm, Path(), environ)


async def make(admin, text=None, environ=ENVIRON):
    desired = wanted(admin.realm, text, environ)
    left = await apply(admin, desired, (await plan(admin, desired)).hash)
    return desired, left


def told(found):
    return {(action.op, action.key.type, action.key.id) for action in found.actions}


async def test_after_apply_nothing_is_left_to_do(admin):
    desired, left = await make(admin)
    assert left.actions == ()
    again = await apply(admin, desired, left.hash)
    assert (again.actions, again.hash) == ((), left.hash)


async def test_a_realm_that_does_not_exist_is_made(keycloak, admin):
    desired = wanted(admin.realm)
    await admin.delete("")
    first = await plan(admin, desired)
    assert ("create", "realm", admin.realm) in told(first)
    assert (await apply(admin, desired, first.hash)).actions == ()
