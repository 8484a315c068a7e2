"""Values that the data refutes: told where they stand in the spec, alike by validate --deep and by train."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.cli import main
from tests.spec.test_problems import block

load_tensorflow()

Command = Callable[..., tuple[int, str]]

TABLE = "dataset: {type: csv, path: t.csv, target: kind, "
KNOWN = "the columns are `id`, `x`, `kind`, `who`"


@pytest.fixture
def dlcli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command in a folder that holds a table, arrays and recordings; gives exit code and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_DATA", "data")
    monkeypatch.setenv("DLCLI_RUNS", "runs")
    rows = [f"{n},{n / 7:.3f},{'high' if n % 3 else 'low'},p{n % 4}" for n in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(["id,x,kind,who", *rows, ""]))
    np.savez(tmp_path / "a.npz", signals=np.arange(80.0).reshape(40, 2), labels=np.arange(40) % 2)
    np.savez(tmp_path / "b.npz", x=np.arange(40.0), y=np.arange(40) % 2)
    (tmp_path / "sensors").mkdir()
    lines = [f"{n},{n / 3:.3f},{'up' if n < 50 else 'down'}" for n in range(100)]
    (tmp_path / "sensors" / "ann.csv").write_text("\n".join(["ax,ay,label", *lines, ""]))

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["dlcli", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return code if isinstance(code, int) else 0, capsys.readouterr().err

    return run


def told_by_both(dlcli: Command, text: str, *overrides: str) -> str:
    """What is said of a spec by validate --deep; that train says the same, with the same exit code, is looked at."""
    Path("s.yaml").write_text(text)
    options = [word for override in overrides for word in ("--set", override)]
    code, said = dlcli("validate", "--deep", "s.yaml", *options)
    assert said.endswith("\n1 problem\n"), said
    assert dlcli("train", "s.yaml", *options) == (code, said.removesuffix("1 problem\n"))
    assert code == 2
    assert not Path("runs").exists()
    return said.removesuffix("\n1 problem\n")


def test_a_column_that_is_not_there_is_told_at_its_item(dlcli: Command) -> None:
    said = told_by_both(dlcli, f"{TABLE}drop: [x, idd]}}\nmodel: linear\n")
    assert said == block(f"""
        s.yaml:1:59: t.csv: there is no column 'idd', as dataset.drop has it; {KNOWN}
           1 | dataset: {{type: csv, path: t.csv, target: kind, drop: [x, idd]}}
             |                                                           ^^^  did you mean `id`?
    """).rstrip()  # fmt: skip


def test_a_column_that_is_not_there_is_told_at_the_option_that_names_it(dlcli: Command) -> None:
    said = told_by_both(dlcli, f"{TABLE}drop: [id]}}\nmodel: linear\n", "dataset.target=kin", "dataset.drop=[x]")
    assert said == block(f"""
        --set dataset.target=kin: t.csv: there is no column 'kin', as dataset.target has it; {KNOWN}
             | dataset.target=kin
             |                ^^^  did you mean `kind`?
    """).rstrip()  # fmt: skip


def test_a_class_that_is_not_there_is_told_at_its_key(dlcli: Command) -> None:
    said = told_by_both(dlcli, f"{TABLE}drop: [id]}}\nmodel: linear\ntrain:\n  class_weights: {{hihg: 2}}\n")
    assert (
        said
        == block("""
        s.yaml:4:19: train.class_weights: there is no class `hihg`; the classes are high, low
           4 |   class_weights: {hihg: 2}
             |                   ^^^^  did you mean `high`?
    """).rstrip()
    )


COURSE = "dataset: {type: windows, path: t.csv, "
OWN = "dataset: {type: recordings, path: sensors, rate_hz: 10, window: 8, file_names: '{subject}.csv', "


@pytest.mark.parametrize(
    ("dataset", "meant", "said"),
    [
        (f"{TABLE}features: [x, idd]}}", "idd", "there is no column 'idd', as dataset.features has it"),
        (f"{TABLE}categorical: [idd]}}", "idd", "there is no column 'idd', as dataset.categorical has it"),
        (f"{TABLE}ordinal: {{sice: [a, b]}}}}", "sice", "there is no column 'sice', as dataset.ordinal has it"),
        (f"{TABLE}group: whom}}", "whom", "there is no column 'whom', as dataset.group has it"),
        (f"{TABLE}features: [x, kind]}}", "[x, kind]", "column `kind` is given as target and as feature"),
        (f"{TABLE}classes: [hi, low]}}", "[hi, low]", "got 'high', expected one of 'hi', 'low'"),
        (f"{TABLE}ordinal: {{who: [p0, p1]}}}}", "[p0, p1]", "got 'p2', expected one of 'p0', 'p1'"),
        (f"{TABLE}group: who, test: {{groups: [p1, p9]}}}}", "p9", "there is no group 'p9' to hold out"),
        (f"{TABLE}group: who, test: {{groups: [p0, p1, p2, p3]}}}}", "[p0, p1, p2, p3]", "leaves nothing to train on"),
        ("dataset: {type: npz, path: b.npz, test: {groups: [p1]}}", "[p1]", "this data has no groups"),
        ("dataset: {type: npz, path: b.npz, test: {by: group}}", "group", "this data has no groups"),
        (f"{TABLE}group: who, test: {{fraction: 0.99}}}}", "0.99", "leaves nothing to train on"),
        ("dataset: {type: npz, path: a.npz, x: signal, y: labels}", "signal", "there is no array `signal`"),
        (
            f"{COURSE}target: kind, columns: [x], steps: 3}}",
            "kind",
            "expected a number; a series is made of numbers: ",
        ),
        (
            f"{COURSE}target: x, columns: [x, who], steps: 3}}",
            "who",
            "leave its column out of dataset.columns",
        ),
        (f"{COURSE}target: x, steps: 10, horizon: 200}}", "200", "or make `horizon` smaller"),
        (f"{COURSE}target: x, steps: 10, season: 190}}", "190", "or make `season` smaller"),
        (f"{COURSE}target: x, steps: 190, horizon: 2}}", "190", "or make `steps` smaller"),
        (f"{OWN}channels: [ax, az]}}", "az", "has no column `az`"),
        (f"{OWN}label_column: lable}}", "lable", "has no column `lable`"),
        (f"{OWN}classes: [up, dawn]}}", "dawn", "dataset.classes has 'dawn', which no sample is labelled with"),
        (f"{OWN}ignore: [upp]}}", "upp", "dataset.ignore has 'upp', which no sample is labelled with"),
    ],
)
def test_whatever_the_data_refutes_is_told_where_it_stands(dlcli: Command, dataset: str, meant: str, said: str) -> None:
    model = "lstm" if "recordings" in dataset else "linear"
    told = told_by_both(dlcli, f"{dataset}\nmodel: {model}\n")
    head, line, carets = told.split("\n")[:3]
    assert head.startswith(f"s.yaml:1:{dataset.rindex(meant) + 1}: ")
    assert said in head
    assert carets.count("^") == min(len(meant), len(line))


def test_data_that_is_damaged_is_no_mistake_of_the_spec(dlcli: Command) -> None:
    Path("s.yaml").write_text(f"{TABLE}drop: [id]}}\nmodel: linear\n")
    Path("t.csv").write_text("id,x,kind,who\n1,2,high\n")
    code, said = dlcli("train", "s.yaml")
    assert code == 3
    assert said.startswith("error: t.csv")
    assert dlcli("validate", "--deep", "s.yaml")[1].startswith("s.yaml:1:10: t.csv")
