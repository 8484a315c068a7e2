"""dlcli init: what it writes is a spec that loads and trains, and nothing is overwritten."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.datasets.data import Classes, Reals
from dlcli.datasets.images import Images
from dlcli.datasets.table import Csv
from dlcli.errors import SpecError, UsageError
from dlcli.shipped import shipped
from dlcli.spec import load
from dlcli.starter.kinds import data_kinds, models_for

COMBINATIONS = [(kind, model) for kind in data_kinds() for model in models_for(kind)]
ROWS = "".join(f"s{i};{i % 5};{i}.5;{200 + i};{('flat', 'house')[i % 2]}\n" for i in range(40))
TABLE = f"street;rooms;area;price;kind\na;3;;300;flat\n{ROWS}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with no data anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DLCLI_RUNS", raising=False)
    return tmp_path


def run(*arguments: str, typed: str | None = None) -> str:
    done = CliRunner().invoke(app, arguments, input=typed)
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    return done.output


def refusal(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["init", *arguments])
    assert isinstance(done.exception, UsageError)
    assert done.exception.exit_code == 2
    return str(done.exception)


@pytest.mark.parametrize(("kind", "model"), COMBINATIONS)
def test_for_every_kind_of_data_and_model_that_fits_a_spec_is_written_that_loads(kind: str, model: str) -> None:
    run("init", "spec.yaml", "--data", kind, "--model", model)
    experiment = load(Path("spec.yaml"))
    assert (experiment.dataset.type, experiment.model.type, experiment.name) == (kind, model, "spec")


@pytest.mark.parametrize("kind", ["csv", "npz", "recordings"])
def test_what_is_written_trains(kind: str) -> None:
    run("init", "spec", "--data", kind)
    assert "a smoke run on made-up stand-in examples" in run("train", "spec.yaml", "--smoke", "--quiet")


def test_a_table_that_is_there_is_looked_into(here: Path) -> None:
    (here / "houses.csv").write_text(TABLE)
    said = run("init", "--path", "houses.csv")
    assert "5 columns, with a header, parted by ';'\n" in said
    assert "the target `kind` holds text: classes\n" in said
    assert "hardly one value twice, dropped: `street`\n" in said
    assert "missing values in `area`: mean\n" in said
    dataset = load(here / "houses.yaml").dataset
    assert isinstance(dataset, Csv)
    assert (dataset.target, dataset.delimiter, dataset.drop, dataset.missing) == ("kind", ";", ("street",), "mean")
    assert isinstance(dataset.load(here).target, Classes)


def test_a_table_in_the_data_folder_is_looked_into(here: Path) -> None:
    (here / "data").mkdir()
    (here / "data" / "houses.csv").write_text(TABLE)
    run("init", "--path", "houses.csv", "--target", "price")
    dataset = load(here / "houses.yaml").dataset
    assert isinstance(dataset, Csv)
    assert dataset.task == "reals"
    assert isinstance(dataset.load(here / "data").target, Reals)


def test_a_table_without_a_header_is_read_by_places(here: Path) -> None:
    (here / "t.csv").write_text("".join(f"{i},{i * 2},{i % 3}\n" for i in range(60)))
    assert "without a header" in run("init", "--path", "t.csv")
    dataset = load(here / "t.yaml").dataset
    assert isinstance(dataset, Csv)
    assert (dataset.header, dataset.target, dataset.task) == (False, 2, "classes")
    assert len(dataset.load(here).train) == 43


def test_of_a_large_table_only_the_beginning_is_read(here: Path) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(200_000))
    (here / "t.csv").write_text(f"x,y\n{rows}one,two,many\n")
    assert "the target `y` holds text: classes" in run("init", "--path", "t.csv")
    (here / "u.csv").write_text(f"x,y\n1,2,3\n{rows}")
    done = CliRunner().invoke(app, ["init", "--path", "u.csv"])
    assert str(done.exception).startswith("u.csv, line 2: has 3 columns; expected 2")


def test_at_a_terminal_it_asks(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["dlcli.cli.init"], "_can_ask", lambda: True)
    (here / "houses.csv").write_text(TABLE)
    said = run("init", "spec", typed="csvv\ncsv\nhouses.csv\nprice\nlinear\n")
    assert "What is your data? (csv, images, npz, recordings," in said
    assert "--data csvv: expected one of" in said
    assert "(did you mean `csv`?)" in said
    experiment = load(here / "spec.yaml")
    assert isinstance(experiment.dataset, Csv)
    assert (experiment.dataset.target, experiment.dataset.task, experiment.model.type) == ("price", "reals", "linear")


def test_at_a_terminal_pressing_return_takes_what_is_suggested(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["dlcli.cli.init"], "_can_ask", lambda: True)
    run("init", "spec", "--data", "images", typed="\n\n")
    experiment = load(here / "spec.yaml")
    assert isinstance(experiment.dataset, Images)
    assert (experiment.dataset.path, experiment.model.type) == ("pictures", "cnn")
    run("init", "asked_nothing", "--yes")


def test_every_line_says_what_it_is_for(here: Path) -> None:
    run("init", "--data", "images")
    text = (here / "pictures.yaml").read_text()
    assert "  path: pictures                  # The folder, looked for from the working directory\n" in text
    assert "  units" not in text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert sum("  # " in line for line in lines) >= len(lines) - 2
    assert max(map(len, text.splitlines())) <= 120


def test_what_to_type_next_is_said_and_works(here: Path) -> None:
    said = run("init", "--data", "hapt")
    typed = [line.split("dlcli ")[1].split() for line in said.splitlines() if "dlcli " in line]
    assert typed == [["validate", "hapt.yaml"], ["train", "hapt.yaml", "--smoke"], ["train", "hapt.yaml"]]
    assert run(*typed[0]) == "the spec is valid\n"


@pytest.mark.parametrize("config", sorted(shipped("configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_copy_is_the_config_without_the_scores_it_was_measured_by(config: Path, here: Path) -> None:
    run("init", "mine.yaml", "--from", config.stem)
    text = (here / "mine.yaml").read_text()
    assert load(here / "mine.yaml") == load(config, ["name=mine", "expect={}"])
    assert f"# From:    {config.stem}, which comes with dlcli\n# Run:     dlcli train mine.yaml\n" in text
    what = [line for line in config.read_text().splitlines() if line.startswith("# What:")]
    assert text.splitlines()[: len(what)] == what
    claims = ("# Test:", "# Train:", "# Chosen:", "# Not measured:", "deviation 0.", "expect:")
    assert [claim for claim in claims if claim in text] == []


def test_a_copy_without_a_name_is_called_after_its_config(here: Path) -> None:
    assert "dlcli train my_har_lstm.yaml\n" in run("init", "--from", "har_lstm")


def test_nothing_is_overwritten(here: Path) -> None:
    (here / "a.yaml").write_text("mine")
    assert refusal("a", "--data", "hapt") == "a.yaml: is there already, and is not overwritten; name another file"
    assert (here / "a.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "imgaes"], r"--data imgaes: expected one of csv, .* \(did you mean `images`\?\)"),
        (["--data", "images", "--model", "linaer"], r"--model linaer: .* for images \(did you mean `linear`\?\)"),
        (["--data", "images", "--model", "lstm"], "--model lstm: expected one of cnn, deep_cnn, resnet, mlp, linear"),
        (["--data", "csv", "--task", "real"], r"--task real: .* \(did you mean `reals`\?\)"),
        (["--data", "mnist", "--task", "reals"], "--task reals: of mnist classes are predicted"),
        (["--data", "mnist", "--path", "x"], "--path x: mnist is published data"),
        (["--data", "npz", "--target", "y"], "--target y: only a table has columns to choose from, not npz"),
        (["--from", "har_lstn"], "har_lstn: there is no such file nor shipped config, did you mean `har_lstm`?"),
        (["--from", "har_lstm", "--model", "gru"], "--from copies a config as it is; --model cannot be given with it"),
        (["none/a.yaml", "--data", "hapt"], r"none/a.yaml: cannot be written \(No such file or directory\)"),
        (["--path", "t.csv", "--target", "prise"], r"--target prise: .* \(did you mean `price`\?\)"),
        (["--path", "t.csv", "--target", "9"], "--target 9: there is no such column; the columns are street, rooms"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, here: Path) -> None:
    (here / "t.csv").write_text(TABLE)
    with pytest.raises(UsageError, match=said):
        raise UsageError(refusal(*arguments))
    assert list(here.glob("*.yaml")) == []


def test_a_table_that_holds_nothing_is_said(here: Path) -> None:
    (here / "t.csv").write_text("a,b\n")
    done = CliRunner().invoke(app, ["init", "--path", "t.csv"])
    assert str(done.exception) == "t.csv: holds a header and no rows; there is nothing to suggest a spec by"


def test_a_table_that_cannot_be_read_is_said(here: Path) -> None:
    (here / "t.csv").mkdir()
    done = CliRunner().invoke(app, ["init", "--path", "t.csv"])
    assert str(done.exception) == "t.csv: cannot be read (Is a directory); expected a file of text"


def test_a_file_whose_name_no_run_can_have_is_refused(here: Path) -> None:
    done = CliRunner().invoke(app, ["init", "my spec", "--data", "hapt"])
    assert isinstance(done.exception, SpecError)
    assert "`name`: expected a name of letters" in str(done.exception)
