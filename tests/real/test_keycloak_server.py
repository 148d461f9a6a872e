"""Is the Keycloak of the tests the one that it says it is, and alone on loopback?"""

import json
import urllib.request


def test_the_server_answers_on_loopback_alone(keycloak):
    with urllib.request.urlopen(f"{keycloak.url}/realms/master") as answer:
        assert json.load(answer)["realm"] == "master"
