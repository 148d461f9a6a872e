"""Does our transport speak with a real Keycloak, and does that say what it is?"""

import asyncio

import pytest

from campus.errors import Conflict, NotFound, ServiceError
from identity.keycloak import Account, Keycloak
from tests.keycloak_server import VERSION


async def test_the_server_is_the_version_that_the_report_names(keycloak):
    async with Keycloak(
        Account(keycloak.url, "master", keycloak.client_id, lambda: keycloak.secret), "master"
    ) as admin:
        assert (await admin.read(""))["realm"] == "master"
        clients = await admin.rows("clients", clientId=keycloak.client_id)
    assert keycloak.version == VERSION
    assert [client["clientId"] for client in clients] == [keycloak.client_id]


async def test_users_are_added_listed_changed_and_removed(admin):
    created = await asyncio.gather(
        *(admin.create("users", {"username": f"user-{number:02}", "enabled": True}) for number in range(25))
    )
    assert await admin.number("users/count") == 25
    listed = await admin.all_rows("users", 10, briefRepresentation="true")
    assert sorted(user["id"] for user in listed) == sorted(created)
    await admin.replace(f"users/{created[0]}", {"enabled": False})
    assert (await admin.read(f"users/{created[0]}"))["enabled"] is False
    await admin.delete(f"users/{created[0]}")
    await admin.delete(f"users/{created[0]}")
    assert await admin.find(f"users/{created[0]}") is None


async def test_a_second_thing_of_one_name_is_a_conflict(admin):
    await admin.create("roles", {"name": "teacher"})
    with pytest.raises(Conflict):
        await admin.create("roles", {"name": "teacher"})


async def test_what_is_not_there_is_not_found(admin):
    with pytest.raises(NotFound):
        await admin.read("roles/no-such-role")


async def test_many_users_come_in_one_call_that_says_what_it_did(admin):
    people = [{"username": f"p{number}", "enabled": True} for number in range(3)]
    told = await admin.call("partialImport", {"ifResourceExists": "SKIP", "users": people})
    assert told["added"] == 3
    assert await admin.number("users/count") == 3


async def test_a_wrong_secret_is_refused_without_being_told(keycloak):
    async with Keycloak(Account(keycloak.url, "master", keycloak.client_id, lambda: "wrong-secret"), "master") as admin:
        with pytest.raises(ServiceError, match="does not let") as caught:
            await admin.read("")
    assert "wrong-secret" not in str(caught.value)


async def test_a_closed_port_is_an_error_of_the_service():
    async with Keycloak(Account("http://127.0.0.1:9", "master", "x", lambda: "y"), "master", pauses=()) as admin:
        with pytest.raises(ServiceError, match="cannot be reached"):
            await admin.read("")
