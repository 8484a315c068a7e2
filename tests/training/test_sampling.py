from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.datasets.text import Text
from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.training import sampling
from dlcli.training.build import build_model, portable
from dlcli.training.prepare import prepare
from dlcli.training.sampling import sample, sample_run
from dlcli.training.train import train

TEXT = "abcdefgh" * 12
GRU = "{type: gru, units: [8, 6], embedding: 5}"


@pytest.fixture
def data(tmp_path):
    return Text(text=TEXT, steps=7, test=None, validation=None).load(tmp_path)


@pytest.fixture
def written(experiment, data):
    """Lets a model with its first weights write, of a recurrent model that remembers or looks back."""
    spec = experiment(GRU).model_copy(update={"dataset": Text(text=TEXT, steps=7, test=None, validation=None)})
    prepared = prepare(spec, data=data)
    keras.utils.set_random_seed(0)
    model = portable(build_model(spec, data, prepared.task))

    def write(prompt="ab", temperature=1.0, length=30, seed=0):
        return sample(model, spec, data.vocabulary, prompt, temperature, length, seed)

    return write


def test_a_prompt_is_gone_on_with_and_the_seed_determines_how(written):
    text = written()
    assert text.startswith("ab")
    assert len(text) == 32
    assert set(text) <= set("abcdefgh")
    assert written() == text
    assert written(seed=1) != text


def test_without_temperature_the_most_probable_token_is_taken(written):
    assert written(temperature=0.0, seed=1) == written(temperature=0.0, seed=2)
    assert written(temperature=1e-6, seed=3) == written(temperature=0.0)


def test_who_remembers_predicts_what_who_looks_back_does_within_a_window(experiment, data):
    prepared = prepare(experiment(GRU), data=data)
    model = portable(build_model(experiment(GRU), data, prepared.task))
    remembering, looking_back = sampling._remembering(model), sampling._looking_back(model)
    whole = model(data.train.x[:1].astype(np.float32)).numpy()[0]
    for reader in (remembering, looking_back):
        next(reader)
        logits = [reader.send(int(token)) for token in data.train.x[0]]
        np.testing.assert_allclose(logits, whole, atol=1e-6)
    further = model(np.array([[*data.train.x[0, 1:], 3]], np.float32)).numpy()[0, -1]
    np.testing.assert_allclose(looking_back.send(3), further, atol=1e-6)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [("", "--prompt: is empty"), ("axxbQ", r"--prompt 'axxbQ': the vocabulary of this run does not have 'x', 'Q'$")],
)
def test_a_prompt_that_cannot_be_read_is_refused(written, prompt, message):
    with pytest.raises(UsageError, match=message):
        written(prompt)


def test_a_run_writes_a_text_when_it_is_over(experiment, begin, data):
    spec = experiment(GRU, "{type: adam, learning_rate: 0.03}", "{epochs: 60, batch_size: 4, validate_every: 60}")
    spec = spec.model_copy(update={"dataset": Text(text=TEXT, steps=7, test=None, validation=None)})
    run = begin(spec)
    train(prepare(spec), run)
    text = (run.path / "sample.txt").read_text()
    assert len(text) == 1 + 4 * 7
    assert text[0] == "a"
    assert list(run.path.glob("events.out.tfevents.*.sample"))
    run = Run(run.path)
    assert sample_run(run, "cd", temperature=0.0, length=4, seed=0) == "cdefgh"


@pytest.mark.parametrize(
    "info", [{"vocabulary": None, "target": ["x"]}, {"vocabulary": ["a"], "target": ["no", "yes"]}]
)
def test_a_run_that_predicts_something_else_is_refused(begin, experiment, info):
    run = begin(experiment("linear"))
    run.update(**info)
    with pytest.raises(UsageError, match=r"--prompt 'ab': .* does not predict the next token"):
        sample_run(run, "ab", temperature=0.0, length=10, seed=0)
    run.leave()


def test_a_run_without_a_model_is_refused(begin, experiment):
    run = begin(experiment("linear"))
    run.update(vocabulary=["a"], target=["next token"])
    with pytest.raises(UsageError, match="has no model; the run is running and finished no epoch"):
        sample_run(run, "ab", temperature=0.0, length=10, seed=0)
    run.leave()
