"""Values that are each right and make no sense together: the exact words, and that nothing else is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.data import Classes, Inputs, MultiLabel, NextToken, Reals, Timelines, TokenSequence
from dlcli.errors import SpecError
from dlcli.metrics.names import FOLLOWED, SCORES
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load, load_recorded
from dlcli.spec.experiment import ValidationMetric
from dlcli.spec.load import check
from dlcli.spec.problems import Problem
from dlcli.spec.reading import parse
from dlcli.tasks import (
    Classification,
    Detection,
    Labelling,
    NextTokens,
    Reconstruction,
    Regression,
    SequenceToSequence,
    Task,
)
from tests.spec.problems import REST, found, problems, shown, without_choices
from tests.spec.test_problems import block

NUMBERS = "dataset: {type: csv, path: a.csv, target: y, task: reals}\nmodel: linear\n"
ALL_TRAINING = (
    "dataset: {type: csv, path: a.csv, target: y, task: reals, validation: null, test: null}\nmodel: linear\n"
)
SERIES = "dataset: {type: windows, path: a.csv, target: y, steps: 5}\nmodel: lstm\n"
STATEFUL = "dataset: tiny_shakespeare\nmodel: {type: gru, stateful: true}\n"
MNIST = "dataset: mnist\nmodel: cnn\n"
IN_TEN = "(`train.epochs` is 10 by default)"
NONE_HELD_OUT = "goes by validation, and nothing is held out for it (`dataset.validation` is null)"

AUTOENCODER = "dataset: hapt\nmodel: {type: autoencoder, filters: [4]}\n"

SAID = {
    "keeping by accuracy where inputs are given back": (
        AUTOENCODER + "train: {keep: val_accuracy}",
        "s.yaml:3:15: `train.keep`: there is no val_accuracy where the inputs themselves are predicted",
        "one of: val_loss, val_mse, val_mae",
    ),
    "keeping by an error of inputs where classes are predicted": (
        REST + "train: {keep: val_mse}",
        "s.yaml:3:15: `train.keep`: there is no val_mse where classes are predicted",
        "one of: val_loss, val_accuracy",
    ),
    "an accuracy expected where inputs are given back": (
        AUTOENCODER + "expect: {test_accuracy: 0.9}",
        "s.yaml:3:10: `expect.test_accuracy`: there is no accuracy where the inputs themselves are predicted",
        "one of: test_loss, test_mse, test_mae",
    ),
    "a metric of classes where inputs are given back": (
        AUTOENCODER + "metrics: [balanced_accuracy]",
        "s.yaml:3:11: `metrics[0]`: balanced_accuracy is for classes; the inputs themselves are predicted",
        "",
    ),
    "classes to weigh where inputs are given back": (
        AUTOENCODER + "train: {class_weights: balanced}",
        "s.yaml:3:9: `train.class_weights`: the inputs themselves are predicted; there are no classes to weigh",
        "",
    ),
    "labels to smooth where inputs are given back": (
        AUTOENCODER + "train: {label_smoothing: 0.1}",
        "s.yaml:3:9: `train.label_smoothing`: the inputs themselves are predicted; only classes have labels to smooth",
        "",
    ),
    "categories to be given back": (
        "dataset: {type: csv, path: a.csv, target: y, categorical: [clinic]}\nmodel: autoencoder\n",
        "s.yaml:1:60: `dataset.categorical[0]`: `clinic` is a column of categories; autoencoder gives back numbers "
        "(`model.type`)",
        "leave the column out (`drop`)",
    ),
    "texts to be given back": (
        "dataset: tiny_shakespeare\nmodel: autoencoder\n",
        "s.yaml:2:8: `model.type`: autoencoder reads numbers; here examples are texts, which lstm, bilstm, gru, rnn, "
        "cnn_lstm, attention_rnn, transformer, text_cnn, seq2seq and sequential read",
        "",
    ),
    "rows of a table to be convolved and given back": (
        "dataset: {type: csv, path: a.csv, target: y}\nmodel: {type: autoencoder, filters: [4]}\n",
        "s.yaml:2:15: `model.type`: autoencoder with `filters` reads signals (T, C) or images (H, W, C); each example "
        "here has the shape F",
        "linear, mlp, wide_deep and sequential read rows of a table",
    ),
    "cross-entropy of what is no image": (
        "dataset: hapt\nmodel: {type: autoencoder, loss: cross_entropy}\n",
        "s.yaml:2:34: `model.loss`: cross_entropy is of pixels; the examples of hapt are no images",
        "mse",
    ),
    "keeping by accuracy where numbers are predicted": (
        NUMBERS + "train: {keep: val_accuracy}",
        "s.yaml:3:15: `train.keep`: there is no val_accuracy where numbers are predicted",
        "one of: val_loss, val_rmse, val_mae",
    ),
    "stopping by an error where classes are predicted": (
        REST + "train: {early_stopping: {metric: val_mae}}",
        "s.yaml:3:34: `train.early_stopping.metric`: there is no val_mae where classes are predicted",
        "one of: val_loss, val_accuracy",
    ),
    "a plateau of accuracy where numbers are predicted": (
        NUMBERS + "optimizer: {type: adam, schedule: {type: plateau, metric: val_accuracy}}",
        "s.yaml:3:59: `optimizer.schedule.metric`: there is no val_accuracy where numbers are predicted",
        "one of: val_loss, val_rmse, val_mae",
    ),
    "a metric of classes where numbers are predicted": (
        NUMBERS + "metrics: [balanced_accuracy]\nexpect: {test_balanced_accuracy: 0.9}",
        "s.yaml:3:11: `metrics[0]`: balanced_accuracy is for classes; numbers are predicted",
        "",
    ),
    "keeping by validation without any": (
        ALL_TRAINING + "train: {keep: val_rmse}",
        f"s.yaml:3:15: `train.keep`: val_rmse {NONE_HELD_OUT}",
        "`last`, or hold some out, such as `validation: {fraction: 0.1}` in `dataset`",
    ),
    "stopping by validation without any": (
        "dataset: {type: mnist, validation: null}\nmodel: cnn\ntrain: {early_stopping: {}}",
        f"s.yaml:3:9: `train.early_stopping`: {NONE_HELD_OUT}",
        "hold some out, such as `validation: {fraction: 0.1}` in `dataset`",
    ),
    "a plateau of validation without any": (
        ALL_TRAINING + "optimizer: {type: sgd, schedule: plateau}",
        f"s.yaml:3:34: `optimizer.schedule.type`: plateau {NONE_HELD_OUT}",
        "hold some out, such as `validation: {fraction: 0.1}` in `dataset`",
    ),
    "expecting something of a test split that is not there": (
        ALL_TRAINING + "expect: {test_rmse: 3}",
        "s.yaml:3:10: `expect.test_rmse`: there is no test split to reach it on (`dataset.test` is null)",
        "",
    ),
    "expecting something of a validation split that is not there": (
        ALL_TRAINING + "expect: {validation_loss: 3}",
        "s.yaml:3:10: `expect.validation_loss`: there is no validation split to reach it on "
        "(`dataset.validation` is null)",
        "",
    ),
    "expecting an error of classes": (
        REST + "expect: {train_rmse: 3}",
        "s.yaml:3:10: `expect.train_rmse`: there is no rmse where classes are predicted",
        "one of: train_loss, train_accuracy, train_macro_f1",
    ),
    "expecting something of a fold's training": (
        REST + "folds: 3\nexpect: {train_loss: 3}",
        "s.yaml:4:10: `expect.train_loss`: folds are judged by their test scores, not by train",
        "write `test_loss`",
    ),
    "states that are carried through examples that stand alone": (
        "dataset: hapt\nmodel: {type: gru, stateful: true}\n",
        "s.yaml:2:30: `model.stateful`: the examples of hapt do not continue one another; states are carried through "
        "running texts",
        "false",
    ),
    "states that are carried through lines": (
        "dataset: {type: text, path: a.txt, label: first}\nmodel: {type: rnn, stateful: true}\n",
        "s.yaml:2:30: `model.stateful`: the examples of text do not continue one another; states are carried through "
        "running texts",
        "false",
    ),
    "states that are carried over windows that overlap": (
        "dataset: {type: tiny_shakespeare, stride: 16}\nmodel: {type: gru, stateful: true}\n",
        "s.yaml:1:43: `dataset.stride`: windows that begin 16 tokens apart overlap (`dataset.steps` is 64 by default): "
        "none begins where the one before it ends, with whose states it would go on (`model.stateful`)",
        "leave it out",
    ),
    "states that are carried both ways": (
        "dataset: tiny_shakespeare\nmodel: {type: gru, bidirectional: true, stateful: true}\n",
        "s.yaml:2:35: `model.bidirectional`: gru with `bidirectional: true` sees what comes later; here the token that "
        "follows each step is predicted",
        "",
    ),
    "states that are carried through parts of a batch": (
        STATEFUL + "train: {accumulation_steps: 2}",
        "s.yaml:3:29: `train.accumulation_steps`: a batch of 2 parts cannot go on with the states of the one before it "
        "(`model.stateful`)",
        "1",
    ),
    "states that are carried on several devices": (
        STATEFUL + "strategy: {type: mirrored, devices: [CPU:0, CPU:1]}",
        "s.yaml:3:37: `strategy.devices`: 2 devices share each batch; states are carried on by one device "
        "(`model.stateful`)",
        "one of them",
    ),
    "states that are carried through folds": (
        STATEFUL + "folds: 3",
        "s.yaml:3:1: `folds`: folds put together windows that do not continue one another (`model.stateful`)",
        "leave it out",
    ),
    "states that the members of an ensemble carry": (
        "dataset: tiny_shakespeare\nmodel: {type: ensemble, of: {type: gru, stateful: true}, copies: 2}\n",
        "s.yaml:2:51: `model.of.stateful`: the members of an ensemble carry no states from window to window; train "
        "this model by itself",
        "",
    ),
    "buckets of texts whose every token is predicted": (
        "dataset: tiny_shakespeare\nmodel: gru\ntrain: {length_buckets: 4}",
        "s.yaml:3:25: `train.length_buckets`: of tiny_shakespeare tokens are predicted; only texts with one prediction "
        "each may be cut",
        "leave it out",
    ),
    "buckets of signals": (
        "dataset: hapt\nmodel: gru\ntrain: {length_buckets: 2}",
        "s.yaml:3:25: `train.length_buckets`: examples of hapt are no texts, which alone are filled up with what can "
        "be cut",
        "leave it out",
    ),
    "buckets of texts for a model of one length": (
        "dataset: trec\nmodel: {type: transformer, width: 8, heads: 2}\ntrain: {length_buckets: 2}",
        "s.yaml:3:25: `train.length_buckets`: transformer reads texts of one length only (`model`); here batches have "
        "several",
        "leave it out",
    ),
    "buckets of texts for a member of one length": (
        "dataset: trec\nmodel: {type: ensemble, members: [text_cnn, transformer]}\ntrain: {length_buckets: 2}",
        "s.yaml:3:25: `train.length_buckets`: transformer reads texts of one length only (`model`); here batches have "
        "several",
        "leave it out",
    ),
    "folds of one course of time": (
        SERIES + "folds: 3",
        "s.yaml:3:1: `folds`: the examples of windows overlap in time: folds would put parts of one on both sides",
        "leave it out; `dataset.test` holds out the last of them",
    ),
    "a group of one course of time": (
        SERIES + "leave_one_group_out: true",
        "s.yaml:3:1: `leave_one_group_out`: the examples of windows have no groups",
        "",
    ),
    "crossed columns of images": (
        "dataset: mnist\nmodel: {type: wide_deep, crosses: [[sex, class]]}",
        "s.yaml:2:15: `model.type`: wide_deep with `crosses` reads rows of a table, whose columns have names; got "
        "examples of 28x28x1",
        "",
    ),
    "smoothing the labels of numbers": (
        NUMBERS + "train: {label_smoothing: 0.1}",
        "s.yaml:3:9: `train.label_smoothing`: numbers are predicted; only classes have labels to smooth",
        "",
    ),
    "weighing the classes of numbers": (
        NUMBERS + "train: {class_weights: balanced}",
        "s.yaml:3:9: `train.class_weights`: numbers are predicted; there are no classes to weigh",
        "",
    ),
    "weighing a class that is none": (
        REST + "train: {class_weights: {walkin: 2}}",
        "s.yaml:3:25: `train.class_weights.walkin`: there is no class `walkin`",
        "did you mean `walking`?\n"
        "one of: walking, walking_upstairs, walking_downstairs, sitting, standing, laying",
    ),
    "a warm-up as long as the training": (
        REST + "optimizer: {type: adam, schedule: {type: cosine, warmup_epochs: 10}}",
        "s.yaml:3:65: `optimizer.schedule.warmup_epochs`: a warm-up of 10 epochs does not end within the training "
        + IN_TEN,
        "less than 10",
    ),
    "a boundary after the training": (
        REST + "optimizer: {type: sgd, schedule: {type: piecewise, boundaries_epochs: [5, 12.5], factors: [1, 2, 3]}}",
        "s.yaml:3:75: `optimizer.schedule.boundaries_epochs[1]`: epoch 12.5 is not within the training " + IN_TEN,
        "less than 10",
    ),
    "stairs longer than the training": (
        REST + "optimizer: {type: sgd, schedule: {type: exponential, decay_epochs: 8, warmup_epochs: 3, "
        "staircase: true}}",
        "s.yaml:3:68: `optimizer.schedule.decay_epochs`: the learning rate falls for the first time after 11 epochs, "
        "when the training is over " + IN_TEN,
        "less than 7",
    ),
    "a validation after the training": (
        REST + "train: {epochs: 5, validate_every: 6}",
        "s.yaml:3:36: `train.validate_every`: 6 epochs are more than the training has (`train.epochs` is 5)",
        "at most 5",
    ),
    "patience for more validations than there are": (
        REST + "train: {epochs: 9, validate_every: 4, early_stopping: {patience: 3}}",
        "s.yaml:3:66: `train.early_stopping.patience`: the training has 3 validations (`train.epochs` is 9, "
        "`train.validate_every` is 4), too few for 3 without improvement: it never stops early",
        "less than 3",
    ),
    "patience with one validation": (
        REST + "train: {epochs: 1, early_stopping: {patience: 1}}",
        "s.yaml:3:47: `train.early_stopping.patience`: the training has 1 validation (`train.epochs` is 1), "
        "too few for 1 without improvement: it never stops early",
        "",
    ),
    "a plateau for more validations than there are": (
        REST + "train: {epochs: 4}\noptimizer: {type: adam, schedule: {type: plateau, patience: 4}}",
        "s.yaml:4:61: `optimizer.schedule.patience`: the training has 4 validations (`train.epochs` is 4), "
        "too few for 4 without improvement: the learning rate is never divided",
        "less than 4",
    ),
    "a plateau after the stop": (
        NUMBERS + "train: {early_stopping: {patience: 3}}\n"
        "optimizer: {type: adam, schedule: {type: plateau, patience: 3, metric: val_rmse}}",
        "s.yaml:4:61: `optimizer.schedule.patience`: training is stopped after 3 validations without improvement of "
        "val_rmse (`train.early_stopping`), before the learning rate is divided",
        "less than 3",
    ),
    "a plateau after a stop without patience": (
        REST + "train: {early_stopping: {metric: val_loss, patience: 1}}\n"
        "optimizer: {type: adam, schedule: {type: plateau, patience: 1}}",
        "s.yaml:4:61: `optimizer.schedule.patience`: training is stopped after 1 validation without improvement of "
        "val_loss (`train.early_stopping`), before the learning rate is divided",
        "",
    ),
    "a recurrent model of rows": (
        "dataset: {type: csv, path: a.csv, target: y}\nmodel: {type: bilstm}",
        "s.yaml:2:15: `model.type`: bilstm reads signals (T, C), or images (H, W, C) row by row; each example here has "
        "the shape F",
        "linear, mlp, wide_deep and sequential read rows of a table",
    ),
    "a state that cannot be compared with inputs": (
        "dataset: fashion_mnist\nmodel: {type: attention_rnn, score: dot}",
        "s.yaml:2:37: `model.score`: attention_rnn with `score: dot` needs as many units as each input has values; "
        "layer 1 has 32 and reads 28; `score: general` fits any",
        "",
    ),
    "a convolution of rows": (
        "dataset: {type: csv, path: a.csv, target: y}\nmodel: resnet",
        "s.yaml:2:8: `model.type`: resnet reads signals (T, C) or images (H, W, C); each example here has the shape F",
        "linear, mlp, wide_deep and sequential read rows of a table",
    ),
    "images distorted as signals": (
        MNIST + "augment: [flip, {type: jitter}]",
        "s.yaml:3:17: `augment[1]`: jitter distorts signals (T, C); each example here has the shape 28x28x1",
        "one of: affine, crop, cutout, elastic, flip, mixup",
    ),
    "signals distorted as images": (
        "dataset: {type: recordings, path: a}\nmodel: cnn\naugment: [cutout]",
        "s.yaml:3:11: `augment[0]`: cutout distorts images (H, W, C); each example here has the shape 128xC",
        "one of: channel_dropout, jitter, mixup, rotate_axes, scale, time_shift",
    ),
    "rows distorted": (
        NUMBERS + "augment: [scale]",
        "s.yaml:3:11: `augment[0]`: scale distorts signals (T, C); each example here has the shape F",
        "one of: mixup",
    ),
    "a distortion larger than the image": (
        "dataset: {type: images, path: a, size: [8, 9]}\nmodel: cnn\naugment: [{type: crop, padding_pixels: 8}]",
        "s.yaml:3:11: `augment[0]`: crop's `padding_pixels` (=8) must be below 8; images here have 8x9 pixels",
        "",
    ),
    "channels that do not come in threes": (
        "dataset: {type: hapt, channels: [total_acc_x]}\nmodel: cnn\naugment: [rotate_axes]",
        "s.yaml:3:11: `augment[0]`: rotate_axes turns channels in threes (x, y, z of each sensor); examples here have "
        "1 channels, no multiple of 3",
        "",
    ),
    "more devices than examples in a batch": (
        REST + "train: {batch_size: 1}\nstrategy: {type: mirrored, devices: [CPU:0, CPU:1]}",
        "s.yaml:3:21: `train.batch_size`: a batch of 1 cannot be shared by 2 devices (`strategy.devices`)",
        "at least 2",
    ),
    "more parts than examples in a batch": (
        REST + "train: {batch_size: 4, accumulation_steps: 5}",
        "s.yaml:3:44: `train.accumulation_steps`: a batch of 4 cannot be worked through in 5 parts "
        "(`train.batch_size`)",
        "at most 4",
    ),
    "more parts than examples in a device's share": (
        REST + "train: {batch_size: 4, accumulation_steps: 3}\nstrategy: {type: mirrored, devices: [CPU:0, CPU:1]}",
        "s.yaml:3:44: `train.accumulation_steps`: a batch of 4 cannot be worked through in 3 parts by each of 2 "
        "devices (`train.batch_size`)",
        "at most 2",
    ),
    "a head frozen as it starts": (
        REST + "init_from: {run: a, head: false, freeze: [lstm_1, '*']}",
        "s.yaml:3:51: `init_from.freeze[1]`: `*` freezes the head, too, which starts anew (`init_from.head` is false) "
        "and must be trained",
        "",
    ),
    "two kinds of folds": (
        REST + "folds: 3\nleave_one_group_out: true",
        "s.yaml:4:1: `leave_one_group_out`: `folds` (=3) asks for another kind of cross-validation",
        "give one of the two",
    ),
    "folds beside a test split": (
        "dataset: {type: images, path: a, test: {fraction: 0.3}}\nmodel: cnn\nfolds: 3",
        "s.yaml:1:34: `dataset.test`: each fold has a test split of its own, so that this one is never used",
        "leave it out, or set it to null",
    ),
    "groups left out that are not there": (
        MNIST + "leave_one_group_out: true",
        "s.yaml:3:1: `leave_one_group_out`: the examples of mnist have no groups",
        "such as `folds: 10`",
    ),
    "groups of a table without a column of them": (
        NUMBERS + "leave_one_group_out: true",
        "s.yaml:3:1: `leave_one_group_out`: the examples of csv have no groups (`dataset.group` is null)",
        "name the column that says whom an example comes from: `group` in `dataset`",
    ),
    "groups held out that are not there": (
        "dataset: {type: npz, path: a.npz, x: x, y: y, test: {groups: [3]}}\nmodel: linear",
        "s.yaml:1:54: `dataset.test.groups`: the examples of npz have no groups (`dataset.groups` is null)",
        "",
    ),
    "groups drawn that are not there": (
        "dataset: {type: cifar10, validation: {by: group}}\nmodel: cnn",
        "s.yaml:1:43: `dataset.validation.by`: the examples of cifar10 have no groups",
        "such as chance",
    ),
    "classes drawn of numbers": (
        "dataset: {type: npz, path: a.npz, task: reals, test: {by: class}}\nmodel: linear",
        "s.yaml:1:59: `dataset.test.by`: numbers are predicted; there are no classes",
        "such as chance",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_a_combination_that_makes_no_sense_is_told_in_its_place(kind: str) -> None:
    text, said, hint = SAID[kind]
    (only,) = found(text)
    assert str(only) == said
    assert only.hint == hint


NEIGHBOURS = {
    "accuracy may be there": "dataset: {type: csv, path: a, target: y}\nmodel: linear\ntrain: {keep: val_accuracy}",
    "several targets are numbers": "dataset: {type: csv, path: a, target: [y, z]}\n"
    "model: linear\ntrain: {keep: val_mae}",
    "arrays may come divided": "dataset: {type: npz, path: a, validation: null, test: null}\nmodel: gru\n"
    "train: {early_stopping: {}}\nexpect: {test_loss: 1}\nleave_one_group_out: false",
    "images may come divided": "dataset: {type: images, path: a, validation: null, test: null}\nmodel: cnn\n"
    "train: {early_stopping: {}}\nexpect: {test_loss: 1}",
    "a file may be the test split": "dataset: {type: csv, path: a, target: y, test_path: b}\nmodel: linear\n"
    "expect: {test_loss: 1}",
    "subjects may be validation": "dataset: {type: uci_har, validation_subjects: [1]}\nmodel: lstm\n"
    "train: {keep: val_loss}",
    "a folds' test is nobody's": "dataset: {type: images, path: a, test: null}\nmodel: cnn\nfolds: 2\n"
    "expect: {test_accuracy: 0.5}",
    "a test as it is by default": "dataset: {type: images, path: a, test: {fraction: 0.2}}\nmodel: cnn\nfolds: 2",
    "just long enough": REST + "train: {epochs: 6, validate_every: 6, batch_size: 2, accumulation_steps: 2}\n"
    "optimizer: {type: adam, schedule: {type: cosine, warmup_epochs: 5.9}}",
    "just patient enough": REST + "train: {epochs: 6, early_stopping: {patience: 5, metric: val_loss}}\n"
    "optimizer: {type: adam, schedule: {type: plateau, patience: 4}}",
    "plateau and stop by different metrics": REST + "train: {early_stopping: {patience: 3}}\n"
    "optimizer: {type: adam, schedule: {type: plateau, patience: 4}}",
    "just small enough": MNIST + "augment: [{type: crop, padding_pixels: 27}, {type: cutout, size_pixels: 28}, mixup]",
    "unknown sizes": "dataset: {type: images, path: a}\nmodel: cnn\naugment: [{type: crop, padding_pixels: 99}]",
    "unknown channels": "dataset: {type: recordings, path: a}\nmodel: lstm\naugment: [rotate_axes]\n"
    "leave_one_group_out: true",
    "a smooth fall never begins too late": REST
    + "optimizer: {type: adam, schedule: {type: exponential, decay_epochs: 50}}",
    "a kept head may be frozen": REST + "init_from: {run: a, freeze: ['*']}",
    "groups that may be there": "dataset: {type: npz, path: a}\nmodel: mlp\nleave_one_group_out: true",
    "rows for a model of one's own": "dataset: mnist\nmodel: {type: sequential, layers: "
    "[{Reshape: {target_shape: [28, 28]}}, {LSTM: {units: 8}}]}",
}  # fmt: skip


@pytest.mark.parametrize("kind", NEIGHBOURS)
def test_what_makes_sense_or_is_for_the_data_to_decide_is_not_refused(kind: str) -> None:
    assert isinstance(check(parse(NEIGHBOURS[kind], "s.yaml")), Experiment)


@pytest.mark.parametrize("path", sorted(shipped("configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_configs_make_sense_even_when_they_are_cut_short(path: Path) -> None:
    assert isinstance(load(path), Experiment)
    assert load(path, ["train.epochs=1"]).train.epochs == 1


def test_only_a_training_that_is_cut_short_by_hand_may_end_within_its_warm_up() -> None:
    schedule = "optimizer={type: adam, schedule: {type: cosine, warmup_epochs: 2}}"
    assert check(parse(REST, "s.yaml"), [schedule, "train={epochs: 1}"]).train.epochs == 1
    said = "`optimizer.schedule.warmup_epochs`: a warm-up of 2 epochs does not end within the training"
    assert problems(REST + "train: {epochs: 1}", [schedule]) == [f"--set {schedule}:1:64: {said} (`train.epochs` is 1)"]
    # What has nothing to do with the length is refused all the same.
    assert len(problems(REST + "train: {keep: val_mae}", ["train.epochs=1"])) == 1


def test_what_a_run_has_recorded_is_not_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(REST + "train: {epochs: 1, validate_every: 9}")
    assert load_recorded(path).train.validate_every == 9
    with pytest.raises(SpecError, match=r"`train\.validate_every`: 9 epochs"):
        load(path)
    path.write_text(REST + "train: {epochs: x}")
    with pytest.raises(SpecError, match=r"`train\.epochs`: expected a whole number, got 'x'"):
        load_recorded(path)


def test_of_five_mistakes_one_a_combination_all_are_shown_in_the_order_of_the_file() -> None:
    text = block("""
        dataset: {type: hapt, widow: 128}
        seed: -1
        augment: [{type: flip}]
        model: {type: lsmt}
        optimizer: {type: adam, lr: 0.1}
    """)
    assert without_choices(shown(text), "linear") == block("""
        s.yaml:1:23: unknown key `widow` in dataset (hapt)
           1 | dataset: {type: hapt, widow: 128}
             |                       ^^^^^  did you mean `window`?
        s.yaml:2:7: `seed`: expected at least 0, got -1
           2 | seed: -1
             |       ^^  such as 0, the default
        s.yaml:3:11: `augment[0]`: flip distorts images (H, W, C); each example here has the shape 128x9
           3 | augment: [{type: flip}]
             |           ^^^^^^^^^^^^  one of: channel_dropout, jitter, mixup, rotate_axes, scale, time_shift
        s.yaml:4:15: `model`: unknown type 'lsmt'
           4 | model: {type: lsmt}
             |               ^^^^  did you mean `lstm`?
        s.yaml:5:25: unknown key `lr` in optimizer (adam)
           5 | optimizer: {type: adam, lr: 0.1}
             |                         ^^  did you mean `learning_rate`?
    """).rstrip()  # fmt: skip


def test_whether_a_model_fits_is_not_told_while_a_value_of_its_own_is_wrong() -> None:
    (only,) = problems("dataset: mnist\nmodel: {type: application, network: resnet50}\n")
    assert only.startswith("s.yaml:2:")
    assert "resnet50" in only


STANDS_OR_FALLS = {
    "its own value is wrong": ("train: {keep: x}", False),
    "the value it follows from is wrong": ("train: {epochs: x, validate_every: 20}", False),
    "a value beside is wrong": ("train: {batch_size: x, validate_every: 20}", True),
    "a misspelt key may be the value it follows from": ("train: {epoch: 30, validate_every: 20}", False),
    "a key at the wrong place may be": ("epochs: 30\ntrain: {validate_every: 20}", False),
    "a key of another part cannot be": ("strategy: {type: cpu, zzz: 1}\ntrain: {validate_every: 20}", True),
    "beside a misspelt key the value is written down": ("train: {zzz: 1, epochs: 5, validate_every: 20}", True),
    "an unread value counts for nothing": ("train: {epochs: !x 3, validate_every: 20}", False),
    "a list keeps its places": ("augment: [{type: jitter, deviations: x}, {type: lag}, flip]", True),
    "a part without what it must have": ("init_from: {head: false}\ntrain: {validate_every: 20}", True),
    "a score there is none of": ("expect: {test_acuracy: 1}\ntrain: {validate_every: 20}", True),
    "values that are wrong together": (
        "optimizer: {type: adam, schedule: {type: piecewise, boundaries_epochs: [30], factors: [1]}}", False,
    ),
    "what is left of a part is wrong in its turn": (
        "augment: [{type: affine, shift_fraction: x}]\ntrain: {validate_every: 20}", True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", STANDS_OR_FALLS)
def test_beside_other_mistakes_a_combination_is_told_unless_they_may_be_its_cause(kind: str) -> None:
    text, stands = STANDS_OR_FALLS[kind]
    told = [said for said in problems(REST + text) if "more than the training" in said or "distorts" in said]
    assert len(told) == stands
    if "flip" in text:
        assert told[0].startswith("s.yaml:3:55: `augment[2]`: flip")


@pytest.mark.parametrize(
    "text",
    [
        "train: {validate_every: 20}",
        "model: lstm\ntrain: {validate_every: 20}",
        "dataset: mnst\nmodel: 3\ntrain: {validate_every: 20}",
        "dataset: {type: csv, target: y}\nmodel: {type: sequential}\ntrain: {validate_every: 20}",
    ],
)
def test_without_dataset_or_model_the_rest_is_looked_at(text: str) -> None:
    assert problems(text)[-1].endswith(f"`train.validate_every`: 20 epochs are more than the training has {IN_TEN}")


def test_nothing_is_said_of_what_takes_the_place_of_a_wrong_dataset() -> None:
    said = problems("dataset: mnst\nmodel: cnn\naugment: [flip]\ntrain: {keep: val_rmse, class_weights: {a: 1}}")
    assert len(said) == 1
    assert "unknown type 'mnst'" in said[0]


_scalars = st.none() | st.booleans() | st.integers(-2, 200) | st.text("ab_", max_size=3)
_strange = st.recursive(
    _scalars | st.sampled_from(["mnist", "lstm", "flip", "plateau", "val_rmse"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "epochs", "a"]), inner),
    max_leaves=4,
)
_FULL = (
    REST + "augment: [{type: jitter}]\nfolds: 3\nexpect: {test_loss: 1}\ninit_from: {run: a}\n"
    "optimizer: {type: adam, schedule: {type: plateau}}\n"
    "train: {epochs: 3, early_stopping: {patience: 9}, class_weights: {a: 1}}\nstrategy: {type: mirrored}\n"
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in _places(each, (*path, key)))]


@given(st.data())
def test_of_any_wrong_spec_nothing_but_its_problems_is_said(data: st.DataObject) -> None:
    values = yaml.safe_load(_FULL)
    for _ in range(data.draw(st.integers(1, 4))):
        *above, last = data.draw(st.sampled_from([place for place in _places(values) if place]))
        holder = values
        for step in above:
            holder = holder[step]
        holder[last] = data.draw(_strange)
    told: tuple[Problem, ...] = ()
    try:
        check(parse(yaml.safe_dump(values), "s.yaml"))
    except SpecError as error:
        told = error.problems
    assert list(told) == sorted(told)


def test_the_metrics_that_are_known_are_those_that_tasks_compute() -> None:
    tasks: dict[str, Task] = {
        "classes": Classification(Classes(("a", "b"))),
        "reals": Regression(Reals(("y",)), (0.0,), (1.0,)),
        "labels": Labelling(MultiLabel(("a", "b"))),
        "tokens": NextTokens(NextToken(("a", "b")), 1.0),
        "sequences": SequenceToSequence(TokenSequence(("a", "b"), 1), 1.0),
        "timelines": Detection(Timelines(("a", "b"), 1, 1.0, 0.0, 0.0, 1.0), 1.0),
        "inputs": Reconstruction(Inputs(), 1, (0.0,), (1.0,), False),
    }
    assert set(tasks) == set(FOLLOWED)
    for predicts, task in tasks.items():
        assert FOLLOWED[predicts] == tuple(metric.name for metric in task.metrics)
        assert SCORES[predicts] == task.scores
    followed = {f"val_{name}" for names in FOLLOWED.values() for name in ("loss", *names)}
    assert followed == set(get_args(ValidationMetric))
