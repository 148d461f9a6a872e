"""The front door: the command ``campus``. The only place where the rooms are put together."""

import sys
import traceback

from campus.cli.texts import say
from campus.errors import CampusError, ConfigError

BUG = 70


def main() -> None:
    """Run the command line; the process's exit code is 0 well, 1 findings, 2 configuration, 3 service, 70 bug."""
    from campus.cli.app import app  # noqa: PLC0415 - help in the right language needs the locale first

    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except CampusError as error:
        sys.exit(_tell(error))
    except Exception:  # noqa: BLE001 - the outermost edge: anything else is a bug of ours
        traceback.print_exc()
        print(say("bug"), file=sys.stderr)
        sys.exit(BUG)


def _tell(error: CampusError) -> int:
    lines = [str(fault) for fault in error.faults] if isinstance(error, ConfigError) else [str(error)]
    print("\n".join(lines), file=sys.stderr)
    return error.exit_code
