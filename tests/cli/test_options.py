"""A spec is named by its file, or by its name where it comes with dlcli."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.cli.options import spec_path
from dlcli.errors import UsageError
from dlcli.shipped import shipped


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_bare_word_names_a_shipped_config() -> None:
    assert spec_path(Path("har_lstm")) == shipped("configs", "har_lstm.yaml")


def test_a_file_of_that_name_comes_first(here: Path) -> None:
    (here / "har_lstm").write_text("")
    assert spec_path(Path("har_lstm")) == Path("har_lstm")


@pytest.mark.parametrize("name", ["har_lstm.yaml", "configs/har_lstm"])
def test_what_looks_like_a_path_is_one(name: str, here: Path) -> None:
    with pytest.raises(UsageError, match=rf"^{name}: there is no such file"):
        spec_path(Path(name))
    (here / "configs").mkdir()
    (here / name).write_text("")
    assert spec_path(Path(name)) == Path(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("mine/huoses.yaml", "mine/houses.yml"),
        ("mine/houses.yaml", "mine/houses.yml"),
        ("mine/houses", "mine/houses.yml"),
        ("har_lstm.yaml", "har_lstm"),
        ("confgs/har_lstn.yaml", "har_lstm"),
    ],
)
def test_a_path_that_is_not_there_is_named_with_what_was_probably_meant(name: str, near: str, here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "houses.yml").write_text("")
    with pytest.raises(UsageError, match=rf"^{name}: there is no such file, did you mean `{near}`\?$"):
        spec_path(Path(name))
    with pytest.raises(UsageError, match=r"^mine/zzz\.yaml: there is no such file$"):
        spec_path(Path("mine/zzz.yaml"))


@pytest.mark.parametrize("command", [["validate"], ["show"], ["train"], ["init", "--from"]], ids=" ".join)
def test_every_command_that_takes_a_spec_says_which_was_probably_meant(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "har_lstn.yaml"])
    assert "har_lstn.yaml" in f"{done.output}{done.exception}"
    assert "there is no such file, did you mean `har_lstm`?" in f"{done.output}{done.exception}"


@pytest.mark.parametrize(
    ("command", "option", "given", "said"),
    [
        ("eval", "--temperature", "-1", "a number, at least 0"),
        ("eval", "--temperature", "nan", "a number, at least 0"),
        ("eval", "--temperature", "inf", "a number, at least 0"),
        ("eval", "--length", "0", "a whole number, at least 1"),
        ("eval", "--length", "2.5", "a whole number, at least 1"),
        ("eval", "--seed", "one", "a whole number, at least 0"),
        ("runs gc", "--keep-best", "-1", "a whole number, at least 0"),
    ],
)
def test_a_number_that_an_option_cannot_be_is_told_in_plain_words(
    command: str, option: str, given: str, said: str
) -> None:
    done = CliRunner().invoke(app, [*command.split(), option, given])
    assert isinstance(done.exception, UsageError)
    assert str(done.exception) == f"{option}: expected {said}, got {given}"


def test_a_folder_is_left_to_who_reads_it(here: Path) -> None:
    (here / "configs").mkdir()
    assert spec_path(Path("configs")) == Path("configs")


def test_an_unknown_word_is_named_with_what_was_probably_meant(here: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^har_lstn: there is no such file nor shipped config, did you mean `har_lstm`\?"
    ):
        spec_path(Path("har_lstn"))
    with pytest.raises(UsageError, match=r"^zzz: there is no such file nor shipped config; list them with: dlcli list"):
        spec_path(Path("zzz"))
    (here / "zzz.yaml").write_text("")
    with pytest.raises(UsageError, match=r"^zzz: .* did you mean `zzz\.yaml`\?"):
        spec_path(Path("zzz"))


def test_a_shipped_config_is_validated_and_trained_by_its_name(here: Path) -> None:
    assert CliRunner().invoke(app, ["validate", "har_lstm", "mnist_cnn"]).output == "all 2 specs are valid\n"
    done = CliRunner().invoke(app, ["train", "own_npz", "--smoke", "--quiet", "--runs", "kept"])
    assert done.exit_code == 0, done.output
    (run,) = (here / "kept" / "own_npz-smoke").glob("2*")
    assert (run / "source.yaml").read_text() == shipped("configs", "own_npz.yaml").read_text()


def test_of_several_specs_only_the_unknown_one_is_refused() -> None:
    done = CliRunner().invoke(app, ["validate", "har_lstm", "har_lstn"])
    assert done.exit_code == 2
    assert "did you mean `har_lstm`?" in done.output
    assert "1 problem in 1 of 2 specs" in done.output
