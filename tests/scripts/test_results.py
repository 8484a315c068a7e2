"""RESULTS.md says of finished runs what their folders hold, and nothing of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import results
from scripts.results import Config, header, page
from tests.runs.folders import put_run
from tests.scripts.conftest import PutFinished


def row(config: Path) -> list[str]:
    """The cells of the config's row, if there is one."""
    text = page([Config.of(config)], [config.parents[1] / "runs"])
    lines = [line for line in text.splitlines() if line.startswith("| [small]")]
    return lines[0].strip("| ").split(" | ") if lines else []


def without(config: Path) -> str:
    """What is said of the config where it has no row."""
    text = page([Config.of(config)], [config.parents[1] / "runs"])
    return text.split("## Without finished runs\n")[1].strip()


def test_a_row_has_what_is_reported_and_what_was_measured(config: Path, put_finished: PutFinished) -> None:
    for seed, accuracy in enumerate((0.75, 0.5, 0.7)):
        put_finished(seed, accuracy)
    assert row(config) == [
        "[small](configs/small.yaml)",
        "A small network on made-up signals, to be fast",
        "0.5 accuracy; Somebody 2020",
        "test accuracy",
        "0.6500",
        "0.5000 to 0.7500",
        "3 (0 to 2)",
        "0.6",
        "60 s",
        "1234567",
        "dlcli 0.1.0, TensorFlow 2.21.0, Keras 3.15.1, 2 CPU cores",
    ]


def test_a_floor_that_is_missed_is_told(config: Path, put_finished: PutFinished) -> None:
    put_finished(0, 0.59)
    assert row(config)[7] == "0.6, missed"


def test_of_a_config_that_was_measured_before_its_header_is_named(config: Path) -> None:
    text = config.read_text()
    config.write_text("# What:    A small network\n# Test:    0.75   accuracy\n" + text[text.index("dataset:") :])
    assert without(config).endswith("measured before; its header has the scores, these runs are not among those read")


def test_of_a_seed_the_newest_run_counts(config: Path, put_finished: PutFinished) -> None:
    put_finished(3, 0.25)
    put_finished(3, 0.75)
    put_finished(1, 0.5)
    assert row(config)[4:7] == ["0.6250", "0.5000 to 0.7500", "2 (1, 3)"]


@pytest.mark.parametrize(
    "other",
    [("model.units=[5]",), ("train.epochs=6",), ("train.batch_size=32",), ("deterministic=true",), ("normalize=none",)],
)
def test_runs_of_another_recipe_do_not_count(config: Path, put_finished: PutFinished, other: tuple[str, ...]) -> None:
    put_finished(0, 0.9, *other)
    assert row(config) == []
    assert "not measured as it is now; 1 finished run is of another recipe" in without(config)


@pytest.mark.parametrize(
    "same", [("expect={test_accuracy: 0.1}",), ("strategy=cpu",), ("metrics=[balanced_accuracy]",)]
)
def test_what_decides_nothing_may_be_other(config: Path, put_finished: PutFinished, same: tuple[str, ...]) -> None:
    put_finished(0, 0.75, *same)
    assert row(config)[4] == "0.7500"


@pytest.mark.parametrize(
    "info", [{"smoke": True}, {"stand_in": True}, {"state": "preempted"}, {"state": "failed"}, {"name": "other"}]
)
def test_unfinished_runs_smoke_runs_and_other_names_do_not_count(
    config: Path, put_finished: PutFinished, info: dict[str, object]
) -> None:
    put_finished(0, 0.9, **info)
    assert row(config) == []
    assert without(config) == "- [small](configs/small.yaml): not measured yet"


def test_why_a_config_was_not_measured_is_told(config: Path) -> None:
    config.write_text("# What:    x\n# Not measured: it is about your data.\ndataset: hapt\nmodel: linear\n")
    assert without(config) == "- [small](configs/small.yaml): it is about your data"


def test_runs_of_a_tree_with_changes_are_marked(config: Path, put_finished: PutFinished) -> None:
    put_finished(0, 0.75, clean=False)
    put_finished(1, 0.75)
    assert row(config)[9] == "1234567*<br>1234567"
    assert "`*`: there were changes" in page([Config.of(config)], [config.parents[1] / "runs"])


def test_runs_outside_of_a_checkout_have_no_commit(config: Path, put_finished: PutFinished) -> None:
    put_finished(0, 0.75, git=None)
    assert row(config)[9] == "unknown"


def test_the_time_is_the_shortest_of_runs_that_were_not_interrupted(config: Path, put_finished: PutFinished) -> None:
    started = "2026-01-31T12:00:00+00:00"
    for seed, hour, resumed in ((0, 14, []), (1, 15, []), (2, 16, []), (3, 13, [started])):
        put_finished(seed, 0.75, started=started, ended=f"2026-01-31T{hour}:00:00+00:00", resumed=resumed)
    assert row(config)[8] == "120.0 min"


def test_where_all_were_interrupted_no_time_is_known(config: Path, put_finished: PutFinished) -> None:
    put_finished(0, 0.75, resumed=["2026-01-31T12:00:00+00:00"])
    assert row(config)[8] == "–"


def test_folds_count_as_one_run_with_the_mean_of_their_scores(config: Path, put_finished: PutFinished) -> None:
    config.write_text(config.read_text() + "folds: 2\n")
    folds = [
        put_finished(4, accuracy, fold=fold, folds=2, fold_set="20260131-120000")
        for fold, accuracy in ((1, 0.5), (2, 0.75))
    ]
    assert row(config)[4:9] == ["0.6250", "0.6250 to 0.6250", "1 (4)", "0.6", "2.0 min"]
    folds[1].rename(folds[1].with_name(".gone"))
    assert row(config) == []


def test_a_row_has_a_line_for_every_score_expected(config: Path, put_finished: PutFinished) -> None:
    config.write_text(config.read_text().replace("0.6}", "0.6, train_loss: 0.2}"))
    result = {"kept": {"epoch": 1}, "test": {"accuracy": 0.75, "split": "test"}, "train": {"loss": 0.25}}
    (put_finished(0, 0.75) / "result.json").write_text(json.dumps(result))
    assert row(config)[3:8] == [
        "test accuracy<br>train loss", "0.7500<br>0.2500", "0.7500 to 0.7500<br>0.2500 to 0.2500", "1 (0)",
        "0.6<br>0.2, missed",
    ]  # fmt: skip


def test_what_a_naive_forecast_reaches_stands_beside_it(config: Path, put_finished: PutFinished) -> None:
    result = {"kept": {"epoch": 1}, "test": {"accuracy": 0.75, "naive": {"naive: the last": {"accuracy": 0.8}}}}
    (put_finished(0, 0.75) / "result.json").write_text(json.dumps(result))
    assert row(config)[2] == "0.5 accuracy; Somebody 2020<br>0.8000 naive: the last"


def test_where_nothing_is_expected_the_headline_score_stands(config: Path, put_finished: PutFinished) -> None:
    config.write_text(config.read_text().replace("expect: {test_accuracy: 0.6}\n", ""))
    put_finished(0, 0.75)
    assert row(config)[3:8] == ["test accuracy", "0.7500", "0.7500 to 0.7500", "1 (0)", "–"]


def test_a_run_whose_spec_cannot_be_read_is_of_another_recipe(config: Path, put_finished: PutFinished) -> None:
    (put_finished(0, 0.75) / "spec.yaml").write_text("model: gone\n")
    assert row(config) == []


def test_runs_may_lie_in_several_folders(config: Path, put_finished: PutFinished, tmp_path: Path) -> None:
    put_finished(0, 0.5)
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    put_finished(1, 0.75)
    text = page([Config.of(config)], [tmp_path / "elsewhere", tmp_path / "runs"])
    assert "| 0.6250 | 0.5000 to 0.7500 | 2 (0, 1) |" in text


def test_entries_of_a_header_go_over_several_lines() -> None:
    text = "# What:    one,\n#          two\n# Not measured: three.\nmodel: linear  # Not: an entry\n# Nor: this\n"
    assert header(text) == {"What": "one, two", "Not measured": "three."}


def test_the_page_of_the_shipped_configs_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_run(tmp_path / "runs")  # of no config
    results.main(["--runs", str(tmp_path / "runs"), "--to", str(tmp_path / "RESULTS.md")])
    text = (tmp_path / "RESULTS.md").read_text()
    configs = list((Path(__file__).parents[2] / "configs").glob("*.yaml"))
    assert all(f"- [{path.stem}](configs/{path.name}): " in text for path in configs)
    assert "[own_csv](configs/own_csv.yaml): it is about your data\n" in text
    assert f"0 configs with finished runs, {len(configs)} without" in capsys.readouterr().out
