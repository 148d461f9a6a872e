"""Where do the vendored browser files come from, and are they still what was taken?

``npm ci --ignore-scripts`` in this folder, then ``python -m dashboards.vendor`` copies the files of `TAKEN` into
``static/vendor`` and writes ``THIRD_PARTY.txt`` with their licences and SHA-384. Node is needed for nothing else.
"""

import base64
import hashlib
import shutil
from pathlib import Path
from typing import NamedTuple

from dashboards import STATIC

HERE = Path(__file__).parent
VENDOR = STATIC / "vendor"


class Taken(NamedTuple):
    """One file of an npm package, and what it contains under which licence."""

    package: str
    version: str
    source: str
    target: str
    contains: str


TAKEN = (
    Taken("htm", "3.1.1", "preact/standalone.module.js", "preact.js", "htm (Apache-2.0) with preact and hooks (MIT)"),
)


def integrity(path: Path) -> str:
    """The SHA-384 of a file as browsers take it (Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def target(taken: Taken) -> Path:
    """Where a vendored file stands."""
    return VENDOR / f"{taken.package}-{taken.version}" / taken.target


def third_party() -> str:
    """The text of ``THIRD_PARTY.txt`` for the files that stand there now."""
    lines = ["Vendored from npm by `python -m dashboards.vendor`.", ""]
    for taken in TAKEN:
        path = target(taken)
        lines += [f"{path.relative_to(VENDOR).as_posix()}", f"  {taken.contains}", f"  {integrity(path)}", ""]
    return "\n".join(lines)


def main() -> None:
    """Copy the files out of ``node_modules`` and write down what they are."""
    for taken in TAKEN:
        target(taken).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "node_modules" / taken.package / taken.source, target(taken))
    (VENDOR / "THIRD_PARTY.txt").write_text(third_party(), encoding="utf-8")


if __name__ == "__main__":
    main()
