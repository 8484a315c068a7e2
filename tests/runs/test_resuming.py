"""What may change when a run goes on, and which run `--resume auto` means."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.models.lstm import LSTM
from dlcli.runs import provenance
from dlcli.runs.resuming import SAFE, changes, digest, newest_unfinished, notes, to_go_on_with
from dlcli.runs.run import Run
from dlcli.spec import Experiment, load
from tests.plugins.parts import ALL, PARTS, write
from tests.runs.conftest import MakeRun

SAFELY = [
    "train.epochs=99", "train.on_nan=skip", "checkpoint.every=7 steps", "strategy=cpu", "expect.test_accuracy=0.5",
    "metrics=[balanced_accuracy]",
]  # fmt: skip
OTHERWISE = [
    "seed=1",
    "train.batch_size=8",
    "model.units=[3]",
    "optimizer=sgd",
    "deterministic=true",
    "augment=[jitter]",
]


def spec(source: Path, *overrides: str) -> Experiment:
    return load(source, ["name=small", *overrides])


@pytest.mark.parametrize("override", SAFELY)
def test_what_decides_nothing_of_the_steps_already_taken_may_change(
    make_run: MakeRun, source: Path, override: str
) -> None:
    run = make_run()
    now = to_go_on_with(run, overrides=[override])
    assert now == to_go_on_with(run, spec=source, overrides=["name=small", override])
    assert digest(now) == digest(run.experiment)
    (change,) = changes(run.experiment, now)
    assert change.key.startswith(SAFE)


@pytest.mark.parametrize("override", OTHERWISE)
def test_anything_else_is_refused_with_before_and_after(make_run: MakeRun, source: Path, override: str) -> None:
    run = make_run()
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    key = override.partition("=")[0]
    with pytest.raises(UsageError, match="cannot go on with another experiment") as error:
        to_go_on_with(run, spec=source, overrides=["name=small", "train.epochs=2", override])
    lines = str(error.value).splitlines()
    assert lines[0].startswith(f"{run.path}: ")
    assert any(line.strip().startswith(key.partition(".")[0]) and " -> " in line for line in lines[1:-1])
    assert not any("train.epochs:" in line for line in lines[1:-1])
    assert lines[-1].startswith(
        "only these may change: train.epochs, train.on_nan, checkpoint, strategy, expect, metrics"
    )
    assert digest(spec(source, override)) != digest(run.experiment)
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before
    assert error.value.exit_code == 2


def test_experiments_have_one_digest_exactly_where_none_but_safe_values_differ(source: Path) -> None:
    ways = [
        [], ["train.early_stopping={}"], ["train.early_stopping={patience: 3}"], ["model.dropout=0.0"],
        ["model.dropout=0.5"], ["model={type: lstm, units: [16]}"], ["model={type: lstm}"], ["model={type: gru}"],
        ["augment=[jitter, scale]"], ["augment=[scale, jitter]"], ["augment=[scale, {type: jitter, deviations: 0.2}]"],
        ["optimizer.type=adam"], ["optimizer={type: adam, schedule: cosine}"], ["optimizer={type: adam, ema: 0.9}"],
        *([override] for override in SAFELY),
    ]  # fmt: skip
    specs = [spec(source, *way) for way in ways]
    for one, other in product(specs, specs):
        safely = all(change.key.startswith(SAFE) for change in changes(one, other))
        assert (digest(one) == digest(other)) == safely, list(map(str, changes(one, other)))


def test_a_key_that_a_later_version_adds_parts_no_run_from_its_checkpoints(source: Path) -> None:
    class LaterModel(LSTM):
        later: float = 0.5

    class LaterExperiment(Experiment):
        also_later: tuple[int, ...] = (1, 2)

    before = spec(source, "model={type: lstm, units: [16]}")
    model = LaterModel.model_validate(before.model.model_dump())
    now = LaterExperiment.model_construct(**dict(before) | {"model": model})
    assert digest(now) == digest(before)
    assert digest(now.model_copy(update={"also_later": (1,)})) != digest(before)
    assert digest(now.model_copy(update={"model": model.model_copy(update={"later": 0.1})})) != digest(before)


def test_a_change_shows_what_was_not_there_as_absent(source: Path) -> None:
    one, other = spec(source), spec(source, "train.early_stopping={patience: 3}")
    told = list(map(str, changes(one, other)))
    assert "train.early_stopping: absent -> absent" not in told
    assert "train.early_stopping.patience: absent -> 3" in told


def test_a_run_goes_on_with_its_own_copies_of_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, ALL, f"{PARTS}# {tmp_path}\n")
    run = Run.create(tmp_path / "runs", load(path), source=path)
    try:
        # The class of a model in the file that was there is another one than that in the run's copy.
        now = to_go_on_with(run, spec=path, overrides=["train.epochs=7"])
        assert now.plugins == run.experiment.plugins
        assert type(now.model) is type(run.experiment.model)
        assert [change.key for change in changes(run.experiment, now)] == ["train.epochs"]
    finally:
        run.leave()


def test_auto_means_the_newest_unfinished_run_of_this_very_experiment(
    make_run: MakeRun, source: Path, root: Path
) -> None:
    runs = [make_run() for _ in range(3)]
    for run, state in zip(runs, ("failed", "preempted", "done"), strict=True):
        run.update(state=state)

    def found(*overrides: str, smoke: bool = False) -> Path | None:
        run = newest_unfinished(root, spec(source, *overrides), smoke=smoke)
        return None if run is None else run.path

    assert found() == found("train.epochs=3") == runs[1].path
    assert found("seed=1") is None
    assert found("name=other") is None
    assert found(smoke=True) is None
    (runs[1].path / "spec.yaml").write_text("model: gone\n")
    assert found() == runs[0].path


def test_auto_finds_a_set_of_folds_until_it_is_whole_and_only_as_it_was(
    make_run: MakeRun, source: Path, root: Path
) -> None:
    run = make_run()
    run.update(state="done", fold=1, folds=3, fold_set=run.path.name)
    found = newest_unfinished(root, spec(source), smoke=False)
    assert found is not None
    assert found.path == run.path
    assert newest_unfinished(root, spec(source, "train.epochs=3"), smoke=False) is None
    (run.path.parent / f"folds-{run.path.name}.json").write_text("{}")
    assert newest_unfinished(root, spec(source), smoke=False) is None


def test_other_versions_threads_and_packages_are_noted(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()
    assert list(notes(run)) == []
    run.update(threads=3, versions=run.info["versions"] | {"keras": "2.0"}, plugins=[{"package": "typer 0.1"}])
    monkeypatch.setattr(provenance, "threads", lambda: 8)
    said = list(notes(run))
    assert said[0].startswith("typer was 0.1 when this run was made; it is ")
    assert said[1].startswith("keras was 2.0 when this run began; it is ")
    assert said[2] == "this run began with 3 threads, here are 8: sums are rounded otherwise"


def test_a_changed_run_loads_again_and_says_what_changed_and_when(make_run: MakeRun) -> None:
    run = make_run()
    for epochs in (20, 30):
        run.change(to_go_on_with(run, overrides=[f"train.epochs={epochs}"]), [f"to {epochs}"], epochs // 10)
    assert run.experiment.train.epochs == run.info["epochs"] == 30
    record = json.loads((run.path / "run.json").read_text())["changes"]
    assert [(each["after_step"], each["what"]) for each in record] == [(2, ["to 20"]), (3, ["to 30"])]
