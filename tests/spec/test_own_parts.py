"""What is said of a spec's plugins, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import SpecError, UsageError
from dlcli.spec import load
from dlcli.spec.problems import in_full
from tests.plugins.parts import ALL, PARTS, write
from tests.spec.problems import REST


def shown(path: Path, *overrides: str) -> str:
    with pytest.raises(SpecError) as caught:
        load(path, overrides)
    return in_full(caught.value.problems)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_path_is_meant_from_the_specs_folder_and_one_of_set_from_the_working_directory(here: Path) -> None:
    path = write(here / "specs")
    assert load(path).plugins == (str(here / "specs" / "parts.py"),)
    assert load(path, ["plugins=[specs/parts.py]"]) == load(path)
    assert load(path.relative_to(here)) == load(path)


def test_a_path_in_a_file_that_is_extended_is_meant_from_the_folder_of_that_file(here: Path) -> None:
    write(here / "base")
    child = here / "child.yaml"
    child.write_text("extends: base/all.yaml\nmodel: {units: 5}\n")
    experiment = load(child.relative_to(here))
    assert experiment.plugins == (str(here / "base" / "parts.py"),)
    assert experiment.model.units == 5
    (here / "base" / "parts.py").unlink()
    said = shown(child.relative_to(here))
    assert said.startswith(f"base/all.yaml:1:11: `plugins[0]`: there is no file {here}/base/parts.py\n")
    assert "a path is meant from the folder of base/all.yaml" in said


def test_a_variable_in_a_path_is_replaced_and_one_that_is_not_set_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(here, ALL.replace("parts.py", '"${env:MY_PARTS}/parts.py"')).relative_to(here)
    monkeypatch.setenv("MY_PARTS", str(here))
    assert load(path).plugins == (str(here / "parts.py"),)
    monkeypatch.delenv("MY_PARTS")
    assert "all.yaml:1:11: `plugins[0]`: the environment variable MY_PARTS is not set" in shown(path)


def test_a_path_that_can_be_none_is_refused(here: Path) -> None:
    path = write(here).relative_to(here)
    assert "`plugins[0]`: embedded null byte" in shown(path, r'plugins=["a\0.py"]')
    assert f"`plugins[0]`: there is no file {here}/~no_such_user/parts.py" in shown(
        path, "plugins=[~no_such_user/parts.py]"
    )


def test_a_missing_file_is_shown_where_it_is_named(here: Path) -> None:
    path = write(here, ALL.replace("parts.py", "gone.py")).relative_to(here)
    assert shown(path).split("\n") == [
        f"all.yaml:1:11: `plugins[0]`: there is no file {here}/gone.py",
        "   1 | plugins: [gone.py]",
        "     |           ^^^^^^^  a path is meant from the folder of all.yaml",
    ]
    assert "a path is meant from the working directory" in shown(path, "plugins=[gone.py]")
    assert f"--set plugins=['.']: `plugins[0]`: {here} cannot be read (Is a directory)" in shown(path, "plugins=['.']")


def test_what_is_not_a_list_of_paths_is_refused_as_elsewhere(here: Path) -> None:
    path = write(here, REST).relative_to(here)
    assert "`plugins`: expected a list, such as [parts.py], got 'parts.py'" in shown(path, "plugins=parts.py")
    assert "`plugins[0]`: expected text, got 3" in shown(path, "plugins=[3, parts.py]")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "return Data(*div",
            "return Data((*div",
            [
                "parts.py:27:20: SyntaxError: '(' was never closed",
                "  27 |         return Data((*divide(Split(x, y), target, self), target)",
                "     |                    ^",
            ],
        ),
        (
            "import numpy as np",
            "import numpyy as np",
            [
                "parts.py:5:1: ModuleNotFoundError: No module named 'numpyy'",
                "   5 | import numpyy as np",
                "     | ^^^^^^^^^^^^^^^^^^^  install numpyy where dlcli is installed",
            ],
        ),
        (
            "import numpy as np",
            "import neighbour",
            [
                "parts.py:5:1: ModuleNotFoundError: No module named 'neighbour'",
                "   5 | import neighbour",
                "     | ^^^^^^^^^^^^^^^^  a plugin is one file, so that a run can keep it; put what it needs of "
                "neighbour into it, or install it",
            ],
        ),
        (
            "import numpy as np",
            "raise SystemExit('enough')",
            [
                "parts.py:5:1: SystemExit: enough",
                "   5 | raise SystemExit('enough')",
                "     | ^^^^^^^^^^^^^^^^^^^^^^^^^^",
            ],
        ),
    ],
    ids=["syntax", "import", "neighbour", "exit"],
)
def test_a_mistake_in_a_plugin_is_shown_in_its_line(here: Path, before: str, after: str, said: list[str]) -> None:
    (here / "neighbour.py").write_text("")
    path = write(here, parts=PARTS.replace(before, after)).relative_to(here)
    assert shown(path).split("\n") == said


def test_a_file_without_parts_says_how_to_write_one(here: Path) -> None:
    said = shown(write(here, parts="x = 1\n"))
    assert said == (
        "parts.py:1:1: there is no part in this file\n"
        "     | write a decorator above each part, such as `@model`, from dlcli.plugins"
    )


def test_two_files_with_the_same_type_are_both_named(here: Path) -> None:
    (here / "more.py").write_text(f"{PARTS}# more of {here}\n")
    said = shown(write(here, parts=f"{PARTS}# of {here}\n").relative_to(here), "plugins=[parts.py, more.py]")
    assert "`plugins[1]`: the model `tiny` is defined at parts.py:30 and at more.py:30; give one of them" in said


def test_the_same_file_may_be_named_twice(here: Path) -> None:
    assert load(write(here), ["plugins=[parts.py, parts.py]"]).model.type == "tiny"


def test_mistakes_in_the_keys_of_a_part_are_shown_as_those_of_dlclis_own(here: Path) -> None:
    path = write(here).relative_to(here)
    changes = ["model.unit=3", "dataset.examples=many", "optimizer.schedule=hal", "metrics=[mises]"]
    said = shown(path, *changes)
    assert "unknown key `unit` in model (tiny)" in said
    assert "`dataset.examples`: expected a whole number, got 'many'" in said
    assert "`optimizer.schedule`: unknown type 'hal'" in said
    assert "did you mean `half`?" in said
    assert "`metrics[0]`: unknown type 'mises'" in said
    assert "did you mean `misses`?" in said


def test_a_key_of_a_part_in_another_place_is_told(here: Path) -> None:
    path = write(here, f"{ALL}\nexamples: 3\n")
    assert "`examples` belongs in `dataset`" in shown(path)


def test_a_check_of_a_part_that_fails_in_an_odd_way_is_told_with_its_line(here: Path) -> None:
    wrong = """
    def model_post_init(self, context):
        raise KeyError("odd")
"""
    parts = PARTS.replace("    units: PositiveInt = 4\n", f"    units: PositiveInt = 4\n{wrong}")
    with pytest.raises(UsageError, match=r"^model: tiny, parts\.py:36: KeyError: 'odd'$"):
        load(write(here, parts=parts))
