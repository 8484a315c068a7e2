"""What TensorBoard's own readers make of a run's event files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.errors import Preempted, TrainingError
from dlcli.metrics.classification import ClassificationReport
from dlcli.report.figures import draw
from dlcli.report.hparams import hyperparameters, mend, record_session
from dlcli.report.tensorboard import Board
from dlcli.runs.run import Run
from dlcli.spec import Experiment, load
from tests.report.figures.subjects import counted, size

NAMES = ("sitting", "standing", "walking")
REPORT = ClassificationReport(NAMES, np.array([[5, 1, 0], [0, 6, 2], [0, 0, 7]]))
FIGURES = draw(counted(REPORT.confusion))
PNG = FIGURES["confusion_matrix"]
SCORES = {"loss": 0.3, "accuracy": REPORT.accuracy, "macro_f1": REPORT.macro_f1}
VAL_ACCURACY = (0.5, 0.75, 0.75, 0.625)
ROWS = [
    {
        "epoch": n, "step": 10 * n, "loss": 1 / n, "accuracy": 1 - 1 / (n + 1), "val_loss": 2 / n,
        "val_accuracy": value, "learning_rate": 0.01 / n, "time": 1e9 + n,
    }
    for n, value in enumerate(VAL_ACCURACY, start=1)
]  # fmt: skip

Make = Callable[..., Run]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a run under tmp_path/runs of a spec with overrides."""
    made = []

    def new(*overrides: str, smoke: bool = False) -> Run:
        run = Run.create(tmp_path / "runs", experiment(tmp_path, *overrides), source=tmp_path / "toy.yaml", smoke=smoke)
        record_session(run)
        made.append(run)
        return run

    yield new
    for run in made:
        run._lock.release()


def experiment(folder: Path, *overrides: str) -> Experiment:
    spec = folder / "toy.yaml"
    text = "dataset: hapt\nmodel: {type: lstm, units: [32, 16]}\noptimizer: adam\ntrain: {epochs: 4}\n"
    spec.write_text(text, encoding="utf-8")
    return load(spec, overrides)


def train(run: Run, rows: list[dict[str, Any]], *, died: bool = False, error: Exception | None = None) -> None:
    """What the recorder does over these epochs and at the end; a process that died does nothing at the end."""
    board = Board(run)
    board.start(b"", [])
    keep = run.experiment.train.keep
    run.update(keep="val_accuracy" if keep == "best" else keep)
    for row in rows:
        run.append_metrics(row)
        board.epoch(row)
    if not died and error is None:
        for split in ("validation", "test"):
            evaluation: Any = SimpleNamespace(split=split, scores=SCORES)
            board.finish(rows[-1]["step"], evaluation, FIGURES)
    board.close()
    if died:
        run._lock.release()
    else:
        run.end(error)
        record_session(run)


def tensorboard(root: Path) -> Any:
    """TensorBoard's data, as its server reads it from a folder."""
    from tensorboard.backend.event_processing import plugin_event_multiplexer

    data = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"scalars": 0})
    data.AddRunsFromDirectory(str(root))
    return data.Reload()


def points(root: Path, name: str, tag: str) -> list[tuple[int, float]]:
    return [
        (event.step, float(event.tensor_proto.float_val[0]))
        for event in tensorboard(root).GetAccumulator(name).Tensors(tag)
    ]


def table(root: Path) -> tuple[list[str], list[str], dict[str, Any]]:
    """The HParams table: settings that differ, metrics in their order, rows by name."""
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.context import RequestContext
    from tensorboard.data.provider import ListHyperparametersResult
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

    context = backend_context.Context(TBContext(data_provider=MultiplexerDataProvider(tensorboard(root), str(root))))
    nothing = ListHyperparametersResult(hyperparameters=[], session_groups=[])
    found = context.hparams_metadata(RequestContext(), "")
    about = context.experiment_from_metadata(RequestContext(), "", True, found, nothing)
    request = api_pb2.ListSessionGroupsRequest(start_index=0, slice_size=99, allowed_statuses=range(4))
    groups = list_session_groups.Handler(RequestContext(), context, "", request).run().session_groups
    differing = [info.name for info in about.hparam_infos if info.differs]
    return (
        differing,
        [f"{m.name.group}.{m.name.tag}" for m in about.metric_infos],
        {group.name: group for group in groups},
    )


def row_of(run: Run) -> Any:
    return table(run.path.parent.parent)[2][f"{run.path.name[2:]} {run.path.parent.name}"]


def state(run: Run) -> tuple[str, int]:
    row = row_of(run)
    return row.hparams["(state)"].string_value, row.sessions[0].status


def metrics(row: Any) -> dict[str, float]:
    return {f"{m.name.group}.{m.name.tag}": m.value for m in row.metric_values}


def test_every_run_has_the_same_tags(make: Make, tmp_path: Path) -> None:
    runs = [make("model=gru"), make("optimizer=sgd", smoke=True)]
    for run in runs:
        train(run, ROWS)
    found = tensorboard(tmp_path / "runs").Runs()
    scores = {"loss", "accuracy"}
    for run in runs:
        name = f"{run.path.parent.name}/{run.path.name}"
        tags = {each.removeprefix(name): set(has["tensors"]) for each, has in found.items() if each.startswith(name)}
        assert tags.pop("") >= {"spec", "__run_graph__"}
        assert tags == {
            "/train": scores | {"optimizer/learning_rate"},
            "/validation": scores,
            "/kept_validation": scores | {"validation/confusion_matrix", "validation/mistakes"},
            "/test": scores | {"macro_f1", "test/confusion_matrix", "test/mistakes"},
        }
    assert len(found) == 5 * len(runs)


def test_curves_are_the_rows(make: Make, tmp_path: Path) -> None:
    run = make()
    train(run, ROWS)
    for name, tag, column in (
        ("train", "loss", "loss"),
        ("train", "optimizer/learning_rate", "learning_rate"),
        ("validation", "accuracy", "val_accuracy"),
    ):
        expected = [(row["step"], pytest.approx(row[column], rel=1e-6)) for row in ROWS]
        assert points(run.path, name, tag) == expected


@pytest.mark.parametrize("died", [True, False])
def test_a_resumed_run_has_each_step_once(make: Make, died: bool) -> None:
    run = make()
    train(run, ROWS[:3], died=died, error=Preempted("stopped"))
    run.resume()
    run.forget_metrics_after(20)
    train(run, ROWS[2:])
    for name in ("train", "validation"):
        assert [step for step, _ in points(run.path, name, "loss")] == [10, 20, 30, 40]
        assert len(list((run.path / name).iterdir())) == 1


def test_a_tensorboard_left_open_sees_a_resumed_run_without_duplicates(make: Make) -> None:
    run = make()
    train(run, ROWS[:3], error=Preempted("stopped"))
    data = tensorboard(run.path)
    run.resume()
    run.forget_metrics_after(10)
    train(run, [dict(row, loss=7.0) for row in ROWS[1:]])
    events = data.Reload().GetAccumulator("train").Tensors("loss")
    assert [(event.step, event.tensor_proto.float_val[0]) for event in events] == [(10, 1), (20, 7), (30, 7), (40, 7)]


def test_the_first_record_read_is_the_state(make: Make) -> None:
    from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE, STATUS_SUCCESS, STATUS_UNKNOWN

    run = make()
    assert state(run) == ("started", STATUS_UNKNOWN)
    train(run, ROWS[:1], error=TrainingError("the loss is not finite"))
    assert state(run) == ("failed", STATUS_FAILURE)
    run.resume()
    record_session(run)
    train(run, ROWS[1:2], error=Preempted("stopped"))
    assert state(run) == ("preempted", STATUS_FAILURE)
    run.resume()
    train(run, ROWS[2:])
    assert state(run) == ("done", STATUS_SUCCESS)


def test_mend_records_a_killed_run_and_leaves_the_living_alone(make: Make, tmp_path: Path) -> None:
    from tensorboard.plugins.hparams.api_pb2 import STATUS_FAILURE, STATUS_UNKNOWN

    living, dead, early = make(), make(), make()
    train(dead, ROWS[:3], died=True)
    early._lock.release()  # died before its first epoch
    mend(tmp_path / "runs")
    assert state(dead) == state(early) == ("killed", STATUS_FAILURE)
    assert state(living) == ("started", STATUS_UNKNOWN)
    assert row_of(dead).sessions[0].end_time_secs >= ROWS[2]["time"]
    before = sorted((tmp_path / "runs").rglob("*"))
    mend(tmp_path / "runs")
    assert sorted((tmp_path / "runs").rglob("*")) == before


def test_mend_is_not_stopped_by_a_run_that_cannot_be_read_any_more(make: Make, tmp_path: Path) -> None:
    dead, other = make(), make()
    for run in (dead, other):
        train(run, ROWS[:1], died=True)
    (dead.path / "spec.yaml").write_text("plugins: [gone.py]\ndataset: hapt\nmodel: tiny\n")
    mend(tmp_path / "runs")
    assert [run.info["state"] for run in (dead, other)] == ["killed", "killed"]


def test_a_finished_smoke_run_is_called_so(make: Make) -> None:
    run = make(smoke=True)
    train(run, ROWS)
    assert state(run)[0] == "smoke"


def test_the_table_has_one_row_a_run_and_shows_what_differs(make: Make, tmp_path: Path) -> None:
    done, dead = make("model=gru", "optimizer.learning_rate=0.5"), make("optimizer=sgd", "model.units=[8]")
    train(done, ROWS)
    train(dead, ROWS[:1], died=True)
    mend(tmp_path / "runs")
    differing, columns, rows = table(tmp_path / "runs")
    assert differing == ["(state)", "model", "model.units", "optimizer", "optimizer.learning_rate"]
    assert len(rows) == 2
    first_five = ["accuracy", "accuracy", "accuracy", "accuracy", "loss"]
    assert [column.partition(".")[2] for column in columns[:5]] == first_five
    assert {"kept_validation.accuracy", "test.accuracy"} <= set(columns[:5])


def test_kept_validation_is_of_the_epoch_whose_model_is_kept(make: Make) -> None:
    by_accuracy, by_loss, last = make(), make("train.keep=val_loss"), make("train.keep=last")
    for run in (by_accuracy, by_loss, last):
        train(run, ROWS)
    assert points(by_accuracy.path, "kept_validation", "accuracy") == [(20, 0.75)]  # the first of two equals
    assert points(by_loss.path, "kept_validation", "accuracy") == [(40, 0.625)]
    assert points(last.path, "kept_validation", "accuracy") == [(ROWS[-1]["step"], ROWS[-1]["val_accuracy"])]
    assert metrics(row_of(by_loss))["kept_validation.loss"] == 0.5
    assert metrics(row_of(by_loss))["test.accuracy"] == pytest.approx(REPORT.accuracy)


def test_hyperparameters_are_flat_readable_and_of_one_type(tmp_path: Path) -> None:
    plain = hyperparameters(experiment(tmp_path))
    assert (plain["model"], plain["model.units"], plain["model.dropout"]) == ("lstm", "[32, 16]", 0.0)
    assert (plain["optimizer"], plain["optimizer.schedule"]) == ("adam", "constant")
    assert (plain["dataset.channels"], plain["dataset.transitions"], plain["train.epochs"]) == ("default", False, 4)
    assert plain["train.early_stopping"] is False
    rich = hyperparameters(
        experiment(
            tmp_path, "dataset.channels=[body_acc_x, total_acc_z]", "train.early_stopping.patience=3",
            "train.class_weights={sitting: 2.0}", "optimizer.clip_norm=1", "expect.test_accuracy=0.9",
        )
    )  # fmt: skip
    assert rich["dataset.channels"] == "[body_acc_x, total_acc_z]"
    assert (rich["train.early_stopping"], rich["train.early_stopping.patience"]) == (True, 3)
    assert rich["train.class_weights"] == "{sitting: 2.0}"
    assert not any(name.startswith("expect") or name.endswith(".type") for name in rich)
    for values in (plain, rich):
        assert {type(value) for value in values.values()} <= {bool, int, float, str}
    assert all(isinstance(rich[name], type(plain[name])) for name in plain)


def test_the_spec_keeps_its_lines(make: Make) -> None:
    run = make()
    train(run, ROWS[:1])
    (event,) = tensorboard(run.path).GetAccumulator(".").Tensors("spec")
    lines = event.tensor_proto.string_val[0].decode().splitlines()
    assert all(line.startswith("    ") for line in lines)  # Markdown's mark of text to be shown as it is
    assert "\n".join(line[4:] for line in lines) + "\n" == (run.path / "spec.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["test", "kept_validation"])
def test_figures_are_pictures(make: Make, folder: str) -> None:
    run = make()
    train(run, ROWS)
    found = tensorboard(run.path).GetAccumulator(folder)
    for kind, png in FIGURES.items():
        (event,) = found.Tensors(f"{folder.removeprefix('kept_')}/{kind}")
        width, height, shown = event.tensor_proto.string_val[:3]
        assert shown == png
        assert (int(width), int(height)) == size(png)


def test_a_run_that_is_finished_again_has_the_figures_of_its_last_end_alone(make: Make) -> None:
    run = make()
    train(run, ROWS[:2])
    run.resume(extended=True)
    train(run, ROWS[2:])
    for folder in ("test", "kept_validation"):
        (event,) = tensorboard(run.path).GetAccumulator(folder).Tensors(f"{folder.removeprefix('kept_')}/mistakes")
        assert event.step == ROWS[-1]["step"]


def test_nothing_here_loads_tensorflow(make: Make, tmp_path: Path) -> None:
    run = make()
    train(run, ROWS[:2], died=True)
    code = (
        "import sys; from pathlib import Path;"
        "from dlcli.report.tensorboard import Board; from dlcli.report.hparams import mend;"
        "from dlcli.runs.run import Run; root, path = map(Path, sys.argv[1:]); mend(root);"
        "Board(Run(path)).start(b'', []);"
        "assert Run(path).info['state'] == 'killed'; sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "runs", run.path], check=True)
