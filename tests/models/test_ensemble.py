"""What a spec may say of an ensemble, and what it is told where it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import SpecError
from dlcli.models.ensemble import Ensemble
from dlcli.models.linear import Linear
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.runs.resuming import digest
from dlcli.spec import dump
from dlcli.spec import load as load_spec
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.spec.problems import problem, problems


def spec(model: str, dataset: str = "hapt") -> str:
    return f"dataset: {dataset}\nmodel: {{type: ensemble, {model}}}\n"


def load(model: str) -> Ensemble:
    found = check(parse(spec(model), "s.yaml")).model
    assert isinstance(found, Ensemble)
    return found


def test_copies_are_of_one_model() -> None:
    assert load("of: {type: mlp, units: [3]}, copies: 3").parts == (MLP(units=(3,)),) * 3
    assert load("of: linear, copies: 1").parts == (Linear(),)


def test_members_stand_in_their_order() -> None:
    found = load("members: [linear, {type: lstm, units: [3]}]")
    assert found.parts == (Linear(), LSTM(units=(3,)))
    assert list(found.placed) == [(("members", 0), Linear()), (("members", 1), LSTM(units=(3,)))]


def test_of_runs_nothing_is_trained() -> None:
    found = load("from_runs: [har_lstm, runs/a/1]")
    assert found.parts == ()
    assert found.from_runs == ("har_lstm", "runs/a/1")


@pytest.mark.parametrize(
    "model", ["of: {type: mlp, units: [3]}, copies: 3", "members: [linear, {type: mlp, units: [3]}]", "from_runs: [a]"]
)
def test_what_is_dumped_loads_to_an_equal_experiment(model: str) -> None:
    experiment = check(parse(spec(model), "s.yaml"))
    again = check(parse(dump(experiment), "s.yaml"))
    assert again == experiment
    assert digest(again) == digest(experiment)


def test_ensembles_of_other_members_are_other_experiments() -> None:
    models = ("of: linear, copies: 2", "of: linear, copies: 3", "members: [linear, linear]", "members: [linear, mlp]")
    assert len({digest(check(parse(spec(model), "s.yaml"))) for model in models}) == 4


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("copies: 3", "expected one of `of`, `members` and `from_runs`; there is none of them"),
        ("of: linear, copies: 2, members: [mlp]", "`of` and `members` are given"),
        ("members: [mlp], from_runs: [a]", "`members` and `from_runs` are given"),
        ("of: linear", "`of` needs `copies`, the number of members, such as `copies: 5`"),
        ("members: [mlp], copies: 3", "`copies` (=3) goes with `of`; `members` says itself how many members there are"),
        ("of: linear, copies: 0", "`model.copies`: expected more than 0, got 0"),
    ],
)
def test_what_makes_no_ensemble_is_told(model: str, told: str) -> None:
    assert told in problem(spec(model))


@pytest.mark.parametrize(
    ("model", "places"),
    [
        ("of: ensemble, copies: 2", ["2:29: `model.of`"]),
        ("members: [linear, {type: ensemble, members: [linear]}]", ["2:43: `model.members[1]`"]),
    ],
)
def test_an_ensemble_is_no_member(model: str, places: list[str]) -> None:
    told = [f"s.yaml:{place}: an ensemble cannot be a member of another; give all members to one" for place in places]
    assert problems(spec(model)) == told


def test_what_gives_back_its_inputs_is_no_member() -> None:
    told = "autoencoder gives back its inputs, and the codes of several are no code; train it by itself"
    assert problems(spec("of: autoencoder, copies: 2")) == [f"s.yaml:2:29: `model.of`: {told}"]
    assert told in problem(spec("members: [linear, {type: autoencoder, code: 3}]"))


def test_nor_is_a_model_of_a_plugin_that_gives_back_its_inputs(tmp_path: Path) -> None:
    (tmp_path / "parts.py").write_text(
        "from typing import Literal, ClassVar\n"
        "from dlcli.component import Component\n"
        "from dlcli.plugins import model\n\n"
        "@model\n"
        "class Mirror(Component):\n"
        '    """Gives back its inputs."""\n\n'
        '    type: Literal["mirror"] = "mirror"\n'
        "    reconstructs: ClassVar[bool] = True\n\n"
        "    def build_reconstruction(self, x, outputs):\n"
        "        return x\n"
    )
    (tmp_path / "s.yaml").write_text("plugins: [parts.py]\n" + spec("of: mirror, copies: 2"))
    with pytest.raises(SpecError, match=r"`model\.of`: mirror gives back its inputs, and the codes of several"):
        load_spec(tmp_path / "s.yaml")


def test_mistakes_in_members_are_told_in_their_places() -> None:
    assert problems(spec("members: [{type: lstm, unitz: 3}, {type: grru}, {type: mlp, dropout: 2}]")) == [
        "s.yaml:2:48: unknown key `unitz` in model.members[0] (lstm)",
        "s.yaml:2:66: `model.members[1]`: unknown type 'grru'",
        "s.yaml:2:94: `model.members[2].dropout`: expected less than 1, got 2",
    ]


def test_members_that_cannot_read_the_examples_are_told_in_their_places() -> None:
    told = "cnn reads signals (T, C) or images (H, W, C); each example here has the shape F"
    table = "{type: csv, path: a.csv, target: y}"
    assert problems(spec("of: cnn, copies: 2", table)) == [f"s.yaml:2:29: `model.of.type`: {told}"]
    assert problems(spec("members: [linear, {type: cnn}]", table)) == [f"s.yaml:2:50: `model.members[1].type`: {told}"]
    wrong = spec("members: [{type: attention_rnn, score: dot}, linear]", "fashion_mnist")
    assert "`model.members[0].score`: attention_rnn with `score: dot` needs" in problem(wrong)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("augment: [jitter]\n", "s.yaml:3:1: `augment`: decides nothing: the models of finished runs are not trained"),
        ("init_from: har_lstm\n", "s.yaml:3:1: `init_from`: decides nothing"),
        ("folds: 3\n", "s.yaml:2:25: `model.from_runs`: finished runs are averaged on their own splits"),
    ],
)
def test_what_finished_runs_have_no_use_for_is_told(more: str, told: str) -> None:
    assert problem(spec("from_runs: [a, b]") + more).startswith(told)
