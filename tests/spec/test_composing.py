"""Specs laid over others: what wins, where each value stands, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dlcli.errors import SpecError
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from dlcli.spec.composing import compose
from dlcli.spec.load import resolve
from dlcli.spec.problems import in_full
from dlcli.spec.reading import read
from tests.spec.problems import REST

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes files into the working directory by their names, and returns the path of the first."""
    monkeypatch.chdir(tmp_path)

    def files(**texts: str) -> Path:
        for name, text in texts.items():
            path = Path(f"{name.replace('__', '/')}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return Path(f"{next(iter(texts))}.yaml")

    return files


def composed(path: Path) -> dict[str, object]:
    return compose(read(path), Experiment).values


def said(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load(path, overrides)
    return [str(problem) for problem in caught.value.problems]


def test_mappings_are_merged_key_by_key_and_lists_replaced(write: Write) -> None:
    path = write(
        a="extends: b.yaml\ntrain: {epochs: 3}\nmodel: {units: [8]}\naugment: [flip]\n",
        b=f"{REST}train: {{epochs: 9, batch_size: 2}}\nmodel2: 1\naugment: [crop, mixup]\n",
    )
    assert composed(path) == {
        "dataset": "hapt",
        "model": {"type": "lstm", "units": (8,)},
        "train": {"epochs": 3, "batch_size": 2},
        "model2": 1,
        "augment": ("flip",),
    }


def test_later_files_win_over_earlier_ones_and_the_file_over_all(write: Write) -> None:
    path = write(
        a="extends: [b.yaml, sub/c.yaml]\nseed: 1\n",
        b=f"{REST}seed: 2\nfolds: 2\nnormalize: range\n",
        sub__c="extends: d.yaml\nseed: 3\nfolds: 3\n",
        sub__d="seed: 4\nfolds: 4\nnormalize: none\n",
    )
    document = compose(read(path), Experiment)
    assert document.values == {"dataset": "hapt", "model": "lstm", "seed": 1, "folds": 3, "normalize": "none"}
    assert document.sources == ("a.yaml", "b.yaml", "sub/c.yaml", "sub/d.yaml")
    assert [document.mark((key,)).place for key in ("model", "seed", "folds", "normalize")] == [
        "b.yaml:2",
        "a.yaml:2",
        "sub/c.yaml:3",
        "sub/d.yaml:3",
    ]
    assert compose(document, Experiment) is document


def test_a_word_of_a_parent_keeps_its_place_as_the_type(write: Write) -> None:
    path = write(a="extends: b.yaml\nmodel: {units: [8]}\nstrategy: cpu\n", b=f"{REST}strategy: {{}}")
    document = compose(read(path), Experiment)
    assert document.mark(("model", "type")).place == "b.yaml:2"
    assert document.mark(("model", "units")).place == "a.yaml:2"
    assert document.mark(("strategy",)).place == "a.yaml:3"


def test_what_a_type_drops_leaves_no_mark_behind(write: Write) -> None:
    path = write(a="extends: b.yaml\nmodel: gru\n", b="dataset: hapt\nmodel: {type: lstm, units: [8]}\n")
    document = compose(read(path), Experiment)
    assert document.values["model"] == {"type": "gru"}
    assert not {path for path in (*document.marks, *document.keys) if path[:2] == ("model", "units")}
    assert load(path).model.type == "gru"


def test_an_experiment_is_named_by_its_own_file(write: Write) -> None:
    path = write(a="extends: b.yaml\n", b=REST)
    assert load(path).name == "a"
    write(b=f"{REST}name: shared\n")
    assert load(path).name == "shared"


def test_a_bare_name_is_the_shipped_config_unless_a_file_is_called_so(write: Write) -> None:
    path = write(a="extends: har_lstm\nname: x\n")
    assert load(path) == load(shipped("configs", "har_lstm.yaml"), ["name=x"])
    Path("har_lstm").mkdir()
    assert load(path).seed == 0
    Path("har_lstm").rmdir()
    Path("har_lstm").write_text(f"{REST}seed: 5\n")
    assert load(path).seed == 5


def test_a_shipped_config_is_told_from_the_working_directory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(a="extends: har_lstm\n").absolute()
    monkeypatch.chdir(shipped())
    assert compose(read(path), Experiment).sources == (str(path), "configs/har_lstm.yaml")


def test_a_file_may_be_named_from_the_root_or_by_the_environment(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(b=REST)
    monkeypatch.setenv("SPECS", str(Path.cwd()))
    assert load(write(a="extends: ${env:SPECS}/b.yaml")).model.type == "lstm"
    assert load(write(a=f"extends: {Path.cwd()}/b.yaml")).model.type == "lstm"
    monkeypatch.setenv("HOME", str(Path.cwd()))
    assert load(write(a="extends: ~/b.yaml")).model.type == "lstm"


def test_mistakes_of_all_files_are_told_in_their_lines_the_own_file_first(write: Write) -> None:
    path = write(
        a="extends: [b.yaml, c.yaml]\ntrain: {epochs: x}\nseed: 1\nseed: 2\n",
        b=f"{REST}optimizer: {{type: adam, lr: 1}}\nname: a\nname: b\n",
        c="extends: b.yaml\ntrain: {batch_size: y}\n",
    )
    assert said(path, "train.keep=z") == [
        "a.yaml:2:17: `train.epochs`: expected a whole number, got 'x'",
        "a.yaml:4:1: `seed` is given twice; the first is at line 3",
        "b.yaml:3:25: unknown key `lr` in optimizer (adam)",
        "b.yaml:5:1: `name` is given twice; the first is at line 4",
        "c.yaml:2:21: `train.batch_size`: expected a whole number, got 'y'",
        "--set train.keep=z: `train.keep`: expected best, last, val_accuracy, val_loss, val_rmse, val_mse, val_mae, "
        "val_macro_f1 or val_nats_per_token, got 'z'",
    ]


def test_what_is_missing_everywhere_is_told_of_the_file_itself(write: Write) -> None:
    assert said(write(a="extends: b.yaml\nseed: 1", b="model: lstm")) == ["a.yaml:1:1: `dataset` is missing"]
    (missing,) = said(write(a="extends: b.yaml\ndataset: {type: npz}", b="model: lstm\ndataset: hapt"))
    assert missing == "a.yaml:2:1: `dataset.path` is missing"


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    return in_full(caught.value.problems)


def test_a_missing_file_is_shown_where_it_is_named(write: Write) -> None:
    assert refusal(write(a="seed: 1\nextends: bass.yaml\n", base="")) == (
        "a.yaml:2:10: `extends`: bass.yaml: there is no such file\n"
        "   2 | extends: bass.yaml\n"
        "     |          ^^^^^^^^^  did you mean `base.yaml`?"
    )


def test_an_ending_in_common_makes_no_file_likely(write: Write) -> None:
    assert "did you mean" not in refusal(write(a="extends: nope.yaml\n", mine=""))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("base", "did you mean `base.yaml`?"),
        ("har_lstn", "did you mean `har_lstm`?"),
        ("zzz", "shipped configs: "),
    ],
)
def test_a_name_that_is_none_is_shown_with_one_that_is(write: Write, given: str, hint: str) -> None:
    shown = refusal(write(a=f"extends: {given}\n", base=""))
    assert f"{given}: there is no such file" in shown
    assert hint in shown


def test_all_files_that_cannot_be_had_are_told_at_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    listed = ["b.yaml", "3", "empty.yaml", "folder.yaml", "'${env:NOWHERE}/x.yaml'", r'"\0"', "broken.yaml"]
    path = write(a="\n- ".join(["extends:", *listed]), b="extends: {}\n", empty="", broken="a: [1")  # fmt: skip
    Path("folder.yaml").mkdir()
    assert said(path) == [
        "a.yaml:3:3: `extends[1]`: expected a file or a list of files, got 3",
        "a.yaml:4:3: `extends[2]`: empty.yaml:1:1: the file is empty; expected keys such as `dataset:` and `model:`",
        "a.yaml:5:3: `extends[3]`: folder.yaml: cannot be read (Is a directory)",
        "a.yaml:6:3: `extends[4]`: the environment variable NOWHERE is not set; set it with: export NOWHERE=/a/folder",
        "a.yaml:7:3: `extends[5]`: embedded null byte",
        "a.yaml:8:3: `extends[6]`: broken.yaml:1:4: not YAML: this `[` is not closed",
        "b.yaml:1:10: `extends`: expected a file or a list of files, got {}",
    ]


def test_a_circle_is_shown_whole(write: Write) -> None:
    path = write(x="extends: a.yaml", a="extends: sub/b.yaml\n", sub__b=f"{REST}extends: ../a.yaml\n")
    assert refusal(path) == (
        "sub/b.yaml:3:10: `extends`: a file cannot extend itself: a.yaml -> sub/b.yaml -> sub/../a.yaml\n"
        "   3 | extends: ../a.yaml\n"
        "     |          ^^^^^^^^^"
    )
    assert said(write(a="extends: a.yaml")) == ["a.yaml:1:10: `extends`: a file cannot extend itself: a.yaml -> a.yaml"]


def test_a_file_may_be_extended_by_two_others_and_its_mistakes_are_told_once(write: Write) -> None:
    path = write(
        a="extends: [b.yaml, c.yaml]", b="extends: d.yaml\nfolds: 2", c="extends: d.yaml", d=f"{REST}seed: 1\nseed: 2"
    )
    assert said(path) == ["d.yaml:4:1: `seed` is given twice; the first is at line 3"]
    write(d=f"{REST}seed: 1")
    assert compose(read(path), Experiment).sources == ("a.yaml", "b.yaml", "d.yaml", "c.yaml")
    assert load(path).folds == 2


def test_no_files_are_as_none(write: Write) -> None:
    assert load(write(a=f"{REST}extends: []")) == load(write(a=REST))


@pytest.mark.parametrize("key", ["extend", "base", "inherits"])
def test_the_key_is_suggested(write: Write, key: str) -> None:
    assert "did you mean `extends`?" in refusal(write(a=f"{REST}{key}: b.yaml\n"))


def test_nothing_but_the_top_level_extends(write: Write) -> None:
    (only,) = said(write(a="dataset: hapt\nmodel: {type: lstm, extends: b.yaml}"))
    assert "unknown key `extends` in model (lstm)" in only


def test_resolving_twice_is_resolving_once(write: Write) -> None:
    path = write(a="extends: b.yaml\nmodel: gru\n", b=REST)
    once = resolve(read(path), ["seed=3"])
    assert resolve(once) == once
