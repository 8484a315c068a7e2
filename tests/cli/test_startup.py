"""Starting up takes no time, because nothing heavy is imported before it is needed."""

from __future__ import annotations

import ast
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dlcli
from dlcli.cli import app
from dlcli.shipped import shipped
from tests.plugins.parts import write

PACKAGE = Path(dlcli.__file__).parent
HEAVY = {"tensorflow", "keras", "scipy", "matplotlib", "tensorboard"}
NEEDS_TENSORFLOW = ("dlcli.layers", "dlcli.training")


def module(path: Path) -> str:
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = sorted(map(module, PACKAGE.rglob("*.py")))
LIGHT = [name for name in MODULES if not f"{name}.".startswith(tuple(f"{heavy}." for heavy in NEEDS_TENSORFLOW))]


def python(code: str, *arguments: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def heavy_after(code: str) -> set[str]:
    return (
        set(json.loads(python(f"{code}\nimport sys, json; print(json.dumps(list(sys.modules)))").split("\n")[-2]))
        & HEAVY
    )


_HELP = """
from typer.testing import CliRunner
from dlcli.cli import app
result = CliRunner().invoke(app, {arguments!r})
assert result.exit_code == 0, result.output
assert "Usage" in result.output
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["eval", "-h"], ["show", "-h"], ["runs", "-h"]], ids=" ".join
)
def test_help_needs_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_after(_HELP.format(arguments=arguments)) == set()


def test_reading_a_spec_needs_nothing_heavy() -> None:
    path = shipped("configs", "har_lstm.yaml")
    code = f"from pathlib import Path; from dlcli.spec import load, dump; dump(load(Path({str(path)!r})))"
    assert heavy_after(code) == set()


_RUNS = """
from typer.testing import CliRunner
from dlcli.cli import app
result = CliRunner().invoke(app, {arguments!r})
assert result.exit_code == 0 and result.output
import sys
assert "rich" not in sys.modules
"""


@pytest.mark.parametrize("arguments", [["list"], ["list", "datasets"], ["describe", "lstm"], ["schema"]], ids=" ".join)
def test_the_catalogue_needs_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_after(_RUNS.format(arguments=arguments)) == set()


def test_showing_a_spec_needs_nothing_heavy() -> None:
    path = shipped("configs", "har_lstm.yaml")
    code = "from typer.testing import CliRunner; from dlcli.cli import app\n" + (
        f"assert CliRunner().invoke(app, ['show', {str(path)!r}, '--origin']).exit_code == 0"
    )
    assert heavy_after(code) == set()


def test_validating_does_not_even_need_numpy() -> None:
    code = "import sys; from dlcli.cli import main; sys.argv[0] = 'dlcli'\ntry: main()\nexcept SystemExit: pass\n"
    said = python(f"{code}print('numpy' in sys.modules)", "validate", str(shipped("configs", "har_lstm.yaml")))
    assert said == "the spec is valid\nFalse\n"


def test_reading_a_spec_with_plugins_needs_nothing_heavy(tmp_path: Path) -> None:
    path = write(tmp_path)
    code = f"from pathlib import Path; from dlcli.spec import load, dump; dump(load(Path({str(path)!r})))"
    assert heavy_after(code) == set()


def test_plugins_and_packages_are_not_looked_for_where_no_spec_names_them() -> None:
    path = shipped("configs", "har_lstm.yaml")
    code = f"from pathlib import Path; from dlcli.spec import load; load(Path({str(path)!r}))"
    loaded = python(f"{code}\nimport sys; print(sorted(name for name in sys.modules if 'dlcli.plugins' in name))")
    assert loaded.strip() == "[]"


def test_valid_specs_are_checked_without_reading_the_docstrings_of_their_fields() -> None:
    path = shipped("configs", "har_lstm.yaml")
    code = "import sys; from dlcli.cli import main; sys.argv[0] = 'dlcli'\ntry: main()\nexcept SystemExit: pass\n"
    asked = "from dlcli import component; print(component._docstrings.cache_info().misses)"
    said = python(f"{code}{asked}", "validate", *map(str, sorted(path.parent.glob("*.yaml"))))
    assert said.splitlines()[-1] == "0"


def test_validating_all_shipped_specs_takes_at_most_four_times_the_imports() -> None:
    imports = [sys.executable, "-c", "import typer, pydantic, yaml"]
    specs = sorted(map(str, shipped("configs", "har_lstm.yaml").parent.glob("*.yaml")))
    validate = [sys.executable, "-m", "dlcli", "validate", *specs]
    # The least of several is what each takes undisturbed, on whatever machine.
    times = [(_cpu_seconds(imports), _cpu_seconds(validate)) for _ in range(11)]
    ours, theirs = min(each for _, each in times), min(each for each, _ in times)
    assert ours < 4 * theirs


def _cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(("arguments", "code"), [(["schema"], 0), (["validate", "nowhere.yaml"], 2)])
def test_all_is_said_before_the_program_ends_at_once(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, "-m", "dlcli", *arguments], capture_output=True, text=True, timeout=60)
    in_process = CliRunner().invoke(app, arguments)
    assert (done.returncode, done.stdout) == (code, in_process.output if code == 0 else "")
    assert bool(done.stderr) == bool(code)


def test_looking_at_runs_needs_nothing_heavy(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from dlcli.runs.find import all_runs; list(all_runs(Path({str(tmp_path)!r})))"
    assert heavy_after(code) == set()


_EACH_FIRST = """
import importlib, json, sys
alone = set(sys.modules)
wrong = {}
for name in sys.argv[1:]:
    for loaded in set(sys.modules) - alone:
        if loaded.split(".")[0] == "dlcli":
            del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except Exception as error:
        wrong[name] = f"{type(error).__name__}: {error}"
    if heavy := sorted({"tensorflow", "keras", "scipy", "matplotlib", "tensorboard"} & set(sys.modules)):
        wrong[name] = f"imports {heavy}"
        break
print(json.dumps(wrong))
"""


@pytest.fixture(scope="module")
def wrong_imports() -> dict[str, str]:
    """Of each module, imported before any other of the package: what went wrong."""
    wrong: dict[str, str] = json.loads(python(_EACH_FIRST, *LIGHT))
    return wrong


@pytest.mark.parametrize("name", LIGHT)
def test_every_module_outside_of_layers_and_training_can_come_first_and_is_light(
    wrong_imports: dict[str, str], name: str
) -> None:
    assert wrong_imports.get(name) is None


def test_modules_that_need_tensorflow_are_where_they_are_said_to_be() -> None:
    assert {"dlcli.spec.load", "dlcli.cli", "dlcli.runs.run", "dlcli.tasks"} < set(LIGHT)
    assert {"dlcli.training.train", "dlcli.layers.lstm"} < set(MODULES) - set(LIGHT)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name: str) -> None:
    path = PACKAGE.parent / Path(*name.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    assert ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))


def test_the_package_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "dlcli", "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"dlcli {dlcli.__version__}\n", "")
