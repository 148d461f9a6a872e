"""Does an application get safe settings and nothing else?"""

import pytest

from campus.errors import Conflict
from identity.apps import NewApp, add, needs
from identity.keycloak import Account, Keycloak

NOWHERE = Keycloak(Account("http://127.0.0.1:9", "campus", "x", lambda: "y"), "campus")


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/*",
        "https://*.example/cb",
        "http://a.example/cb",
        "http://10.0.0.8/cb",
        "https://a.example/cb#part",
        "javascript:alert(1)",
        "https:///cb",
        "cb",
        "",
    ],
)
async def test_an_address_that_could_be_misused_is_refused_before_anything_is_asked(address):
    with pytest.raises(Conflict, match="no safe redirect address"):
        await add(NOWHERE, NewApp("portal", "Portal", "oidc", ("https://a.example/cb", address)))


def test_what_an_app_needs_depends_on_its_protocol():
    oidc = needs("https://sso.example", "campus", NewApp("portal", "", "oidc", ()))
    assert oidc["discovery"] == "https://sso.example/realms/campus/.well-known/openid-configuration"
    saml = needs("https://sso.example", "campus", NewApp("https://library.example", "", "saml", ()))
    assert saml["idp_metadata"] == "https://sso.example/realms/campus/protocol/saml/descriptor"
    assert saml["entity_id"] == "https://library.example"
