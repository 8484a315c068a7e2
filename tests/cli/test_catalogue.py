"""dlcli list, describe and schema: what they print."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.errors import UsageError
from dlcli.spec.catalogue import FAMILIES, known, types
from dlcli.spec.schema import spec_schema
from tests.plugins.parts import PARTS, install


@pytest.fixture(autouse=True)
def empty_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCLI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "data"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def refusal(*arguments: str) -> str:
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, UsageError)
    assert error.exit_code == 2
    return str(error)


def test_without_a_family_all_types_are_named() -> None:
    said = run("list").split()
    for family in FAMILIES:
        assert family in said
        assert {f"{name}" for name in types(family)} <= {word.rstrip(",") for word in said}
    assert "har_lstm," in said


@pytest.mark.parametrize("family", [*FAMILIES, "model", "configs"])
def test_a_family_is_a_table_that_fits_the_terminal(family: str) -> None:
    said = run("list", family)
    assert max(map(len, said.splitlines())) <= 80
    if family == "models":
        assert "lstm           Stacked long short-term memory, with one prediction for the whole\n" in said
    if family == "configs":
        assert "2-layer LSTM, and a small network that reads" in said


def test_datasets_say_whether_they_are_here(empty_data_folder: Path) -> None:
    assert states() == {
        "cifar10": "170 MB to download", "csv": "yours", "dates": "comes with dlcli",
        "fashion_mnist": "31 MB to download", "frames": "yours", "hapt": "comes with dlcli",
        "hapt_recordings": "comes with dlcli", "images": "yours",
        "mnist": "12 MB to download", "npz": "yours", "pairs": "yours", "recordings": "yours",
        "rt_polarity": "1 MB to download", "text": "yours", "tiny_shakespeare": "1 MB to download",
        "titanic": "0.1 MB to download", "trec": "0.3 MB to download",
        "uci_har": "61 MB to download", "windows": "yours",
    }  # fmt: skip
    empty_data_folder.mkdir()
    types("datasets")["mnist"]().write_stand_in(empty_data_folder)  # type: ignore[attr-defined]
    assert states()["mnist"] == "here"
    assert f"here {empty_data_folder / 'mnist'} " in " ".join(run("describe", "mnist").split())
    elsewhere = str(empty_data_folder.parent / "x")
    assert elsewhere in run("list", "datasets", "--data-dir", elsewhere)


def states() -> dict[str, str]:
    return {each["name"]: each["state"] for each in json.loads(run("list", "datasets", "--json"))["datasets"]}


def test_as_json_all_families_have_their_types() -> None:
    found = json.loads(run("list", "--json"))
    assert list(found) == [*FAMILIES, "configs"]
    assert {"name": "cpu", "what": "The CPU, even where there is a GPU"} in found["strategies"]
    assert Path(found["configs"][0]["path"]).is_file()


def test_an_unknown_family_is_refused() -> None:
    said = refusal("list", "modles")
    assert "'modles'" in said
    assert "did you mean `models`?" in said


LSTM = """\
lstm  (a type of `model`)

Stacked long short-term memory, with one prediction for the whole sequence or
for each step.
x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K)
logits.

keys, with their defaults
  units: [32]
      a list of 1 or more whole numbers, each more than 0
      Size of the state of each layer, from the input upwards.
  dropout: 0.0
      a number, at least 0 and less than 1
      Share of each layer's outputs that is set to zero at random in training.
  pooling: last
      one of last, mean, max
      How the top layer's outputs over time become one vector: the last state,
      their mean or their maximum.
  l2: 0.0
      a number, at least 0
      Weight of the sum of squared kernel entries in the training loss.
  embedding: null
      a whole number, more than 0, or null
      Size of the vector that is learned for each token of a text; null: each
      token is an axis of its own.
  spectrum: null
      keys and values (frame, hop, filters, kernel_size, input_dropout, dropout,
      l2), or null
      Of signals: a network that reads their frequencies; its outputs are added
      to the model's. null: none.
  stateful: false
      true or false
      Of a running text: whether a window begins with the states in which the
      one before it ended, not with zeros.
      A batch then has a part of the text in each row, which the rows of the
      next batch continue, and nothing is shuffled; states are zero at the
      beginning of each epoch. Gradients end where a window begins (truncated
      backpropagation through time). Validation and test texts are read on like
      this, too. What is saved reads each input from zeros.

source
  Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735,
  with the forget gate of Gers et al. 2000,
  https://doi.org/10.1162/089976600300015015.

example
  model: {type: lstm, units: [32, 32], dropout: 0.5}
"""


def test_a_type_is_described_in_full() -> None:
    assert run("describe", "lstm") == LSTM


def test_a_dataset_is_described_with_its_facts() -> None:
    said = run("describe", "hapt")
    assert "  examples  7415 for training and validation, 2996 for the test\n" in said
    assert "  classes   6: walking, walking_upstairs" in said
    assert "  licence   CC BY 4.0 (data/hapt/LICENSE.md)\n" in said
    assert "hapt.npz" in said
    assert "no; it would be downloaded (170 MB) into" in run("describe", "cifar10")
    assert "licence" not in run("describe", "csv")


def test_a_key_of_several_types_has_the_default_of_each() -> None:
    said = run("describe", "learning_rate")
    assert "  default: 0.01  (adagrad, sgd)\n" in said
    assert said.count("a number, more than 0") == 1
    assert "optimizer: {type: adam, learning_rate: 0.001}" in said


def test_of_one_key_the_example_has_no_others_but_those_it_needs() -> None:
    said = run("describe", "patience")
    assert "  optimizer: {type: adam, schedule: {type: plateau, patience: 5}}\n" in said
    assert "  train: {early_stopping: {patience: 5}}\n" in said
    assert "  dataset: {type: csv, path: houses.csv, target: price, drop: [id]}\n" in run("describe", "dataset.drop")


def test_a_table_is_described_with_what_it_mostly_needs() -> None:
    said = run("describe", "csv")
    assert "Either `path` or `url` must be given, or both." in said
    assert "    drop: [id]\n    missing: mean\n" in said.partition("\nexample\n")[2]


def test_a_name_with_two_meanings_shows_both() -> None:
    said = run("describe", "patience")
    assert "optimizer.schedule.patience  (a key of plateau)" in said
    assert "\n\ntrain.early_stopping.patience\n" in said


def test_what_must_be_given_is_said() -> None:
    assert "  path:  (must be given)\n" in run("describe", "npz")
    assert "  must be given\n" in run("describe", "init_from.run")


@pytest.mark.parametrize("name", [*known(), "train.early_stopping", "optimizer.schedule", "dataset.validation.by"])
def test_every_name_is_described_within_the_terminal(name: str) -> None:
    said = run("describe", name)
    assert "example\n  " in said
    address = max(said.split(), key=len)
    assert max(map(len, said.splitlines())) <= max(80, len(address) + 12)


def test_an_unknown_name_is_refused() -> None:
    said = refusal("describe", "lstn")
    assert "'lstn'" in said
    assert "did you mean `lstm`?" in said
    assert "did you mean `epochs`?" in refusal("describe", "train.epoch")
    assert "did you mean" not in refusal("describe", "zzzzzz")


def test_the_schema_is_printed_as_json() -> None:
    assert json.loads(run("schema")) == json.loads(json.dumps(spec_schema()))


SMALL = PARTS.replace('"tiny"', '"small"').replace(
    "class Tiny(Component):", 'class Tiny(Component):\n    """A small network, in a plugin."""\n'
)


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the model `small` in a file and `tiny` in an installed package, which has a broken one, too."""
    monkeypatch.chdir(tmp_path)
    install(tmp_path / "site", monkeypatch, "tiny = kit_parts:Tiny\nbroken = gone_module:Broken")
    (tmp_path / "mine.py").write_text(SMALL)
    return tmp_path


def test_parts_of_files_and_packages_are_listed_with_where_they_come_from(parts: Path) -> None:
    said = " ".join(run("list", "--plugins", "mine.py").split())
    assert ", small (mine.py), tiny (kit 1.2)" in said
    said = re.sub(" +", " ", run("list", "models", "--plugins", "mine.py"))
    assert "\nsmall mine.py A small network, in a plugin\n" in said
    assert "\ntiny kit 1.2\n" in said
    assert "\nboard mine.py" in re.sub(" +", " ", run("list", "datasets", "--plugins", "mine.py"))
    listed = json.loads(CliRunner().invoke(app, ["list", "models", "--json"]).stdout)["models"]
    assert listed[-1] == {"name": "tiny", "from": "kit 1.2"}
    assert "small" not in run("list")


def test_what_cannot_be_had_is_noted_beneath_the_rest(parts: Path) -> None:
    fault = "`broken` of kit 1.2 cannot be had: ModuleNotFoundError: No module named 'gone_module'"
    done = CliRunner().invoke(app, ["list", "models"])
    assert (done.exit_code, done.stderr) == (0, f"note: {fault}\n")
    assert "lstm " in done.stdout
    assert refusal("describe", "broken") == f"dlcli describe: {fault}"
    assert CliRunner().invoke(app, ["schema"]).stderr == f"note: {fault}\n"
    assert CliRunner().invoke(app, ["describe", "lstm"]).stderr == ""


@pytest.mark.parametrize("command", [["list", "models"], ["describe", "small"], ["schema"]], ids=" ".join)
def test_a_file_that_cannot_be_had_is_told_with_its_line_after_the_rest(command: list[str], parts: Path) -> None:
    (parts / "wrong.py").write_text("import os\nno python\n")
    done = CliRunner().invoke(app, [*command, "--plugins", "wrong.py", "--plugins", "mine.py", "--plugins", "mien.py"])
    assert done.exit_code == 2
    assert "small" in done.stdout
    assert "wrong.py:2:4: SyntaxError: invalid syntax\n   2 | no python\n" in done.stderr
    assert "error: --plugins mien.py: there is no such file, did you mean `mine.py`?\n" in done.stderr


def test_a_part_of_a_plugin_is_described_as_dlclis_own_are(parts: Path) -> None:
    assert run("describe", "small", "--plugins", "mine.py") == (
        "small  (a type of `model`, from mine.py)\n\nA small network, in a plugin.\n\n"
        "keys, with their defaults\n  units: 4\n      a whole number, more than 0\n\n"
        "example\n  plugins: [mine.py]\n  model: {type: small, units: 4}\n"
    )
    said = run("describe", "tiny")
    assert said.startswith("tiny  (a type of `model`, from kit 1.2)\n\nkeys")
    assert "example\n  model: {type: tiny, units: 4}\n" in said
    said = run("describe", "examples", "--plugins", "mine.py")
    assert "dataset.examples  (a key of board)" in said
    assert "  plugins: [mine.py]\n  dataset: {type: board, examples: 200}\n" in said
    assert ", small or tiny)" in " ".join(run("describe", "experiment", "--plugins", "mine.py").split())
    assert "did you mean `small`?" in refusal("describe", "smal", "--plugins", "mine.py")


@pytest.mark.parametrize("name", ["board", "misses", "plain", "half", "shift", "first"])
def test_a_part_of_any_family_has_an_example(name: str, parts: Path) -> None:
    said = run("describe", name, "--plugins", "mine.py").partition("\nexample\n")[2]
    assert said.startswith("  plugins: [mine.py]\n")
    assert name in said


def test_the_schema_has_the_parts_of_files_and_packages(parts: Path) -> None:
    schema = json.loads(CliRunner().invoke(app, ["schema", "--plugins", "mine.py"]).stdout)
    validator = Draft202012Validator(schema)
    for model in ("small", "tiny", {"type": "small", "units": 3}, {"type": "tiny"}):
        assert validator.is_valid({"dataset": {"type": "board", "examples": 9}, "model": model})
    for model in ("smal", {"type": "small", "unitz": 3}, {"type": "tiny", "units": 0}):
        assert not validator.is_valid({"dataset": "board", "model": model})
    assert not Draft202012Validator(spec_schema()).is_valid({"dataset": "hapt", "model": "small"})
