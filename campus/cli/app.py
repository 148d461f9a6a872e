"""Which verbs does ``campus`` have? Each has its own module; here they get their names."""

import typer

from campus.cli import baseline, identity, indicators, keys, lab, maintenance, measures, people, wifi
from campus.cli.capwap import capwap
from campus.cli.check import check_files
from campus.cli.demo import demo
from campus.cli.explain import explain
from campus.cli.poll import poll
from campus.cli.record import record
from campus.cli.report import report
from campus.cli.texts import say
from campus.cli.up import collect_alone, serve_alone, up

app = typer.Typer(
    name="campus", help=say("about"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
app.command(help=say("demo.help"))(demo)
app.command("check", help=say("check.help"))(check_files)
app.command(help=say("poll.help"))(poll)
app.command(help=say("record.help"))(record)
app.command(help=say("report.help"))(report)
app.command(help=say("capwap.help"))(capwap)
app.command(help=say("up.help"))(up)
app.command("collect", help=say("collect.help"))(collect_alone)
app.command("serve", help=say("serve.help"))(serve_alone)
app.add_typer(wifi.app, name="wifi")
indicators.app.command(help=say("explain.help"))(explain)
app.add_typer(indicators.app, name="indicators")
app.add_typer(measures.app, name="measures")
app.add_typer(baseline.app, name="baseline")
app.add_typer(maintenance.app, name="maintenance")
app.add_typer(identity.app, name="identity")
identity.app.add_typer(people.app, name="people")
app.add_typer(keys.app, name="keys")
app.add_typer(lab.app, name="lab")
