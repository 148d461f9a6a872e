"""What are places, devices and HA groups called, and which place lies in which?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from api.shapes import Place, Text, text
from campus.catalogue import Label
from campus.errors import NotFound
from campus.model import CAMPUS, Scope
from inventory.estate import Estate


@dataclass(frozen=True)
class Places:
    """The names of an estate."""

    estate: Estate

    @cached_property
    def _labels(self) -> Mapping[Scope, Label]:
        return dict(_labels(self.estate))

    @cached_property
    def _devices(self) -> Mapping[str, str]:
        names = {device.id: device.name for device in self.estate.devices}
        return names | {group.id: " / ".join(names[one] for one in group.members) for group in self.estate.ha_groups}

    def name(self, scope: Scope) -> Text:
        """The name of a scope in both languages; what is no place is called as `device` says."""
        label = self._labels.get(scope)
        return text(label) if label else Text(zh=self.device(scope.id), en=self.device(scope.id))

    def device(self, device_id: str) -> str:
        """The name of a device, the names of an HA group's units, or the id itself."""
        return self._devices.get(device_id, device_id)

    def place(self, scope: Scope) -> Place:
        """A scope as it is sent."""
        return Place(scope=str(scope), id=scope.id, name=self.name(scope))

    def path(self, scope: Scope) -> str:
        """The Chinese names from the campus down to the scope, joined by ``/``."""
        return "/".join(self.name(step).zh for step in self.estate.paths.get(scope, (scope,)))

    def parent(self, scope: Scope) -> Scope:
        """The place that a place lies in; the campus lies in itself."""
        return self.estate.paths[scope][-2:][0]

    def of_type(self, kind: str) -> list[Scope]:
        """All places of a type (area, building, floor) in the order of the estate."""
        return [scope for scope in self.estate.paths if scope.type == kind]


def known_place(estate: Estate, text: str) -> Scope:
    """Give the place that a reader named, like ``building:B3``.

    Raises:
        NotFound: no place is called so; an empty list would say that it is there and holds nothing.
    """
    found = next((scope for scope in estate.paths if str(scope) == text), None)
    if found is None:
        raise NotFound(f"no place {text}")
    return found


def _labels(estate: Estate) -> Iterator[tuple[Scope, Label]]:
    yield CAMPUS, estate.name
    for area in estate.areas:
        yield Scope("area", area.id), area.name
        for building in area.buildings:
            yield Scope("building", building.id), building.name
            for floor in building.floors:
                yield Scope("floor", floor.id), floor.name
