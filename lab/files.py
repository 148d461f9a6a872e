"""Which settings make the suite watch the lab? Writes a ready ``campus.yaml``, AP table and community file."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from lab.network import Network
from lab.plan import AREAS, BUILDINGS, GATEWAY, MACHINE_ROOMS, Area, Building, Device, Plan

Node = str | int | Sequence["Node"] | Mapping[str, "Node"]

_HEAD = """\
# Written by the campus lab at each start: all devices below are software.
# {banner}
"""
_AP_NAME = r"(?P<building>[A-Z]+\d*)-F(?P<floor>\d+)-\d+"


def write(directory: Path, plan: Plan, network: Network, community: str) -> Path:
    """Write the files into ``directory`` and give the path of the settings file."""
    directory.mkdir(parents=True, exist_ok=True)
    secret = directory / "community"
    secret.touch(mode=0o600)
    secret.write_text(community + "\n", encoding="utf-8")
    _write_table(directory / "aps.csv", plan)
    settings = directory / "campus.yaml"
    body = yaml.safe_dump(_settings(plan, network), allow_unicode=True, sort_keys=False, width=120)
    settings.write_text(_HEAD.format(banner=network.banner) + body, encoding="utf-8")
    return settings


def _write_table(path: Path, plan: Plan) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("ap", "floor", "service"))
        for ap in plan.aps:
            service = "planned" if ap.building.planned else "in_service"
            table.writerow((ap.serial, _floor(ap.building.id, ap.floor), service))


def _floor(building: str, floor: int) -> str:
    return f"{building}-{floor}"


def _settings(plan: Plan, network: Network) -> Mapping[str, Node]:
    echo = "icmp" if network.echo_port is None else f"udp:{network.echo_port}"
    return {
        "campus": {"name": {"zh": "示范职业学院（软件仿真）", "en": "Lab College (software twin)"}},
        "credentials": {"lab": {"version": "2c", "community": "${file:community}"}},
        "inventory": {
            "areas": [_area(area, network) for area in AREAS],
            "devices": [_device(device, network) for device in plan.devices],
            "ha_groups": _groups(plan),
            "aps": {
                "table": "aps.csv",
                "patterns": [{"name": _AP_NAME, "floor": "{building}-{floor}", "example": plan.aps[0].name}],
            },
        },
        "collect": {"anchors": [network.address(GATEWAY)], "echo": echo},
    }


def _area(area: Area, network: Network) -> Node:
    return {
        "id": area.id,
        "name": {"zh": area.zh, "en": area.en},
        "subnet": f"{network.address(area.net)}/27",
        "buildings": [_building(building) for building in BUILDINGS if building.area == area.id],
    }


def _device(device: Device, network: Network) -> Node:
    return {
        "id": device.id,
        "kind": device.kind,
        "name": device.zh,
        "address": network.address(device.number),
        "port": network.port,
        "floor": _floor(*MACHINE_ROOMS[device.area]),
        "credential": "lab",
        **({"capwap_probe": True} if device.kind == "ac" else {}),
    }


def _groups(plan: Plan) -> Node:
    members: dict[str, list[str]] = {}
    for device in plan.devices:
        members.setdefault(device.group, []).append(device.id)
    return [{"id": group, "members": units} for group, units in members.items() if group and len(units) > 1]


def _building(building: Building) -> Node:
    return {
        "id": building.id,
        "name": {"zh": building.zh, "en": building.en},
        "floors": [
            {"id": _floor(building.id, floor), "name": {"zh": f"{floor}层", "en": f"Floor {floor}"}}
            for floor in range(1, building.floors + 1)
        ],
    }
