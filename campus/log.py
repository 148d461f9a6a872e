"""How are events logged? Standard logging, one line an event, to stderr; configured by the command line only."""

import logging
import sys
import time


def to_stderr(level: int = logging.INFO) -> None:
    """Send events of ``level`` and above to stderr, with UTC time; libraries only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for room in ("campus", "inventory", "collectors", "playbooks", "identity", "api", "lab"):
        logging.getLogger(room).setLevel(level)
