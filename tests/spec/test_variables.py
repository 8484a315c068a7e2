"""`${env:NAME}` in a spec: in paths, and nowhere else."""

from __future__ import annotations

import pytest

from dlcli.spec import dump
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.spec.problems import REST, problem, problems


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB", "/lab")
    monkeypatch.delenv("NOWHERE", raising=False)


@pytest.mark.parametrize(
    "dataset",
    [
        "{type: csv, path: '${env:LAB}/a', target: y}",
        "{type: npz, path: '${env:LAB}/a'}",
        "{type: images, path: '${env:LAB}/a'}",
        "{type: recordings, path: '${env:LAB}/a'}",
    ],
)
def test_every_dataset_with_a_path_takes_them_and_holds_the_value(dataset: str) -> None:
    experiment = check(parse(f"dataset: {dataset}\nmodel: mlp", "s.yaml"))
    assert "  path: /lab/a\n" in dump(experiment)


def test_other_paths_take_them_too() -> None:
    text = "dataset: {type: csv, path: a, target: y, test_path: '${env:LAB}/b'}\nmodel: mlp\ninit_from: "
    for given in ("'${env:LAB}/r'", "{run: '${env:LAB}/r'}"):
        shown = dump(check(parse(text + given, "s.yaml")))
        assert "test_path: /lab/b\n" in shown
        assert "run: /lab/r\n" in shown


def test_a_variable_that_is_not_set_is_told_in_its_place() -> None:
    assert problem("dataset: {type: npz, path: '${env:NOWHERE}/a'}\nmodel: mlp") == (
        "s.yaml:1:28: `dataset.path`: the environment variable NOWHERE is not set; "
        "set it with: export NOWHERE=/a/folder"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{REST}name: '${{env:LAB}}'", "s.yaml:3:7: `name`"),
        (f"{REST}train: {{epochs: '${{env:LAB}}'}}", "s.yaml:3:17: `train.epochs`"),
        (f"{REST}train: {{class_weights: {{a: '${{env:LAB}}'}}}}", "s.yaml:3:28: `train.class_weights.a`"),
        (f"{REST}init_from: {{run: a, freeze: ['x', '${{env:LAB}}']}}", "s.yaml:3:35: `init_from.freeze[1]`"),
        (
            "dataset: {type: csv, path: a, target: '${env:LAB}'}\nmodel: mlp",
            "s.yaml:1:39: `dataset.target`",
        ),
        (
            "dataset: hapt\nmodel: {type: sequential, layers: [{Dense: {activation: '${env:LAB}'}}]}",
            "s.yaml:2:57: `model.layers[0].Dense.activation`",
        ),
    ],
)
def test_elsewhere_they_are_refused(text: str, place: str) -> None:
    assert problem(text) == f"{place}: `${{env:...}}` is for paths only, such as a dataset's `path`"


def test_of_what_is_unknown_only_that_is_told() -> None:
    assert problems("dataset: {type: nps, path: '${env:LAB}'}\nmodel: '${env:LAB}'\nfoo: '${env:LAB}'") == [
        "s.yaml:1:17: `dataset`: unknown type 'nps'",
        "s.yaml:2:8: `model`: unknown type '${env:LAB}'",
        "s.yaml:3:1: unknown key `foo`",
    ]
