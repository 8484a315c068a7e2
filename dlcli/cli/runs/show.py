"""dlcli runs show"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli.completion import complete_all_runs, complete_experiments
from dlcli.cli.options import Runs

if TYPE_CHECKING:
    from dlcli.runs.entries import Entry
    from dlcli.runs.summary import Summary


def _complete(ctx: typer.Context, incomplete: str) -> list[str]:
    return complete_all_runs(ctx, incomplete) if "/" in incomplete else complete_experiments(ctx, incomplete)


def show(
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            autocompletion=_complete,
            help="A run's folder, or the name of an experiment; the newest run if absent.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, with all of run.json.")] = False,
    runs: Runs = None,
) -> None:
    """Say everything that is known of a run: how it stands, where it comes from, its scores and its checkpoints."""
    from dlcli.cli.page import Page
    from dlcli.cli.runs.common import mended, way_on

    entry = _wanted(mended(runs), wanted)
    if as_json:
        import json

        more = [{"info": run.info, "scores": run.scores, "checkpoints": _checkpoints(run)} for run in entry.runs]
        typer.echo(json.dumps({**entry.as_json(), "runs": more}, indent=2))
        return
    page = Page()
    page.heading(str(entry.path))
    page.table(list(_of_entry(entry)), indent=2)
    if entry.fold_set:
        page.gap()
        page.table(list(_folds(entry)), indent=2)
    if way := way_on(entry):
        page.gap()
        page.code(way, indent=2)  # not wrapped: it holds a command to copy
    page.show()


def _wanted(root: Path, wanted: str | None) -> Entry:
    from dlcli.runs.entries import entry_at, newest_of

    return entry_at(root, wanted, newest=True) if wanted is not None else newest_of(root)


def _of_entry(entry: Entry) -> Iterator[tuple[str, str]]:
    from datetime import datetime

    from dlcli.cli.runs.common import size
    from dlcli.runs.heartbeat import last_beat
    from dlcli.runs.summary import step_of

    run = entry.runs[-1]
    yield "state", _state(entry)
    if run.problem:
        yield "problem", run.problem
    yield from _origin({**run.info, "started": entry.runs[0].info.get("started")})
    if run.state in ("running", "killed") and (beat := last_beat(run.path)):
        yield "last sign", f"of life: {datetime.fromtimestamp(beat).astimezone():%Y-%m-%d %H:%M:%S%z}"
    yield from _made_of(run)
    if entry.fold_set:
        yield from _means(entry)
    else:
        yield from _scores(run)
        for path in run.checkpoints:
            yield "checkpoint", f"after step {step_of(path)}, {size(path.stat().st_size)}"
    yield "size", size(entry.bytes)


def _state(entry: Entry) -> str:
    info = (entry.resumes or entry.runs[-1]).info
    kind = " (a smoke run on made-up stand-in examples)" if info.get("stand_in") else " (a smoke run)"
    reason = f": {info['reason']}" if info.get("reason") else ""
    return f"{entry.state}{kind if info.get('smoke') else ''}{reason}"


def _origin(info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    import shlex
    from datetime import datetime

    from dlcli.cli.runs.common import span

    for key in ("started", "ended"):
        if info.get(key):
            yield key, info[key].replace("T", " ")
    if info.get("started") and info.get("ended"):
        took = datetime.fromisoformat(info["ended"]) - datetime.fromisoformat(info["started"])
        yield "took", span(took.total_seconds())
    if info.get("command"):
        _, *arguments = info["command"]
        yield "command", f"dlcli {shlex.join(arguments)}"
        yield "in", info.get("folder", "")
    if info.get("git"):
        yield "git", f"{info['git']['commit']}{'' if info['git']['clean'] else ', with changes'}"
    if info.get("versions"):
        yield "versions", ", ".join(f"{name} {version}" for name, version in info["versions"].items())
    if info.get("host"):
        yield "machine", f"{info['host']}, process {info.get('process')}"
    if info.get("devices"):
        yield "devices", ", ".join(name.rpartition("device:")[2] for name in info["devices"])


def _made_of(run: Summary) -> Iterator[tuple[str, str]]:
    info, types = run.info, _types(run.path)
    examples = info.get("examples", {})
    counts = {split: sum(of.values()) if isinstance(of, Mapping) else of for split, of in examples.items()}
    said = ", ".join(f"{split} {count}" for split, count in counts.items())
    if "dataset" in info:
        yield "data", f"{types.get('dataset', '')} (fingerprint {info['dataset']}){': ' * bool(said)}{said}"
    if "parameters" in info:
        yield "model", f"{types.get('model', '')}, {info['parameters']:,} parameters, seed {info.get('seed')}"
    if info.get("initial"):
        yield "weights", f"began with those of {info['initial']}"
    for plugin in info.get("plugins", []):
        yield "plugin", plugin.get("package") or f"{plugin['file']}, from {plugin['from']}"


def _types(folder: Path) -> dict[str, str]:
    """What dataset and model the spec has, read without the plugins that may be needed to load it."""
    import yaml

    try:
        spec = yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8"))
        return {part: str(spec[part]["type"]) for part in ("dataset", "model")}
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return {}


def _scores(run: Summary) -> Iterator[tuple[str, str]]:
    yield "reached", f"epoch {run.epoch}{f' of {e}' if (e := run.info.get('epochs')) else ''}, step {run.step}"
    if run.kept:
        keep = run.info.get("keep", "last")
        yield (
            "kept",
            f"the model of epoch {run.kept['epoch']}, {'the last' if keep == 'last' else f'the best by {keep}'}",
        )
    for split, prefix in (("validation", "val_"), ("test", "test_")):
        of_split = {name.removeprefix(prefix): value for name, value in run.scores.items() if name.startswith(prefix)}
        if of_split:
            yield split, "  ".join(f"{name} {value:.4f}" for name, value in of_split.items())


def _means(entry: Entry) -> Iterator[tuple[str, str]]:
    from dlcli.cli.runs.common import score

    done = sum(run.state == "done" for run in entry.runs)
    for split, name, prefix in (("validation", entry.headline, "val_"), ("test", entry.test_headline, "test_")):
        if entry.score(name) is not None:
            yield split, f"{score(entry, name, prefix)}, the mean of {done} fold{'s' if done > 1 else ''}"


def _folds(entry: Entry) -> Iterator[tuple[str, str]]:
    from dlcli.cli.runs.common import score
    from dlcli.runs.entries import Entry

    for run in entry.runs:
        reached = score(Entry([run]), run.test_headline, "test_") if run.state == "done" else f"step {run.step}"
        yield f"fold {run.info['fold']} of {entry.folds}", f"{run.path}  {run.state}  {reached}"


def _checkpoints(run: Summary) -> list[dict[str, Any]]:
    from dlcli.runs.summary import step_of

    return [{"path": str(path), "step": step_of(path), "bytes": path.stat().st_size} for path in run.checkpoints]
