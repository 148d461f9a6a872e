"""Which options do several verbs share?"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.texts import say

Config = Annotated[Path, typer.Option("--config", "-c", help=say("option.config"), envvar="CAMPUS_CONFIG")]
Style = Annotated[out.Format, typer.Option("--format", help=say("option.format"))]
Limit = Annotated[int, typer.Option(help=say("option.limit"), min=1)]


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant; one without offset is refused.

    Raises:
        typer.BadParameter: not an instant, or no offset.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if found.tzinfo is None:
        raise typer.BadParameter(say("option.offset", text=text))
    return found
