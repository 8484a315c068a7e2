from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import DataError, Preempted, TrainingError, UsageError
from dlcli.report.screen import Screen
from dlcli.runs.run import Run
from dlcli.training import evaluate as evaluation_module
from dlcli.training.checkpoints import newest
from dlcli.training.evaluate import evaluate_run
from dlcli.training.prepare import prepare
from dlcli.training.steps import Steps
from dlcli.training.train import train

SPEC = {"model": "{type: bilstm, units: [8, 4], dropout: 0.3}", "train": "{epochs: 3, batch_size: 32}"}


def test_a_run_is_recorded_whole(experiment, begin):
    spec = experiment(**SPEC)
    run = begin(spec)
    evaluations = train(prepare(spec), run)
    assert run.info["state"] == "done"
    assert run.info["parameters"] > 0
    assert [row["epoch"] for row in run.metrics()] == [1, 2, 3]
    assert {p.name for p in run.path.iterdir() if "tfevents" not in p.name} == {
        "spec.yaml", "source.yaml", "run.json", "metrics.jsonl", "result.json", "model.keras", "checkpoints", "lock",
        "figures", "train", "validation", "kept_validation",
        "test",
    }  # fmt: skip
    assert {p.name for p in (run.path / "figures").iterdir()} >= {
        "validation_confusion_matrix.png", "test_confusion_matrix.png",
    }  # fmt: skip
    result = json.loads((run.path / "result.json").read_text())
    assert {e.split: e.as_json() for e in evaluations} == {name: result[name] for name in ("validation", "test")}
    assert run.experiment == spec


def test_a_training_that_ends_early_says_so_behind_its_last_row(experiment, begin, capsys):
    stopping = "{epochs: 9, early_stopping: {metric: val_loss, patience: 1}, keep: val_loss}"
    spec = experiment(optimizer="{type: sgd, learning_rate: 1.0e-30}", train=stopping)
    train(prepare(spec), begin(spec), screen=Screen())
    assert capsys.readouterr().out.endswith("\nstopped early: val_loss has not improved for 1 epoch\n")


def test_eval_gives_the_numbers_that_training_reported(experiment, begin):
    spec = experiment(**SPEC)
    run = begin(spec)
    for reported in train(prepare(spec), run):
        assert evaluate_run(run, reported.split).as_json() == reported.as_json()


def test_the_kept_model_is_that_of_the_best_epoch(experiment, begin, data):
    spec = experiment(optimizer="{type: adam, learning_rate: 0.2}", train="{epochs: 8, batch_size: 32}")
    run = begin(spec)
    validation, _ = train(prepare(spec), run)
    accuracies = [row["val_accuracy"] for row in run.metrics()]
    assert validation.report.accuracy == pytest.approx(max(accuracies))
    assert max(accuracies) > accuracies[-1]


def test_the_kept_model_opens_in_plain_keras(experiment, begin, data, tmp_path):
    spec = experiment(**SPEC)
    run = begin(spec)
    train(prepare(spec), run)
    np.save(tmp_path / "x.npy", data.test.x)
    program = (
        "import sys, numpy as np, keras;"
        f"model = keras.models.load_model({str(run.model_path)!r});"
        f"np.save({str(tmp_path / 'y.npy')!r}, model.predict(np.load({str(tmp_path / 'x.npy')!r}), verbose=0));"
        "assert not [name for name in sys.modules if name.startswith('dlcli')]"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=tmp_path, env=os.environ | {"KERAS_BACKEND": "tensorflow"}
    )
    logits = np.load(tmp_path / "y.npy")
    np.testing.assert_allclose(
        logits, evaluation_module.predict(keras.models.load_model(run.model_path), data.test.x), atol=1e-5
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals to itself")
def test_each_signal_saves_and_a_run_resumed_after_all_of_them_ends_as_if_undisturbed(experiment, begin):
    spec = experiment("{type: lstm, units: [8], dropout: 0.3}", train="{epochs: 3, batch_size: 32}")
    undisturbed, stopped = begin(spec), begin(spec)
    train(prepare(spec), undisturbed)
    begun = None
    for number, steps, said in [
        (signal.SIGTERM, 4, r"stopped by SIGTERM after step 4 \(in epoch 1\)"),
        (signal.SIGINT, 3, r"stopped by SIGINT after step 7 \(in epoch 2\)"),
        (signal.SIGUSR1, 4, r"stopped by SIGUSR1 after step 11 \(in epoch 3\)"),
    ]:
        with pytest.raises(Preempted, match=said):
            train(prepare(spec), stopped, checkpoint=begun, callbacks=[_send(number, steps)])
        assert stopped.info["state"] == "preempted"
        stopped = Run(stopped.path)
        stopped.resume()
        begun = newest(stopped.checkpoint_folder)
    train(prepare(spec), stopped, checkpoint=begun)
    assert stopped.info["state"] == "done"

    without_time = [[{**row, "time": 0} for row in run.metrics()] for run in (undisturbed, stopped)]
    assert without_time[0] == without_time[1]
    first, second = (keras.models.load_model(run.model_path).get_weights() for run in (undisturbed, stopped))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def _send(number: signal.Signals, steps: int) -> keras.callbacks.Callback:
    """Sends the process a signal at the end of so many steps from now on."""
    left = iter(range(steps - 1, -1, -1))
    return keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: os.kill(os.getpid(), number) if next(left, 1) == 0 else None
    )


def test_signs_of_life_are_given_while_a_run_is_trained_and_not_after(experiment, begin):
    spec = experiment(train="{epochs: 1}")
    run = begin(spec)
    (run.path / "heartbeat").unlink()
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((run.path / "heartbeat").exists())
    )
    train(prepare(spec), run, callbacks=[look])
    assert seen == [True]
    assert not (run.path / "heartbeat").exists()
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_a_failure_is_recorded_with_its_reason(experiment, begin):
    spec = experiment(optimizer="{type: sgd, learning_rate: 1.0e+38}")
    run = begin(spec)
    with pytest.raises(TrainingError, match="was not taken: "):
        train(prepare(spec), run)
    assert run.info["state"] == "failed"
    assert "but the penalties or the weights it leads to are not" in run.info["reason"]
    with pytest.raises(UsageError, match="the run is failed and finished no epoch"):
        evaluate_run(run, "test")


def test_eval_refuses_data_that_has_changed(experiment, begin, data, monkeypatch):
    spec = experiment(train="{epochs: 1}")
    run = begin(spec)
    train(prepare(spec), run)
    x = data.train.x.copy()
    x[0, 0, 0] += 1e-3
    changed = type(data)(type(data.train)(x, data.train.y, data.train.groups), data.validation, data.test, data.target)
    monkeypatch.setattr(evaluation_module, "load_data", lambda experiment, **_: changed)
    with pytest.raises(DataError, match=changed.fingerprint()):
        evaluate_run(run, "test")


def test_an_unknown_class_in_class_weights_is_named_before_there_is_a_run(experiment, begin):
    with pytest.raises(UsageError, match="`sleeping`; the classes are slow, middle, fast"):
        prepare(experiment(train="{class_weights: {sleeping: 2.0}}"))


def test_normalisation_sees_the_training_split_alone(experiment, begin, data):
    from dlcli.tasks import task_for
    from dlcli.training.build import build_model

    moved = type(data)(
        data.train, *(type(s)(s.x * 7 + 100, s.y, s.groups) for s in (data.validation, data.test)), data.target
    )
    spec = experiment(model="{type: gru, units: [4]}")
    layers = [build_model(spec, d, task_for(d)).get_layer("normalize") for d in (data, moved)]
    one, other = (layer(data.train.x).numpy() for layer in layers)
    np.testing.assert_array_equal(one, other)
    assert abs(one.mean()) < 1e-4
    assert one.std() == pytest.approx(1, abs=1e-3)


def test_a_run_whose_folder_is_deleted_ends_with_one_error_that_names_it(experiment, begin):
    spec = experiment("linear", train="{epochs: 9, batch_size: 50}")
    run = begin(spec)
    delete = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch == 1 and shutil.rmtree(run.path))
    with pytest.raises((OSError, TrainingError), match=str(run.path)) as error:  # of a row, or of a checkpoint
        train(prepare(spec), run, callbacks=[delete])
    assert "No such file or directory" in str(error.value)
    assert not run.path.exists()


@pytest.mark.parametrize(
    ("fails", "named"),
    [("dlcli.training.checkpoints.np.savez", "checkpoints"), ("keras.Model.save", "model.keras"),
     ("dlcli.runs.run.os.fsync", "metrics.jsonl")],
)  # fmt: skip
def test_a_full_disk_is_told_by_its_file_and_nothing_is_left_half_written(experiment, begin, monkeypatch, fails, named):
    spec = experiment("linear", train="{epochs: 3, batch_size: 50}", more="checkpoint: {every: 1 epochs}")
    run = begin(spec)

    def full(*given, **_):
        if given and isinstance(given[-1], Path):
            given[-1].write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        fill = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: patched.setattr(fails, full))
        with pytest.raises((TrainingError, OSError), match="No space left on device") as error:
            train(prepare(spec), run, callbacks=[fill])
    assert str(run.path / named) in str(error.value)
    assert [path.name for path in run.path.rglob("*") if "tmp" in path.name] == []
    # Where no file can be written, the record cannot either; but the lock is given up, by which the run is known dead.
    assert run.info["state"] == "failed" or run.is_dead()


def test_memory_that_does_not_suffice_ends_a_run_with_what_to_change(experiment, begin):
    spec = experiment("linear")

    def exhaust(epoch, logs):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[64,128,128]")

    run = begin(spec)
    with pytest.raises(TrainingError, match=r"^out of memory: train\.batch_size is 32"):
        train(prepare(spec), run, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=exhaust)])
    assert run.info["state"] == "failed"
    assert run.info["reason"].startswith("out of memory: train.batch_size is 32")


def test_a_step_at_fault_is_on_record_with_its_examples(experiment, begin):
    spec = experiment(optimizer="{type: sgd, learning_rate: 1.0e+38}")
    run = begin(spec)
    with pytest.raises(TrainingError, match=r"^step 2 "):
        train(prepare(spec), run)
    failure = run.info["failure"]
    assert (failure["step"], failure["epoch"], len(failure["examples"])) == (2, 1, 32)
    assert set(failure["at_fault"]) <= set(failure["examples"])
    assert failure["what"] in run.info["reason"]


def test_steps_that_were_skipped_are_told_in_row_line_and_record(experiment, begin, monkeypatch, capsys):
    spec = experiment("linear", train="{epochs: 2, batch_size: 50, on_nan: skip}")
    run = begin(spec)
    monkeypatch.setattr(Steps, "train", spoiling(Steps.train))
    single = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    train(prepare(spec), run, callbacks=[single], screen=Screen())
    assert [row["skipped"] for row in run.metrics()] == [1, 0]
    assert run.info["skipped"] == 1
    said = capsys.readouterr().out
    assert "  skipped" in said
    assert said.endswith("skipped   1 step was passed over, as it would have spoilt the weights (on_nan)\n")


def spoiling(take):
    """As `Steps.train`, of single steps, the third of which is not finite."""

    def train(steps, batches, count, totals):
        if int(steps.optimizer.iterations.numpy()) == 2 and not hasattr(steps, "spoilt"):
            steps.spoilt = next(batches)
            return 0, totals
        return take(steps, batches, count, totals)

    return train


def test_a_model_with_a_layer_that_keras_has_none_for_is_opened_by_who_evaluates_its_run(experiment, begin):
    spec = experiment("{type: attention_rnn, units: [3]}", train="{epochs: 1}")
    run = begin(spec)
    train(prepare(spec), run)
    program = (
        "from pathlib import Path; from dlcli.runs.run import Run; from dlcli.training.evaluate import kept_model; "
        f"print(kept_model(Run(Path({str(run.path)!r}))).get_layer('attention_1').output[1].shape)"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "(None, 12, 12)"
