"""What Tab offers: shipped configs and files, runs, and the paths of --set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dlcli.cli.completion import complete_specs
from dlcli.shipped import shipped
from dlcli.spec import Experiment
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.plugins.parts import PARTS, install

CONFIGS = sorted(path.stem for path in shipped("configs").glob("*.yaml"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(words: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What bash shows when Tab is pressed after these words, the last of which is begun."""
    from dlcli.cli import app

    monkeypatch.setenv("_DLCLI_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["dlcli", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    with pytest.raises(SystemExit):
        app(prog_name="dlcli")
    return capsys.readouterr().out.split()


def test_a_spec_is_a_shipped_config_or_a_file(here: Path) -> None:
    for name in ("harvest.yaml", "mine.yml", "harvest.txt", ".hidden.yaml"):
        (here / name).write_text("")
    assert complete_specs("har") == [*(name for name in CONFIGS if name.startswith("har")), "harvest.yaml"]
    assert complete_specs("mi") == ["mine.yml"]
    assert complete_specs(".h") == [".hidden.yaml"]
    assert complete_specs("none/") == []


def test_the_only_folder_is_opened(here: Path) -> None:
    (here / "specs" / "deep").mkdir(parents=True)
    assert complete_specs("sp") == ["specs/deep/"]
    (here / "specs" / "a.yaml").write_text("")
    assert complete_specs("sp") == complete_specs("specs/") == ["specs/a.yaml", "specs/deep/"]
    assert complete_specs(f"{here}/sp") == [f"{here}/specs/a.yaml", f"{here}/specs/deep/"]


def test_commands_that_read_specs_offer_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["train", "mnist_c"], ["validate", "har_lstm", "mnist_c"], ["init", "--from", "mnist_c"]):
        assert offered(words, monkeypatch, capsys) == ["mnist_cnn"]


def test_runs_are_offered_where_they_can_be_used(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, state in (("lstm/20240101-120000", "done"), ("gru/20240101-120000", "preempted"), ("lstm/2", "failed")):
        folder = here / "runs" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"state": state}))
        if state == "done":
            (folder / "model.keras").write_text("")
    (here / "runs" / "broken" / "1").mkdir(parents=True)
    (here / "runs" / "broken" / "1" / "run.json").write_text("{")
    assert offered(["eval", ""], monkeypatch, capsys) == ["lstm"]
    assert offered(["eval", "lstm/"], monkeypatch, capsys) == ["lstm/20240101-120000"]
    assert offered(["train", "--resume", ""], monkeypatch, capsys) == ["gru", "lstm"]
    assert offered(["train", "--runs", "none", "--resume", ""], monkeypatch, capsys) == []


def test_paths_go_by_the_types_that_the_spec_chooses(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "s.yaml").write_text("dataset: hapt\nmodel: linear\n")
    linear = ["model.type=", "model.l1=", "model.l2="]
    assert offered(["train", "s.yaml", "--set", "model."], monkeypatch, capsys) == linear
    assert offered(["validate", "s.yaml", "--set", "model."], monkeypatch, capsys) == linear
    assert "model.units=" in offered(["train", "har_lstm", "--set", "model."], monkeypatch, capsys)
    assert offered(["train", "none.yaml", "--set", "train.ep"], monkeypatch, capsys) == ["train.epochs="]


def test_words_are_offered_where_a_value_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def values(begun: str) -> list[str]:
        return offered(["train", "har_lstm", "--set", begun], monkeypatch, capsys)

    assert values("strategy=o") == ["strategy=one_device"]
    assert values("normalize=") == ["normalize=standard", "normalize=range", "normalize=none"]
    assert values("leave_one_group_out=") == ["leave_one_group_out=true", "leave_one_group_out=false"]
    assert values("train.epochs=") == values("no.such=") == []


def test_parts_of_files_and_packages_are_offered(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(here / "site", monkeypatch, "tiny = kit_parts:Tiny\ngone = no_module:Gone", f"print('hello')\n{PARTS}")
    (here / "specs").mkdir()
    (here / "specs" / "parts.py").write_text("print('here')\n" + PARTS.replace('"tiny"', '"small"'))
    (here / "specs" / "base.yaml").write_text("plugins: [parts.py]\ndataset: {type: board}\n")
    (here / "specs" / "s.yaml").write_text("extends: base.yaml\nmodel: small\n")
    spec = ["train", "specs/s.yaml", "--set"]
    assert offered([*spec, "dataset.ex"], monkeypatch, capsys) == ["dataset.examples="]
    assert offered([*spec, "model."], monkeypatch, capsys) == ["model.type=", "model.units="]
    assert offered([*spec, "model=s"], monkeypatch, capsys) == ["model=seq2seq", "model=sequential", "model=small"]
    assert offered([*spec, "model=ti"], monkeypatch, capsys) == ["model=tiny"]
    assert offered(["describe", "tin"], monkeypatch, capsys) == ["tiny_shakespeare", "tiny"]
    assert offered(["describe", "--plugins", "specs/parts.py", "sma"], monkeypatch, capsys) == ["small", "smallest"]
    (here / "specs" / "parts.py").write_text("no python at all")
    assert offered([*spec, "train.ep"], monkeypatch, capsys) == ["train.epochs="]


def test_what_can_be_listed_and_described_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered(["list", "m"], monkeypatch, capsys) == ["models", "metrics"]
    assert offered(["list", "con"], monkeypatch, capsys) == ["configs"]
    assert offered(["describe", "lst"], monkeypatch, capsys) == ["lstm"]
    assert offered(["describe", "early"], monkeypatch, capsys) == ["early_stopping"]
    assert offered(["eval", "--split", "t"], monkeypatch, capsys) == ["train", "test"]


@pytest.mark.parametrize("config", CONFIGS)
def test_every_path_that_is_offered_is_one(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dlcli.cli.completion import _paths

    values = parse(shipped("configs", f"{config}.yaml").read_text(), config).values
    experiment = check(parse(shipped("configs", f"{config}.yaml").read_text(), config))
    for path, _ in _paths(Experiment, values):
        part: object = experiment
        for step in path.split("."):
            if part is not None and step != "type":
                assert step in type(part).model_fields, path  # type: ignore[attr-defined]
                part = getattr(part, step)


def test_completing_needs_neither_tensorflow_nor_numpy() -> None:
    code = (
        "import sys\nfrom dlcli.cli import app\ntry: app(prog_name='dlcli')\nexcept SystemExit: pass\n"
        "print(sorted({'tensorflow', 'keras', 'numpy', 'rich'} & set(sys.modules)))"
    )
    words = {"COMP_WORDS": "dlcli train har_lstm --set train.ep", "COMP_CWORD": "4", "_DLCLI_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | words, timeout=60
    )
    assert done.stdout == "train.epochs=\n[]\n"
