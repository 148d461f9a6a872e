"""What do tests of the inventory share? An estate from a few lines of settings, and APs as controllers tell of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus import settings
from campus.model import Entity, Latest
from inventory import estate
from inventory.estate import Estate

HEAD = """\
campus: {name: Lab}
credentials: {c: {version: 2c, community: "${env:C}"}}
inventory:
  areas:
    - id: A1
      name: One
      subnet: 10.1.0.0/16
      buildings: [{id: B1, name: B1, floors: [{id: B1-1, name: 1F}, {id: B1-2, name: 2F}]}]
    - id: A2
      name: Two
      subnet: 10.2.0.0/16
      buildings: [{id: B2, name: B2, floors: [{id: B2-1, name: 1F}]}]
  devices:
    - {id: ac1, kind: ac, address: 10.1.0.2, credential: c}
    - {id: ac2, kind: ac, address: 10.1.0.3, credential: c}
    - {id: ac3, kind: ac, address: 10.2.0.2, credential: c, name: Third}
    - {id: sw1, kind: switch, address: 10.1.0.1, credential: c, floor: B1-2}
    - {id: h1, kind: host, address: 192.0.2.1, credential: c, since: 2026-09-01, until: 2026-10-01}
  ha_groups: [{id: ha1, members: [ac1, ac2]}]
  aps:
    patterns:
      - {name: '(?P<building>B\\d)-(?P<floor>\\d)-\\d+', example: B1-1-01}
    table:
"""


@pytest.fixture
def campus(tmp_path: Path) -> Callable[..., Estate]:
    """Give ``campus(row, …)``: an estate of two areas with these rows in its AP table."""

    def build(*rows: str) -> Estate:
        path = tmp_path / "campus.yaml"
        path.write_text(HEAD + "".join(f"      - {{{row}}}\n" for row in rows), encoding="utf-8")
        return estate.build(settings.load(path, {}))

    return build


@pytest.fixture
def at() -> Callable[[float], datetime]:
    """Give ``at(day)``: an instant, in days after 1 September 2026, campus midnight."""
    return lambda day: datetime(2026, 8, 31, 16, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture
def told(at: Callable[[float], datetime]) -> Callable[..., Latest]:
    """Give ``told(ap, source, first, last, up=1, **facts)``: what one source last told of an AP."""

    def latest(ap: str, source: str = "ac1", first: float = 0, last: float = 30, **more: str | int) -> Latest:
        up = more.pop("up", 1)
        facts = {name: str(value) for name, value in more.items()}
        values = {"ap.up": float(up)}
        return Latest(Entity("ap", ap), source, at(last), at(last) + timedelta(minutes=1), values, facts, at(first))

    return latest
