"""A run's row in TensorBoard's HParams table: its settings, its true state, its scores.

There is no HParams experiment record on purpose. TensorBoard takes the first it finds for all runs, and would show
neither the settings of other models nor which settings differ; without one it works both out from the runs
there are. The record of a run is replaced whole at each change of state, because TensorBoard believes the first one
it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.report.events import anew, event, plugin_data, replace_file, scalars
from dlcli.report.tensorboard import scores_of
from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from dlcli.runs.summary import kept_row
from dlcli.spec import Experiment

_NO_SETTING = {"version", "plugins", "metrics", "expect", "sha256"}
"""Fields that say nothing of how a model is trained."""
_LONG = 24
"""Characters of a list beyond which a column cannot show it."""


def record_session(run: Run, ending: Mapping[str, Any] | None = None) -> None:
    """Writes the run's HParams record anew, from its spec and its state; once it has ended, its kept epoch, too.

    ending: what run.json is about to say of a run that ends now.
    """
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    info, experiment = run.info | dict(ending or {}), run.experiment
    start = plugin_data_pb2.SessionStartInfo(
        start_time_secs=_seconds(info["started"]),
        # Shown as the row's name, in a column that cuts it off after 13 characters: 261120-073847 tells runs apart.
        group_name=f"{run.path.name.removeprefix('20')} {run.path.parent.name}",
    )
    smoke = "stand-in" if info.get("stand_in") else "smoke"
    shown = {"running": "started", "done": smoke if info["smoke"] else "done"}
    # The bracket makes the state the first of the columns, which are sorted by name. A TensorBoard that is left open
    # keeps the first state it has read, so `running` would stay there when it is true no more.
    state = shown.get(info["state"], info["state"])
    fold = {"fold": info["fold"]} if "fold" in info else {}
    for name, value in {"(state)": state, **fold, **hyperparameters(experiment)}.items():
        if isinstance(value, bool):
            start.hparams[name].bool_value = value
        elif isinstance(value, int | float):
            start.hparams[name].number_value = value
        else:
            start.hparams[name].string_value = value
    records = [(metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start))]
    rows = run.metrics()
    if info["state"] != "running":
        status = api_pb2.STATUS_SUCCESS if info["state"] == "done" else api_pb2.STATUS_FAILURE
        ended = _seconds(info["ended"]) if info["ended"] else max([start.start_time_secs, *(r["time"] for r in rows)])
        end = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=ended)
        records.append((metadata.SESSION_END_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_end_info=end)))
    replace_file(
        run.path,
        "hparams",
        *(event(0, summary=plugin_data(tag, metadata.create_summary_metadata(data))) for tag, data in records),
    )
    if info["state"] != "running" and rows:
        kept = kept_row(rows, info.get("keep", "last"))
        if validation := scores_of(kept)[1]:
            scores = event(kept["step"], kept["time"], summary=scalars(validation))
            replace_file(run.path / "kept_validation", "scores", anew(), scores)


def mend(root: Path) -> None:
    """Records the death of runs whose process was killed before it could say so, where this user may write.

    Of a run that cannot be read any more, as without a package that it needs, only the death.
    """
    for run in all_runs(root):
        with suppress(OSError, UsageError):
            if run.is_dead():
                run.record_killed()
                record_session(run)


def hyperparameters(experiment: Experiment) -> dict[str, bool | float | str]:
    """The experiment's settings, by the names they have in `--set`, as columns of the HParams table.

    A name has values of one type in all runs, because TensorBoard cannot sort a column of several; so what is not
    set is left out. A long list at its default reads `default`.
    """
    return dict(_settings(experiment, ""))


def _settings(part: Component, prefix: str) -> Iterator[tuple[str, bool | float | str]]:
    for key, field in type(part).model_fields.items():
        value, name = getattr(part, key), f"{prefix}{key}"
        optional_part = any(isinstance(one, type) and issubclass(one, Component) for one in get_args(field.annotation))
        if key in _NO_SETTING:
            continue
        if key == "type":
            yield prefix.removesuffix("."), value  # `model: lstm` reads better than `model.type: lstm`
        elif isinstance(value, Component):
            if optional_part and "type" not in type(value).model_fields:
                yield name, True
            yield from _settings(value, f"{name}.")
        elif value is None:
            if optional_part:
                yield name, False
        elif isinstance(value, bool | int | float | str):
            yield name, value
        else:
            text = _written(value)
            yield (
                name,
                "default" if len(text) > _LONG and value == field.get_default(call_default_factory=True) else text,
            )


def _written(value: Any) -> str:
    """As YAML has it in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, Component):
        return getattr(value, "type", type(value).__name__.lower())
    return str(value)


def _seconds(iso: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(iso).timestamp()
