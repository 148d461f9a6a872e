"""What stands where in plain data, whether or not the rest of it is right?"""

from collections.abc import Iterator, Sequence

from campus.strict_yaml import Plain, Spot


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


def find(data: Plain, path: Sequence[str], spot: Spot = ()) -> Iterator[tuple[Spot, Plain]]:
    """Give all that ``path`` leads to, with its spot; ``*`` leads to every item of a list."""
    if not path:
        yield spot, data
    elif path[0] == "*" and isinstance(data, list):
        for number, item in enumerate(data):
            yield from find(item, path[1:], (*spot, number))
    elif isinstance(data, dict) and path[0] in data:
        yield from find(data[path[0]], path[1:], (*spot, path[0]))


def leaves(data: Plain, spot: Spot = ()) -> Iterator[tuple[Spot, str]]:
    """Give every text with its spot."""
    if isinstance(data, str):
        yield spot, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, item in items:
        yield from leaves(item, (*spot, part))
