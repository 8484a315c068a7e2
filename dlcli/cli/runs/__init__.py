"""dlcli runs: what there is in the folder of all runs."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from dlcli.cli.runs.gc import gc
from dlcli.cli.runs.listing import list_
from dlcli.cli.runs.rm import rm
from dlcli.cli.runs.show import show


class _ListsAtOnce(TyperGroup):
    """Without a command of its own, `dlcli runs` lists, with the options of `dlcli runs list`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        wants_list = args[0].startswith("-") and args[0] not in ("-h", "--help") if args else not ctx.resilient_parsing
        return super().parse_args(ctx, ["list", *args] if wants_list else args)


app = typer.Typer(
    cls=_ListsAtOnce,
    help="List, inspect and delete runs. Without a command: list them.",
    rich_markup_mode=None,
)
app.command("list", short_help="List runs; those that stopped with the command that goes on.")(list_)
app.command("show", short_help="Say everything that is known of a run.")(show)
app.command("rm", short_help="Delete runs.")(rm)
app.command("gc", short_help="Delete all but the best runs of each name, or those that are old.")(gc)
