"""Which verbs does ``campus`` have? Each has its own module; here they get their names."""

import typer

from campus.cli.poll import poll
from campus.cli.texts import say

app = typer.Typer(
    name="campus", help=say("about"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.command(help=say("poll.help"))(poll)


@app.callback()
def _front() -> None:
    """Keep the verbs' names even while there is one verb only."""
