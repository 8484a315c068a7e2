"""dlcli validate: what it says, where, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcli.cli import main
from dlcli.shipped import shipped
from tests.spec.test_problems import block

Command = Callable[..., tuple[int, str, str]]
GOOD = "dataset: hapt\nmodel: lstm\n"


@pytest.fixture
def validate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs dlcli validate in a folder that has a right and a wrong spec; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLCLI_RUNS", raising=False)
    monkeypatch.setenv("DLCLI_DATA", "data")
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(GOOD + "seed: x\ntrain: {keep: val_mae}\n")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dlcli", "validate", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        assert sorted(path.suffix for path in tmp_path.iterdir() if path.name != "data") == [".yaml"] * len(
            list(tmp_path.glob("*.yaml"))
        ), "nothing may be left behind"
        code = ended.value.code
        return code if isinstance(code, int) else 0, captured.out, captured.err

    return run


def test_a_valid_spec_is_said_to_be_valid(validate: Command) -> None:
    assert validate("good.yaml") == (0, "the spec is valid\n", "")
    assert validate("good.yaml", "good.yaml") == (0, "all 2 specs are valid\n", "")


def test_a_wrong_spec_is_shown_with_its_mistakes_and_exit_code_2(validate: Command) -> None:
    said = block("""
        bad.yaml:3:7: `seed`: expected a whole number, got 'x'
           3 | seed: x
             |       ^  such as 0
        bad.yaml:4:15: `train.keep`: there is no val_mae where classes are predicted
           4 | train: {keep: val_mae}
             |               ^^^^^^^  one of: val_loss, val_accuracy
    """)
    assert validate("bad.yaml") == (2, "", said + "2 problems\n")
    assert validate("bad.yaml", "good.yaml") == (2, "", said + "2 problems in 1 of 2 specs\n")
    assert validate("good.yaml", "--set", "seed=-1")[2].endswith("such as 0, the default\n1 problem\n")


def test_a_file_that_cannot_be_read_is_a_problem_of_its_own_and_hides_no_other(validate: Command) -> None:
    code, _, said = validate("gone.yaml", "good.yaml", "bad.yaml")
    assert code == 2
    assert said.startswith("gone.yaml:1:1: there is no such file\nbad.yaml:3:7: ")
    assert said.endswith("3 problems in 2 of 3 specs\n")


def test_json_has_everything_and_nothing_else_is_printed(validate: Command) -> None:
    code, out, err = validate("good.yaml", "bad.yaml", "--json")
    assert (code, err) == (2, "")
    good, bad = json.loads(out)
    assert good == {"spec": "good.yaml", "problems": [], "remarks": []}
    assert bad["spec"] == "bad.yaml"
    assert bad["problems"][1] == {
        "source": "bad.yaml", "line": 4, "column": 15, "end_column": 22,
        "message": "`train.keep`: there is no val_mae where classes are predicted",
        "hint": "one of: val_loss, val_accuracy",
    }  # fmt: skip


def test_shipped_configs_are_valid_on_a_machine_without_their_data(validate: Command) -> None:
    configs = sorted(map(str, shipped("configs").glob("*.yaml")))
    of_the_users = sum(Path(config).name.startswith("own_") for config in configs)
    code, out, _ = validate(*configs)
    assert (code, out) == (0, f"all {len(configs)} specs are valid, with {of_the_users} remarks\n")


def test_a_users_file_that_is_not_here_is_remarked_on_and_makes_nothing_wrong(
    validate: Command, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text(
        "dataset:\n  type: csv\n  path: a.csv\n  test_path: b.csv\n  target: y\nmodel: linear\n"
    )
    said = block("""
        own.yaml:3:9: remark: `dataset.path`: a.csv is not here
           3 |   path: a.csv
             |         ^^^^^  looked in the working directory, in data and one folder down in it
        own.yaml:4:14: remark: `dataset.test_path`: b.csv is not here
           4 |   test_path: b.csv
             |              ^^^^^  looked in the working directory, in data and one folder down in it
    """).rstrip() + "\n"  # fmt: skip
    assert validate("own.yaml") == (0, "the spec is valid, with 2 remarks\n", said)
    (remarked,) = json.loads(validate("own.yaml", "--json")[1])
    assert remarked["problems"] == []
    assert remarked["remarks"][0]["message"] == "`dataset.path`: a.csv is not here"
    # Where training would find them, they are found.
    for name in ("a.csv", "b.csv"):
        (tmp_path / "data" / "tables").mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / "tables" / name).touch()
    assert validate("own.yaml")[::2] == (0, "")


def test_where_the_data_is_here_and_was_not_looked_into_the_closing_line_says_what_does(
    validate: Command, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text("dataset: {type: csv, path: data/a.csv, target: y}\nmodel: linear\n")
    assert validate("own.yaml")[:2] == (0, "the spec is valid, with 1 remark\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    assert validate("own.yaml") == (0, "the spec is valid; --deep checks it against the data, too\n", "")
    several = "all 2 specs are valid; --deep checks them against the data, too\n"
    assert validate("own.yaml", "good.yaml") == (0, several, "")
    assert validate("own.yaml", "--deep")[1].endswith("\nthe spec is valid\n")
    assert validate("own.yaml", "--set", "seed=x")[2].endswith("\n1 problem\n")


def test_a_run_that_is_named_by_its_path_and_not_here_is_remarked_on(validate: Command, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD + "init_from: lab/first/latest\n")
    code, out, said = validate("good.yaml")
    assert (code, out) == (0, "the spec is valid, with 1 remark\n")
    assert said == block("""
        good.yaml:3:12: remark: `init_from.run`: lab/first/latest is not here
           3 | init_from: lab/first/latest
             |            ^^^^^^^^^^^^^^^^  looked in the working directory and in runs
    """).rstrip() + "\n"  # fmt: skip
    (tmp_path / "data" / "lab" / "first").mkdir(parents=True)
    assert validate("good.yaml", "--set", "init_from=data/lab/first/latest")[1:] == ("the spec is valid\n", "")
    # A name may be that of a run still to be made.
    assert validate("good.yaml", "--set", "init_from=first")[1:] == ("the spec is valid\n", "")


def test_deep_shows_the_model_layer_by_layer(validate: Command) -> None:
    code, out, err = validate("good.yaml", "--deep")
    assert (code, err) == (0, "")
    assert out == block("""
        good.yaml: lstm on hapt: examples of 128x9, 6 classes
        layer      kind           output  parameters      FLOPs
        inputs     InputLayer     128x9            -          -
        normalize  Normalization  128x9            -          -
        lstm_1     LSTM           32           5,376  1,343,488
        head       Dense          6              198        384
        parameters  5,574
        FLOPs       1,343,872 for one example, forwards (products with kernels)
        memory      about 5.92 MB to train, estimated for batches of 64:
                    weights 22.3 kB, gradients 22.3 kB, optimizer 44.6 kB, activations 5.83 MB

        the spec is valid
    """)


def test_the_page_on_models_shows_what_is_printed(validate: Command, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    shown = text.partition("    $ dlcli validate --deep configs/har_lstm.yaml\n")[2].partition("\n\nFLOPs")[0]
    (tmp_path / "har_lstm.yaml").write_text(shipped("configs", "har_lstm.yaml").read_text())
    assert validate("har_lstm.yaml", "--deep")[1] == f"{block(shown)}\n\nthe spec is valid\n".removeprefix("configs/")


def test_deep_shows_the_layer_that_does_not_fit_in_its_line_with_both_shapes(validate: Command, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text(
        block("""
            dataset: mnist
            model:
              type: sequential
              layers:
                - Conv2D: {filters: 8, kernel_size: 3}
                - MaxPooling2D: {pool_size: 8}
                - Conv2D:
                    filters: 8
                    kernel_size: 5
                - Flatten
        """)
    )
    code, out, said = validate("deep.yaml", "good.yaml", "--deep")
    assert code == 2
    assert out.startswith("good.yaml: lstm")
    assert said == block("""
        deep.yaml:7:7: model: layer 3 (Conv2D) cannot read the shape 3x3x8: its kernel of 5x5 does not fit into 3x3
           7 |     - Conv2D:
             |       ^^^^^^
        1 problem in 1 of 2 specs
    """)


def test_deep_remarks_on_what_only_the_data_can_decide(validate: Command, tmp_path: Path) -> None:
    layers = "[{Conv2D: {filters: 2, kernel_size: 3}}, Flatten]"
    text = f"dataset: {{type: npz, path: data/a.npz}}\nmodel: {{type: sequential, layers: {layers}}}\n"
    (tmp_path / "own.yaml").write_text(text)
    code, out, said = validate("own.yaml", "--deep")
    assert (code, out) == (0, "the spec is valid, with 2 remarks\n")
    assert "own.yaml:2:37: remark: model: layer 1 (Conv2D) cannot read the shape 8x8: it reads examples of" in said
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "a.npz", x=np.random.default_rng(0).normal(size=(40, 8)), y=np.arange(40) % 2)
    code, _, said = validate("own.yaml", "--deep")
    assert code == 2
    assert said.startswith("own.yaml:2:37: model: layer 1 (Conv2D) cannot read the shape 8: it reads examples of the")


def test_deep_as_json_has_the_layers(validate: Command) -> None:
    code, out, err = validate("good.yaml", "bad.yaml", "--deep", "--json")
    assert (code, err) == (2, "")
    good, bad = json.loads(out)
    assert [layer["name"] for layer in good["model"]["layers"]] == ["inputs", "normalize", "lstm_1", "head"]
    assert good["model"]["trainable"] == 5574
    assert good["model"]["flops"] == 1_343_872
    assert set(good["model"]["memory"]) == {"weights", "gradients", "optimizer", "activations"}
    assert "model" not in bad
