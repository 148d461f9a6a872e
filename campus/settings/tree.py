"""What stands where in plain data, whether or not the rest of it is right?"""

from collections.abc import Iterator, Sequence

from campus.strict_yaml import Plain, Spot

Trail = tuple[str, ...]
"""A way through plain data that forks at ``*``, into every item of a list."""

AREAS: Trail = ("inventory", "areas", "*")
BUILDINGS: Trail = (*AREAS, "buildings", "*")
FLOORS: Trail = (*BUILDINGS, "floors", "*")
DEVICES: Trail = ("inventory", "devices", "*")
HA_GROUPS: Trail = ("inventory", "ha_groups", "*")
AP_ROWS: Trail = ("inventory", "aps", "table", "*")
AP_PATTERNS: Trail = ("inventory", "aps", "patterns", "*")


def look(data: Plain, spot: Sequence[str | int]) -> Plain:
    """Give what stands at ``spot``, ``None`` where nothing does."""
    for part in spot:
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def find(data: Plain, trail: Trail, spot: Spot = ()) -> Iterator[tuple[Spot, Plain]]:
    """Give all that ``trail`` leads to, with its spot."""
    if not trail:
        yield spot, data
    elif trail[0] == "*" and isinstance(data, list):
        for number, item in enumerate(data):
            yield from find(item, trail[1:], (*spot, number))
    elif isinstance(data, dict) and trail[0] in data:
        yield from find(data[trail[0]], trail[1:], (*spot, trail[0]))


def leaves(data: Plain, spot: Spot = ()) -> Iterator[tuple[Spot, str]]:
    """Give every text with its spot."""
    if isinstance(data, str):
        yield spot, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, item in items:
        yield from leaves(item, (*spot, part))
