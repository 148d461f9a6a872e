"""Whom does ``campus capwap`` ask, by what the operator typed and what the settings say?"""

from pathlib import Path

import pytest
import typer

from campus.cli.capwap import _controller
from campus.errors import ConfigError
from collectors.capwap.consent import Controller

SETTINGS = """\
campus: {name: Lab}
credentials: {lab: {version: 2c, community: "${env:C}"}}
inventory:
  devices:
    - {id: ac-1, kind: ac, address: 10.1.0.2, credential: lab, capwap_probe: true, profile: h3c_comware_ac}
    - {id: ac-2, kind: ac, address: "2001:db8::2", credential: lab}
    - {id: sw-1, kind: switch, address: 10.1.0.1, credential: lab}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "campus.yaml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


OPTED_IN = Controller("ac-1", "10.1.0.2", 5246, opted_in=True, profile="h3c_comware_ac")


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ("ac-1", OPTED_IN),
        ("10.1.0.2", OPTED_IN),
        ("10.1.0.2:5300", Controller("ac-1", "10.1.0.2", 5300, opted_in=True, profile="h3c_comware_ac")),
        ("ac-2", Controller("ac-2", "2001:db8::2", profile="auto")),
        ("[2001:db8::2]:5246", Controller("ac-2", "2001:db8::2", profile="auto")),
        ("sw-1", Controller("sw-1", "10.1.0.1", profile="auto")),
        ("192.0.2.9", Controller("192.0.2.9", "192.0.2.9")),
    ],
)
def test_the_settings_say_who_opted_in(config, typed, whom):
    assert _controller(typed, config) == whom


@pytest.mark.parametrize(
    ("typed", "address", "port"),
    [
        ("127.0.0.1", "127.0.0.1", 5246),
        ("127.64.0.33:15246", "127.64.0.33", 15246),
        ("::1", "::1", 5246),
        ("[::1]:15246", "::1", 15246),
    ],
)
def test_loopback_needs_no_settings(typed, address, port):
    assert _controller(typed, Path("missing.yaml")) == Controller(typed, address, port)


def test_a_name_that_no_device_has_is_refused(config):
    with pytest.raises(typer.BadParameter):
        _controller("ac-9", config)


@pytest.mark.parametrize("typed", ["127.0.0.1:0", "127.0.0.1:65536"])
def test_a_port_that_none_can_be_is_refused(config, typed):
    with pytest.raises(typer.BadParameter):
        _controller(typed, config)


def test_another_address_than_loopback_needs_settings(tmp_path):
    with pytest.raises(ConfigError):
        _controller("192.0.2.9", tmp_path / "missing.yaml")
