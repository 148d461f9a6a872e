"""What is the written contract of the API? ``python -m api.openapi`` writes it to ``api/openapi.json``."""

import json
from collections.abc import Mapping
from pathlib import Path

from api.app import routes

FILE = Path(__file__).with_name("openapi.json")


def document() -> Mapping[str, object]:
    """The contract that the routes make."""
    return routes().openapi()


if __name__ == "__main__":
    FILE.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
