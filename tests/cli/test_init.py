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
from dlcli.datasets.text import Text
from dlcli.errors import SpecError, UsageError
from dlcli.spec import load
from dlcli.starter.kinds import data_kinds, usual_path
from tests.plugins.parts import PARTS
from tests.starter.test_table import TABLE


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


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "npz", "recordings"])
def test_what_is_written_trains(kind: str) -> None:
    run("init", "spec", "--data", kind)
    assert "a smoke run on made-up stand-in examples" in run("train", "spec.yaml", "--smoke", "--quiet")


def test_a_table_that_is_there_is_looked_into(here: Path) -> None:
    (here / "houses.csv").write_text(TABLE)
    said = run("init", "--path", "houses.csv")
    assert "5 columns, with a header, separated by semicolons; 41 rows\n" in said
    assert "left out: `street`: hardly any text occurs twice, as with a name\n" in said
    text = (here / "houses.yaml").read_text()
    assert "  drop: [street]                  # Left out: hardly a value occurs twice, as with identifiers\n" in text
    assert "  missing: mean                   # Missing values are filled in: by the mean, or a category" in text
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


def test_at_a_terminal_it_asks(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["dlcli.cli.init"], "_can_ask", lambda: True)
    (here / "houses.csv").write_text(TABLE)
    said = run("init", "spec", typed="csvv\ncsv\nhouses.csv\nprice\nlinear\n")
    assert "What is your data? (csv, frames, images, npz, " in said
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
    run("init", "asked_nothing", "--data", "images", "--yes")


def test_what_cannot_be_is_asked_for_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["dlcli.cli.init"], "_can_ask", lambda: True)
    (here / "houses.csv").write_text(TABLE)
    said = run("init", "spec", "--data", "csv", typed="huoses.csv\nhouses.csv\nprise\nstreet\nprice\nmlp\n")
    assert "huoses.csv: there is no such file or folder, did you mean `houses.csv`?" in said
    assert "--target prise: there is no such column (did you mean `price`?)" in said
    assert "the target `street` holds 41 different values in 41 rows" in said
    assert isinstance(dataset := load(here / "spec.yaml").dataset, Csv)
    assert (dataset.path, dataset.target) == ("houses.csv", "price")


def test_a_file_of_data_is_taken_as_such_where_a_spec_is_expected(here: Path) -> None:
    (here / "houses.csv").write_text(TABLE)
    run("init", "houses.csv")
    assert isinstance(dataset := load(here / "houses.yaml").dataset, Csv)
    assert (dataset.path, dataset.target) == ("houses.csv", "kind")
    (here / "a.npz").write_bytes(b"")
    run("init", "a.npz")
    assert load(here / "a.yaml").dataset.type == "npz"


@pytest.mark.parametrize("text", ["A story, of sorts.\n\nIt is, as told, long.\n", "yes a film\nno film\n" * 9])
def test_a_text_that_is_taken_for_a_table_is_refused_with_the_option_that_reads_it(text: str, here: Path) -> None:
    (here / "story.txt").write_text(text)
    hint = "If it is no table: --data text reads a running text"
    said = str(CliRunner().invoke(app, ["init", "story.txt"]).exception)
    assert hint in said
    assert "line 3: has 3 columns; expected 2" in said or "story.txt: has one column alone, so that there" in said
    assert hint not in str(CliRunner().invoke(app, ["init", "story.txt", "--data", "csv"]).exception)
    run("init", "story.txt", "--data", "text")
    experiment = load(here / "story.yaml")
    assert isinstance(experiment.dataset, Text)
    assert experiment.dataset.path == "story.txt"


def test_lines_that_may_have_classes_are_said_to(here: Path) -> None:
    (here / "reviews.txt").write_text("good a film\nbad another one\n" * 10)
    said = run("init", "--data", "text", "--path", "reviews.txt", "-y")
    assert "every line begins with one of 2 words, such as `good`" in said
    advised = ["--set", "dataset.label=first", "--set", "model={type: text_cnn, filters: 64}"]
    assert "the spec is valid" in run("validate", "reviews.yaml", *advised)


def test_what_is_said_of_a_model_holds_for_what_it_predicts(here: Path) -> None:
    run("init", "next", "--data", "text")
    text = (here / "next.yaml").read_text()
    assert "pooling" not in text
    assert "# Stacked gated recurrent units\n" in text
    run("init", "whole", "--data", "hapt", "--model", "gru")
    assert "  pooling: mean  " in (here / "whole.yaml").read_text()


def test_all_kinds_of_own_data_are_in_the_help() -> None:
    said = run("init", "--help")
    assert [kind for kind in data_kinds() if usual_path(kind) and kind not in said] == []


@pytest.mark.parametrize(
    ("file", "written"), [("a.txt", "a.yaml"), ("a.yml", "a.yml"), ("v1.2", "v1.2.yaml"), ("a", "a.yaml")]
)
def test_a_spec_has_the_name_given_with_the_ending_of_specs(file: str, written: str, here: Path) -> None:
    run("init", file, "--data", "hapt")
    assert [path.name for path in here.glob("*.y*ml")] == [written]


def test_parts_of_a_file_can_be_chosen_and_are_named_in_the_spec(here: Path) -> None:
    (here / "parts").mkdir()
    (here / "parts" / "mine.py").write_text(f"# no other file has this text\n{PARTS}")
    (here / "specs").mkdir()
    mine = ("--plugins", "parts/mine.py")
    run("init", "specs/a", "--data", "board", "--model", "tiny", *mine)
    assert "\nplugins: [../parts/mine.py]" in (here / "specs" / "a.yaml").read_text()
    experiment = load(here / "specs" / "a.yaml")
    assert (experiment.dataset.type, experiment.model.type) == ("board", "tiny")
    run("init", "b", "--data", "hapt", "--model", "lstm", *mine)
    assert "plugins" not in (here / "b.yaml").read_text()
    assert "--model tiny: expected one of lstm," in refusal("c", "--data", "hapt", "--model", "tiny")


def test_without_data_a_template_is_written_and_called_one(here: Path) -> None:
    said = run("init", "--data", "csv")
    assert "a template: there is no table.csv here yet; change `path`, `target` and `task` to what you have\n" in said
    assert "until it is here, --smoke trains on made-up examples\n" in said
    assert "there is no pictures here yet; change `path` to what you have\n" in run("init", "--data", "images")
    assert "template" not in run("init", "--data", "hapt")
    (here / "pictures").mkdir()
    assert "template" not in run("init", "more", "--data", "images")


def test_what_to_type_next_is_said_and_works(here: Path) -> None:
    said = run("init", "--data", "hapt")
    typed = [line.split("dlcli ")[1].split() for line in said.splitlines() if "dlcli " in line]
    assert typed == [["validate", "hapt.yaml"], ["train", "hapt.yaml", "--smoke"], ["train", "hapt.yaml"]]
    assert run(*typed[0]) == "the spec is valid\n"


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
        (["t.csv", "--model", "lstm"], r"one row of a table\). Give mlp, .* or autoencoder; .* --data recordings"),
        (["t.csv", "--task", "reals"], "--task reals: the target `kind`, the last column, holds text, such as 'flat'"),
        (["gone.csv"], r"^gone.csv: there is no such file or folder; looked from .* and in the data folder .*data$"),
        (["--path", "tt.csv"], r"^tt.csv: there is no such file or folder, did you mean `t.csv`\? Looked from "),
        (["--data", "images", "--path", "gone"], "^gone: there is no such file or folder"),
        (["--path", "."], r"--path \.: is a folder; say what it holds: --data images, recordings, frames or npz"),
        ([], r"^dlcli init: what is your data\? Name a table .*--data images.*--from har_lstm"),
        (["spec", "--yes"], r"^dlcli init: what is your data\?"),
        (["--data", "csv", "--task", "real"], r"--task real: .* \(did you mean `reals`\?\)"),
        (["--data", "mnist", "--task", "reals"], "--task reals: of mnist classes are predicted"),
        (["--data", "mnist", "--path", "x"], "--path x: mnist is published data"),
        (["--data", "npz", "--target", "y"], "--target y: only a table has columns to choose from, not npz"),
        (["--from", "har_lstn"], "har_lstn: there is no such file nor shipped config, did you mean `har_lstm`?"),
        (["--from", "har_lstm", "--model", "gru"], "--from copies a config as it is; --model cannot be given with it"),
        (["--from", "har_lstm", "--plugins", "mine.py"], "a config as it is; --plugins cannot be given with it"),
        (["none/a.yaml", "--data", "hapt"], r"none/a.yaml: cannot be written \(No such file or directory\)"),
        (["--path", "t.csv", "--target", "prise"], r"--target prise: .* \(did you mean `price`\?\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, here: Path) -> None:
    (here / "t.csv").write_text(TABLE)
    with pytest.raises(UsageError, match=said):
        raise UsageError(refusal(*arguments))
    assert list(here.glob("*.yaml")) == []


def test_a_file_whose_name_no_run_can_have_is_refused(here: Path) -> None:
    done = CliRunner().invoke(app, ["init", "my spec", "--data", "hapt"])
    assert isinstance(done.exception, SpecError)
    assert "`name`: expected a name of letters" in str(done.exception)
