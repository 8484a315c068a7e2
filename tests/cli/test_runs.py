"""dlcli runs: what there is, what is known of it, and how it goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dlcli.cli import app
from dlcli.cli.runs.common import size, span
from dlcli.errors import UsageError
from dlcli.runs import provenance
from dlcli.runs.entries import STATES
from dlcli.runs.heartbeat import EVERY_SECONDS, SILENT_SECONDS, beat
from tests.runs.folders import put_folds, put_run
from tests.runs.test_lock import holder


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with runs/ in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLCLI_RUNS", raising=False)
    return tmp_path


RUNS = Path("runs")


def dlcli(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["runs", *arguments], input=typed)


def said(*arguments: str) -> str:
    done = dlcli(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def refused(*arguments: str) -> str:
    done = dlcli(*arguments)
    assert isinstance(done.exception, UsageError)
    return str(done.exception)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcli.cli.runs.common._can_ask", lambda: True)


def test_runs_are_listed_with_how_far_they_came_and_what_they_reached() -> None:
    now = datetime.now(UTC).isoformat()
    put_run(RUNS, "a/20260131-120000", started=now, ended=now)
    head, row, blank, total = said().splitlines()
    assert head.split() == ["run", "state", "epoch", "step", "validation", "test", "age", "size"]
    expected = "a/20260131-120000 done 2/5 20 accuracy 0.7500 accuracy 0.7000 0 s"
    assert " ".join(row.split()).startswith(expected)
    assert blank == ""
    assert total.startswith("1 run, 1.")


def test_the_group_lists_with_the_options_of_list() -> None:
    path = put_run(RUNS, "a/20260131-120000")
    assert said() == said("list")
    assert said("--json") == said("list", "--json")
    assert json.loads(said("--json"))[0]["run"] == str(path)
    assert "gc" in said("-h")
    assert "--older-than" in said("gc", "-h")


@pytest.mark.parametrize("state", ["preempted", "failed", "killed"])
def test_under_a_stopped_run_stands_the_command_that_goes_on(state: str) -> None:
    path = put_run(RUNS, "a/20260131-120000", state=state, test=None, checkpoints=[10, 27])
    assert f"\n    goes on after step 27: dlcli train --resume {path}\n" in said()
    assert f"goes on after step 27: dlcli train --resume {path}\n" in said("show")


def test_a_run_that_stopped_before_its_first_checkpoint_begins_anew() -> None:
    path = put_run(RUNS, "a/20260131-120000", state="killed", accuracies=[], test=None, checkpoints=[])
    assert f"begins anew, there is no checkpoint: dlcli train --resume {path}\n" in said()


def test_a_run_whose_process_died_is_listed_as_killed() -> None:
    path = put_run(RUNS, "a/20260131-120000", state="running", ended=None, host=provenance.host(), process=1)
    with holder(path / "lock"):
        assert "running" in said()
    assert "killed" in said()
    assert json.loads((path / "run.json").read_text())["state"] == "killed"


def test_a_run_that_is_silent_on_another_machine_is_listed_as_killed() -> None:
    path = put_run(RUNS, "a/20260131-120000", state="running", ended=None, host="elsewhere", process=1)
    beat(path)
    assert "running" in said()
    then = time.time() - SILENT_SECONDS - 60
    os.utime(path / "heartbeat", (then, then))
    assert "killed" in said()
    assert "last sign" in said("show")


def test_a_damaged_run_is_shown_as_damaged_with_what_is_wrong() -> None:
    path = put_run(RUNS, "a/20260131-120000")
    (path / "run.json").write_text("{")
    for text in (said(), said("show", str(path))):
        assert "damaged" in text
        assert "run.json: Expecting" in text


def test_a_cross_validation_is_one_line() -> None:
    put_folds(RUNS, ["done", "killed"], checkpoints=[10])
    lines = said().splitlines()
    assert "cv/20260131-120000 killed 1/3 folds" in " ".join(lines[1].split())
    assert lines[2].strip() == "goes on after step 10 of fold 2: dlcli train --resume runs/cv/20260131-120000-2"
    shown = " ".join(said("show", "cv").split())
    assert "test accuracy 0.1000, the mean of 1 fold" in shown
    assert "fold 1 of 3 runs/cv/20260131-120000 done accuracy 0.1000" in shown
    assert "fold 2 of 3 runs/cv/20260131-120000-2 killed step 20" in shown


def test_a_cross_validation_between_two_folds_goes_on_with_the_next() -> None:
    put_folds(RUNS, ["done", "done"])
    assert "goes on with fold 3 of 3: dlcli train --resume runs/cv/20260131-120000-2" in said()


def test_a_cross_validation_began_with_its_first_fold_and_ended_with_its_last() -> None:
    first, last = put_folds(RUNS, ["done"] * 2, folds=2)
    for path, key, moment in (
        (first, "started", "2026-01-01T00:00:00+00:00"),
        (last, "ended", "2026-01-01T09:00:00+00:00"),
    ):
        info = json.loads((path / "run.json").read_text())
        (path / "run.json").write_text(json.dumps(info | {key: moment}))
    shown = " ".join(said("show", "cv").split())
    assert "started 2026-01-01 00:00:00+00:00 ended 2026-01-01 09:00:00+00:00 took 9 h" in shown
    assert "test accuracy 0.1500, the mean of 2 folds" in shown


def test_only_some_are_listed_where_that_is_asked_for() -> None:
    put_run(RUNS, "a/20260131-120000")
    put_run(RUNS, "b/20260131-120000", state="failed")
    assert [each["name"] for each in json.loads(said("--name", "a", "--json"))] == ["a"]
    assert [each["name"] for each in json.loads(said("--state", "failed", "--json"))] == ["b"]
    assert said("--name", "c") == "runs: no run is like that\n"
    assert refused("--state", "dead").startswith("--state dead: there is no such state; there are running, done, ")


def test_where_there_are_no_runs_that_is_said() -> None:
    assert said() == "runs: there are no runs yet\n"
    assert said("--json") == "[]\n"
    assert refused("show").startswith("runs: there are no runs yet; make one with: dlcli train SPEC")


def test_all_that_is_known_is_shown() -> None:
    put_run(
        RUNS, "a/20260131-120000", command=["dlcli", "train", "a b.yaml"], folder="/work", seed=3, parameters=1234,
        versions={"dlcli": "0.1.0", "keras": "3.15.1"}, git={"commit": "0123abc", "clean": False}, host="machine",
        process=77, devices=["/job:localhost/replica:0/task:0/device:GPU:1"], dataset="feed", stand_in=False,
        examples={"train": {"slow": 3, "fast": 4}, "test": 5}, initial="runs/first/1", smoke=True,
        plugins=[{"file": "plugins/p.py", "from": "/home/ann/p.py"}, {"package": "extra 1.0"}],
    )  # fmt: skip
    (RUNS / "a" / "20260131-120000" / "spec.yaml").write_text("dataset: {type: csv}\nmodel: {type: mlp}\n")
    shown = " ".join(said("show", "a").split())
    for text in (
        "state done (a smoke run)", "started 2026-01-31 12:00:00+00:00", "command dlcli train 'a b.yaml'", "in /work",
        "git 0123abc, with changes", "versions dlcli 0.1.0, keras 3.15.1", "machine machine, process 77",
        "devices GPU:1", "data csv (fingerprint feed): train 7, test 5", "model mlp, 1,234 parameters, seed 3",
        "began with those of runs/first/1", "plugin plugins/p.py, from /home/ann/p.py", "plugin extra 1.0",
        "reached epoch 2 of 5, step 20", "kept the model of epoch 2, the best by val_accuracy",
        "validation loss 0.5000 accuracy 0.7500", "test loss 0.4000 accuracy 0.7000", "after step 20, 10 B",
    ):  # fmt: skip
        assert text in shown


def test_the_reason_why_a_run_stopped_is_shown() -> None:
    put_run(RUNS, "a/20260131-120000", state="failed", reason="the loss is nan", test=None)
    assert "failed: the loss is nan" in said("show")


def test_show_as_json_holds_the_whole_record() -> None:
    path = put_run(RUNS, "a/20260131-120000")
    told = json.loads(said("show", "a", "--json"))
    assert told["runs"][0]["info"] == json.loads((path / "run.json").read_text())
    assert [each["step"] for each in told["runs"][0]["checkpoints"]] == [10, 20]


def test_rm_deletes_what_is_named_and_nothing_else() -> None:
    gone, also, stays = (put_run(RUNS, f"a/20260131-12000{n}") for n in range(3))
    text = said("rm", str(gone), "a/20260131-120001", "a/20260131-120001", "--yes")
    assert not gone.exists()
    assert not also.exists()
    assert stays.is_dir()
    assert text.count("deleted   ") == 2
    assert "freed     3." in text


def test_rm_takes_a_dead_run_elsewhere_by_its_path(here: Path) -> None:
    path = put_run(here / "other", "a/20260131-120000", state="running", host=provenance.host(), process=1)
    said("rm", str(path), "--yes")
    assert not path.exists()


def test_without_a_terminal_and_without_yes_nothing_is_deleted() -> None:
    path = put_run(RUNS, "a/20260131-120000")
    old = ["gc", "--keep-best", "0"]
    for command, question in ((["rm", str(path)], "Delete this run?"), (old, "Delete 1 run, 1.")):
        message = refused(*command)
        assert message.startswith(question)
        assert message.endswith("no terminal to answer at; --yes deletes without asking")
    assert path.is_dir()


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_at_a_terminal_it_is_asked_for(answer: str, code: int) -> None:
    path = put_run(RUNS, "a/20260131-120000")
    done = dlcli("rm", str(path), typed=answer)
    assert done.exit_code == code
    assert path.exists() == (code == 1)
    assert ("nothing was deleted" in done.output) == (code == 1)


def test_a_living_run_is_not_deleted_and_none_of_the_others_named_with_it() -> None:
    dead = put_run(RUNS, "a/20260131-120000")
    path = put_run(RUNS, "a/20260131-120001", state="running", host=provenance.host(), process=1)
    with holder(path / "lock"):
        assert refused("rm", str(dead), str(path), "--yes") == f"{path}: is being trained; stop it first"
    assert dead.is_dir()


def test_a_mere_name_is_not_deleted() -> None:
    put_run(RUNS, "a/20260131-120000")
    assert "is not one run but a name" in refused("rm", "a", "--yes")


def test_gc_says_what_it_would_do_and_then_does_it() -> None:
    for n, accuracy in enumerate((0.5, 0.9, 0.7)):
        put_run(RUNS, f"a/20260131-12000{n}", accuracies=[accuracy])
    put_run(RUNS, "a/20260131-120009", state="killed", test=None)
    text = " ".join(said("gc", "--keep-best", "1", "--dry-run").split())
    assert "a, by val_accuracy keep 20260131-120001 0.9000" in text
    assert "delete 20260131-120000 0.5000 1." in text
    assert "kB number 3 of 3 by val_accuracy" in text
    assert "killed, can be resumed (--unfinished deletes it)" in text
    assert "would delete 2 runs, 2." in text
    assert len(list(RUNS.glob("a/2*"))) == 4
    assert "freed     2." in said("gc", "--keep-best", "1", "--yes")
    assert sorted(path.name for path in RUNS.glob("a/2*")) == ["20260131-120001", "20260131-120009"]
    assert "nothing to delete" in said("gc", "--keep-best", "1", "--yes")


def test_gc_keeps_the_best_where_only_an_age_is_given() -> None:
    put_run(RUNS, "a/20260131-120000", accuracies=[0.9], days_old=100)
    put_run(RUNS, "a/20260131-120001", accuracies=[0.8], days_old=100)
    said("gc", "--older-than", "1d", "--yes")
    assert [path.name for path in RUNS.glob("a/2*")] == ["20260131-120000"]


def test_gc_sweeps_up_what_a_killed_deletion_left() -> None:
    put_run(RUNS, "a/20260131-120000")
    left = RUNS / "a" / ".deleted-20260131-120001-0a"
    left.mkdir()
    said("gc", "--keep-best", "1", "--dry-run")
    assert left.exists()
    said("gc", "--keep-best", "1")
    assert not left.exists()


def test_gc_wants_to_be_told_what_can_go() -> None:
    assert refused("gc").startswith("dlcli runs gc: say what can go, with --keep-best N, --older-than 30d")
    assert refused("gc", "--older-than", "30").startswith("--older-than 30: expected a number with h, d or w")


def test_sizes_and_times_are_in_words() -> None:
    sizes = {0: "0 B", 999: "999 B", 1000: "1 kB", 12345: "12.3 kB", 999_600: "1000 kB", 3_400_000_000: "3.4 GB"}
    assert {count: size(count) for count in sizes} == sizes
    spans = {-5: "0 s", 119: "119 s", 120: "2 min", 7199: "120 min", 7200: "2 h", 172800: "2 d", 8640000: "100 d"}
    assert {seconds: span(seconds) for seconds in spans} == spans


def test_tab_offers_commands_runs_and_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.cli.test_completion import offered

    put_run(RUNS, "a/20260131-120000")
    put_run(RUNS, "b/20260131-120000", state="running")
    (RUNS / "a" / ".deleted-20260131-120001-0a").mkdir()
    (RUNS / "a" / ".deleted-20260131-120001-0a" / "run.json").write_text("{}")

    def tab(*words: str) -> list[str]:
        return offered(["runs", *words], monkeypatch, capsys)

    assert tab("") == ["list", "show", "rm", "gc"]
    assert tab("rm", "") == ["a/20260131-120000", "b/20260131-120000"]
    assert tab("rm", "a") == ["a/20260131-120000"]
    assert tab("show", "") == tab("list", "--name", "") == ["a", "b"]
    assert tab("show", "a/") == ["a/20260131-120000"]
    assert tab("--state", "pre") == ["preempted"]


def test_the_page_on_runs_tells_every_state_and_how_long_silence_lasts() -> None:
    page = (Path(__file__).parents[2] / "docs" / "runs.md").read_text(encoding="utf-8")
    assert [state for state in STATES if f"| `{state}` |" not in page] == []
    assert all(state in said("list", "-h") for state in STATES)
    assert (EVERY_SECONDS, SILENT_SECONDS) == (15, 5 * 60)
    assert "every 15\nseconds. After five minutes of silence" in page


def test_listing_needs_neither_tensorflow_nor_numpy() -> None:
    put_run(RUNS, "a/20260131-120000")
    code = (
        "import sys\nfrom dlcli.cli import app\n"
        "for words in (['runs'], ['runs', 'show'], ['runs', 'gc', '--keep-best', '0', '--yes']):\n"
        "    try: app(words)\n    except SystemExit as done: assert not done.code\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'rich', 'tensorboard', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
