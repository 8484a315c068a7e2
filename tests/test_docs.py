"""What the pages in docs/ print can be typed: specs load and train on data as described, commands exist."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer
import yaml
from PIL import Image
from typer.testing import CliRunner

from dlcli import plugins
from dlcli.cli import app
from dlcli.datasets.data import Classes
from dlcli.datasets.files.download import offline
from dlcli.metrics import FurtherMetric
from dlcli.spec import catalogue, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.structure import classes_in, type_name
from dlcli.training.loading import load_folds
from dlcli.training.prepare import prepare
from tests.devices import several_devices

several_devices()

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def blocks(page: str, kind: str = "yaml") -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def named(page: str) -> dict[str, str]:
    """The specs that begin with their file's name."""
    return {match[1]: block for block in blocks(page) if (match := re.match(r"# (\S+\.yaml)\n", block))}


OWN, TRAINING, PUBLISHED = named("own_data.md"), blocks("training.md"), blocks("published_data.md")
SPECS, PRINTED = named("specs.md"), blocks("specs.md", "text")


def visits(folder: Path) -> None:
    draw = np.random.default_rng(0)
    rows = []
    for row in range(120):
        weight, marker = draw.normal(70, 9), draw.random()
        outcome, smoker = ("relapse" if weight > 70 else "healthy"), ("yes" if marker < 0.4 else "no")
        stage, clinic = ("I", "II", "III")[row % 3], (101, 102, 107)[row % 3]
        shown = f"{marker:.2f}" if row % 10 else ""
        rows.append([f"p{row // 4:02}", 50 + row % 7, smoker, f"{weight:.3f}", stage, clinic, shown, outcome])
    header = ["patient", "age", "smoker", "weight", "stage", "clinic", "marker", "outcome"]
    write(folder / "visits.csv", [header, *rows])


def bikes(folder: Path) -> None:
    values = np.random.default_rng(0).normal(size=(100, 3))
    rows = [[f"day {i}", *row, 200 + 30 * row.sum()] for i, row in enumerate(values)]
    write(folder / "bikes.csv", [["date", "temperature", "wind", "rain", "rented"], *rows])


def sales(folder: Path) -> None:
    sold = [100 + row + 20 * np.sin(row * np.pi / 6) for row in range(120)]
    write(folder / "sales.csv", [["month", "sold", "price"], *([f"month {i}", n, 9.9] for i, n in enumerate(sold))])


def gestures(folder: Path) -> None:
    x = np.random.default_rng(0).normal(size=(90, 32, 3))
    y = np.array(["circle", "swipe", "tap"])[np.arange(90) % 3]
    np.savez(folder / "gestures.npz", allow_pickle=False, x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])


def spectra(folder: Path) -> None:
    x = np.random.default_rng(0).normal(size=(100, 32)).astype(np.float32)
    (folder / "spectra").mkdir()
    for name, array in (("spectra", x), ("concentration", x.mean(axis=1)), ("sample", np.arange(100) // 5)):
        np.save(folder / "spectra" / f"{name}.npy", array)


def fruit(folder: Path) -> None:
    draw = np.random.default_rng(0)
    for name in ("apple", "lemon"):
        (folder / "fruit" / name).mkdir(parents=True)
        for i in range(20):
            pixels = draw.integers(0, 256, (50 + i, 60, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "fruit" / name / f"{i:03}.jpg")


def write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


MAKERS: dict[str, Callable[[Path], None]] = {
    "visits.yaml": visits,
    "bikes.yaml": bikes,
    "visits_folds.yaml": visits,
    "visits_crossed.yaml": visits,
    "sales.yaml": sales,
    "gestures.yaml": gestures,
    "spectra.yaml": spectra,
    "fruit.yaml": fruit,
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with no data anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DLCLI_RUNS", raising=False)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, f"{done.output}{done.exception}"
    return done.output


def test_every_spec_for_own_data_has_its_file_described() -> None:
    assert OWN.keys() == MAKERS.keys()
    assert len(OWN) == len(blocks("own_data.md"))


@pytest.mark.parametrize("name", OWN)
def test_a_spec_for_own_data_reads_the_data_described(name: str, here: Path) -> None:
    MAKERS[name](here)
    (here / name).write_text(OWN[name], encoding="utf-8")
    experiment = load(here / name)
    data = next(load_folds(experiment))[0] if experiment.cross_validates else None
    prepared = prepare(experiment, data=data)
    assert list(prepared.data.splits) == ["train", "validation", "test"]
    assert isinstance(prepared.data.target, Classes) is (name not in ("bikes.yaml", "sales.yaml", "spectra.yaml"))


def test_the_first_spec_trains_and_is_evaluated_as_the_page_says(here: Path) -> None:
    visits(here)
    (here / "visits.yaml").write_text(OWN["visits.yaml"], encoding="utf-8")
    said = run("train", "visits.yaml", "--set", "train.epochs=1")
    assert "; examples of 6 values, 2 classes\n" in said
    page = (DOCS / "own_data.md").read_text(encoding="utf-8")
    for note in (line for line in said.splitlines() if line.startswith("note") and "missing" not in line):
        assert note in page
    assert "healthy" in run("eval", "visits", "--split", "validation")


@pytest.mark.parametrize("block", [*TRAINING, *PUBLISHED], ids=lambda block: block.splitlines()[0])
def test_specs_of_training_fit_their_data(block: str, here: Path) -> None:
    (here / "spec.yaml").write_text(block, encoding="utf-8")
    experiment = load(here / "spec.yaml", ["init_from=null", "strategy=cpu"] if "run:" in block else ["strategy=cpu"])
    with offline():
        prepare(experiment, smoke=True)


@pytest.mark.slow
def test_a_second_set_of_recordings_is_learnt_from_the_weights_of_the_first(here: Path) -> None:
    few = ["--set", "train.epochs=1", "--set", "dataset.window=16", "--set", "dataset.overlap=0", "--quiet"]
    for name, block in named("training.md").items():
        (here / name).write_text(block, encoding="utf-8")
        dataset = load(here / name, ["dataset.window=16"]).dataset
        folder = here / ("lab" if name == "first.yaml" else "home")
        folder.mkdir()
        dataset.write_stand_in(folder.parent)
        run("train", name, *few)
    weights = [load_weights(here / "runs" / name) for name in ("first", "fine")]
    assert all(np.array_equal(*pair) for pair in zip(*(each["lstm_1"] for each in weights), strict=True))
    assert not np.array_equal(weights[0]["lstm_2"][0], weights[1]["lstm_2"][0])


def load_weights(family: Path) -> dict[str, list[np.ndarray]]:
    import keras

    model = keras.models.load_model(next(family.glob("2*")) / "model.keras")
    return {layer.name: layer.get_weights() for layer in model.layers}


def test_several_parts_of_the_cpu_are_named_as_the_page_says(here: Path) -> None:
    (given,) = re.findall(r"--set '(strategy=\{.*mirrored.*\})'", (DOCS / "training.md").read_text(encoding="utf-8"))
    (here / "spec.yaml").write_text("dataset: hapt\nmodel: linear\n", encoding="utf-8")
    assert prepare(load(here / "spec.yaml", [given]), smoke=True).strategy.num_replicas_in_sync == 2


@pytest.mark.parametrize("kind", ["models", "optimizers", "schedules", "augment", "strategies"])
def test_every_type_is_on_the_page(kind: str) -> None:
    page = (DOCS / "training.md").read_text(encoding="utf-8")
    package = __import__(f"dlcli.{kind}", fromlist=["_"])
    (union,) = [each for name, each in vars(package).items() if hasattr(each, "__metadata__") and name != "Annotated"]
    types = [cls.model_fields["type"].default for cls in union.__origin__.__args__]
    assert len(types) > 3
    assert [name for name in types if f"`{name}`" not in page and f"type: {name}" not in page] == []


@pytest.mark.parametrize("family", catalogue.FAMILIES)
def test_every_type_is_in_the_readmes_table_and_the_docs(family: str) -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{catalogue.FAMILIES[family][-1]}`.*", readme, re.MULTILINE)
    types = list(catalogue.types(family))
    assert types
    assert [name for name in types if f"`{name}`" not in row] == []
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in types if not re.search(rf"`{name}`|type: {name}\b", pages)] == []


def test_the_specs_of_the_page_on_specs_are_whole(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_DATA", "/lab")
    assert len(SPECS) == len(blocks("specs.md"))
    for name, block in SPECS.items():
        (here / name).write_text(block, encoding="utf-8")
    assert all(load(here / name).name == Path(name).stem for name in SPECS)
    assert load(here / "wide.yaml").model.units == (64, 64)
    assert load(here / "own.yaml").dataset.path == "/lab/houses.csv"


@pytest.mark.parametrize("block", PRINTED, ids=lambda block: block.split("\n")[0])
def test_what_the_page_on_specs_prints_is_printed(block: str, here: Path) -> None:
    for name, text in SPECS.items():
        (here / name).write_text(text, encoding="utf-8")
    command, *lines = block.rstrip("\n").split("\n")
    code = 2 if lines[-1].endswith(" problems") else 0
    printed = run(*shlex.split(command.removeprefix("$ dlcli ")), code=code)
    for part in "\n".join(lines).split("\n...\n"):
        assert part in printed
        printed = printed.split(part, 1)[1]


def test_every_metric_and_every_decorator_is_on_the_page() -> None:
    page = (DOCS / "plugins.md").read_text(encoding="utf-8")
    metrics = [type_name(cls) for cls in classes_in(FurtherMetric)]
    assert len(metrics) >= 2
    assert [name for name in metrics if f"`{name}`" not in page and f"type: {name}" not in page] == []
    assert [family for family in plugins._FAMILIES if f"`@{family}`" not in page] == []


@pytest.mark.parametrize("block", blocks("timelines.md"), ids=lambda block: block.splitlines()[0])
def test_the_specs_of_the_page_on_timelines_are_valid(block: str) -> None:
    assert check(parse(block, "s.yaml"))


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    found = re.findall(
        r"^(?: {4}| +- run: | {2,})(?:\$ |DLCLI_OFFLINE=1 )?(dlcli \w.*?)(?: > .*)?$", text, re.MULTILINE
    )
    return found + re.findall(r"`(dlcli (?:train|eval|show|validate) [^`]*)`", text)


@pytest.mark.parametrize(("page", "command"), [(page.name, line) for page in PAGES for line in commands(page)])
def test_every_command_on_a_page_exists(page: str, command: str) -> None:
    name, *arguments = shlex.split(command, comments=True)[1:]
    typer.main.get_command(app).commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


def test_there_are_commands() -> None:
    assert all(
        commands(DOCS / page)
        for page in ("own_data.md", "published_data.md", "ci.md", "training.md", "specs.md", "editor.md")
    )


def test_the_spec_of_the_page_on_editors_loads() -> None:
    (block,) = blocks("editor.md")
    assert check(parse(block, "s.yaml"))
    (settings,) = blocks("editor.md", "json")
    assert "yaml.schemas" in json.loads(settings)


def test_the_workflow_has_its_jobs() -> None:
    (block,) = blocks("ci.md")
    jobs = yaml.safe_load(block)["jobs"]
    assert list(jobs) == ["smoke", "train"]
    assert all("uses" in step or "run" in step for job in jobs.values() for step in job["steps"])


@pytest.mark.slow
def test_the_workflow_smokes_every_spec_and_fails_with_one_that_is_wrong(here: Path) -> None:
    (block,) = blocks("ci.md")
    (script,) = [step["run"] for step in yaml.safe_load(block)["jobs"]["smoke"]["steps"] if "--smoke" in str(step)]
    (here / "configs").mkdir()
    (here / "configs" / "mnist.yaml").write_text("expect: {test_accuracy: 1.0}\ndataset: mnist\nmodel: linear\n")
    assert "made-up stand-in examples" in in_a_shell(script, 0)
    (here / "configs" / "a_wrong_one.yaml").write_text("dataset: mnist\nmodel: linnear\n")
    assert "linnear" in in_a_shell(script, 2)
    assert len(list((here / "runs").glob("*-smoke/2*"))) == 1


def in_a_shell(script: str, code: int) -> str:
    """What a script prints that runs as GitHub runs it, with this interpreter's dlcli."""
    dlcli = f'dlcli() {{ {shlex.quote(sys.executable)} -m dlcli "$@"; }}\n'
    path = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(DOCS.parent), "CI": "true", "DLCLI_OFFLINE": "1"}
    done = subprocess.run(["bash", "-e", "-c", dlcli + script], capture_output=True, text=True, env=path, timeout=300)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr
