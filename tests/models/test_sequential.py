from __future__ import annotations

import inspect
import re

import keras
import numpy as np
import pytest

from dlcli.errors import SpecError, UsageError
from dlcli.layers.batch_norm import BatchNorm
from dlcli.layers.dropout import Dropout
from dlcli.layers.lstm import LSTM
from dlcli.spec import dump
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.training.build import portable
from tests.models.networks import examples, kinds, network, parameters


def read(layers):
    return check(parse(f"{{dataset: hapt, model: {{type: sequential, layers: {layers}}}}}", "s.yaml"))


def built(layers, shape):
    return network(read(layers).model, shape)


IMAGES = (
    "[{Conv2D: {filters: 4, kernel_size: [3, 2], activation: relu, kernel_regularizer: {L2: {l2: 0.5}}}}, "
    "MaxPooling2D, BatchNormalization, {Dropout: {rate: 0.5}}, {Conv2D: {filters: 2, kernel_size: 1, name: narrow}}, "
    "Flatten]"
)


def test_layers_are_built_as_written_with_names_by_kind():
    model = built(IMAGES, (9, 8, 1))
    assert [layer.name for layer in model.layers] == [
        "inputs", "conv2d_1", "max_pooling2d_1", "batch_normalization_1", "dropout_1", "narrow", "flatten_1", "head",
    ]  # fmt: skip
    assert kinds(model) == ["Conv2D", "MaxPooling2D", "BatchNorm", "Dropout", "Conv2D", "Flatten", "Dense"]
    assert parameters(model) == (6 * 4 + 4) + 2 * 4 + (4 * 2 + 2) + (3 * 3 * 2 * 3 + 3)
    first = model.get_layer("conv2d_1")
    assert first.activation is keras.activations.relu
    assert float(sum(model.losses)) == pytest.approx(0.5 * float((first.kernel.numpy() ** 2).sum()), rel=1e-5)


def test_what_dlcli_has_itself_takes_the_place_of_keras_own_at_any_depth():
    model = built("[{Bidirectional: {layer: {LSTM: {units: 4, return_sequences: true}}}}, {LSTM: {units: 3}}]", (6, 2))
    assert type(model.get_layer("bidirectional_1").forward_layer) is LSTM
    assert type(model.get_layer("lstm_2")) is LSTM
    model = built("[{TimeDistributed: {layer: {Dropout: {rate: 0.2}}}}, BatchNormalization, Flatten]", (6, 2))
    assert type(model.get_layer("time_distributed_1").layer) is Dropout
    assert type(model.get_layer("batch_normalization_1")) is BatchNorm


def test_a_portable_copy_of_nested_layers_gives_the_same():
    model = built("[{Bidirectional: {layer: {LSTM: {units: 4}}, merge_mode: sum}}, BatchNormalization]", (6, 2))
    copy = portable(model)
    assert not [layer for layer in copy._flatten_layers() if type(layer).__module__.startswith("dlcli")]
    np.testing.assert_allclose(model(examples((6, 2))), copy(examples((6, 2))), atol=2e-6)


def test_cells_initializers_and_constraints_can_be_written_out():
    model = built("[{RNN: {cell: {GRUCell: {units: 4, kernel_initializer: {Constant: {value: 0.5}}}}}}]", (6, 2))
    assert (model.get_layer("rnn_1").cell.kernel.numpy() == 0.5).all()
    model = built("[{Dense: {units: 4, kernel_constraint: {MaxNorm: {max_value: 2}}, bias_initializer: ones}}]", (6,))
    assert model.get_layer("dense_1").kernel_constraint.max_value == 2
    assert (model.get_layer("dense_1").bias.numpy() == 1).all()


@pytest.mark.parametrize(
    "layers",
    [IMAGES, "[Flatten]", "[{Reshape: {target_shape: [3, 3]}}, Flatten]", "[{Dense: {units: 8, activation: 'yes'}}]",
     "[{Bidirectional: {layer: {LSTM: {units: 4}}}}]", "[{Dropout: {rate: 1e-3, seed: null}}]"],
)  # fmt: skip
def test_what_is_dumped_loads_to_an_equal_spec(layers):
    experiment = read(layers)
    again = check(parse(dump(experiment), "s.yaml"))
    assert again == experiment
    assert hash(again.model) == hash(experiment.model)
    assert dump(again) == dump(experiment)


def test_a_layer_without_arguments_is_the_same_however_it_is_written():
    assert read("[Flatten]").model == read("[{Flatten: }]").model == read("[{Flatten: {}}]").model
    assert dump(read("[{Flatten: {}}]")).count("  layers: [Flatten]\n") == 1


def test_nothing_in_it_can_be_changed():
    (entry,) = read("[{Dense: {units: 8, kernel_regularizer: {L2: {l2: 0.5}}}}]").model.layers
    with pytest.raises(TypeError):
        entry["Dense"]["units"] = 3
    with pytest.raises(TypeError):
        entry["Dense"]["kernel_regularizer"]["L2"] = None


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("3", "`model.layers`: expected a list, such as [3], got 3"),
        ("[]", "`model.layers`: expected a list of 1 or more, got []"),
        ("[Flatten, 3]", "`model.layers[1]`: expected a layer's name, such as Flatten, or one name with its arguments, "
         "such as Dense: {units: 8}, got 3"),
        ("[{Dense: 3}]", "got {'Dense': 3}"),
        ("[{Dense: {units: 3}, Flatten: }]", "got {'Dense': {'units': 3}, 'Flatten': None}"),
        ("[{}]", "got {}"),
        ("[{Dense: {units: .inf}}]", "`model.layers[0]`: a layer's argument cannot be inf"),
        ("[{RNN: {cell: [{LSTMCell: {units: 3}}]}}]", "a layer's argument cannot be {'LSTMCell': {'units': 3}}"),
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_layers_is_refused_when_the_spec_is_read(layers, message):
    with pytest.raises(SpecError, match=re.escape(message)):
        read(layers)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("[Flatten, Conv2d]", "layer 2: Keras has no layer `Conv2d`; near it are Conv2D,"),
        ("[dense]", "layer 1: Keras has no layer `dense`; near it are Dense"),
        ("[os.system]", "layer 1: Keras has no layer `os.system`"),
        ("[{Bidirectional: {layer: LSTMM}}]", "layer 1 (Bidirectional): `layer`: Keras has no layer `LSTMM`; near it"),
        ("[{Dense: {units: 3, kernel_regularizer: {LL2: {l2: 1}}}}]",
         "layer 1 (Dense): `kernel_regularizer`: Keras has no regularizer `LL2`; near it are L1L2, L2"),
        ("[Lambda]", "layer 1: `Lambda` cannot be used in a spec"),
        ("[{TimeDistributed: {layer: {TFSMLayer: {filepath: x}}}}]",
         "layer 1 (TimeDistributed): `layer`: `TFSMLayer` cannot be used in a spec"),
        ("[{Dense: {unit: 3}}]", "layer 1 (Dense): there is no argument `unit`; it takes units, activation, use_bias,"),
        ("[{Dense: {units: 3, kernel_regularizer: {L2: {l1: 1}}}}]",
         "layer 1 (Dense): `kernel_regularizer` (L2): there is no argument `l1`; it takes l2"),
        ("[Dense]", "layer 1 (Dense): the argument `units` is missing; it takes units, activation,"),
        ("[{Dense: {units: -3}}]", "layer 1 (Dense): Received an invalid value for `units`, expected a positive"),
        ("[{Dense: {units: 3, activation: rely}}]", "layer 1 (Dense): Could not interpret activation function "
         "identifier: rely"),
        ("[{Dense: {units: 3, dtype: {class_name: x, module: os, config: y}}}]",
         "layer 1 (Dense): the argument `dtype` cannot be {'class_name': 'x', 'module': 'os', 'config': 'y'}"),
        ("[{Dense: {units: 3, kernel_initializer: {class_name: x, module: os}}}]",
         "layer 1 (Dense): the argument `kernel_initializer` cannot be {'class_name': 'x', 'module': 'os'}"),
        ("[{Dense: {units: 3, kernel_initializer: {Constant: 3}}}]",
         "layer 1 (Dense): the argument `kernel_initializer` cannot be {'Constant': 3}"),
        ("[{BatchNormalization: {renorm: true}}]", "layer 1 (BatchNormalization): `renorm` (=True) would give other"),
        ("[Flatten, {Dense: {units: 3, name: head}}]", "layer 2 (Dense): the name `head` is taken"),
        ("[{Flatten: {name: a}}, {Dense: {units: 3, name: a}}]", "layer 2 (Dense): the name `a` is taken"),
        ("[Flatten, {Conv2D: {filters: 3, kernel_size: 3}}]", "layer 2 (Conv2D) cannot read the shape 18: "),
        ("[{Reshape: {target_shape: [7]}}]", "layer 1 (Reshape) cannot read the shape 6x3: The total size of the"),
        ("[{LSTM: {units: 3, return_state: true}}]", "layer 1 (LSTM) gives several outputs; the next layer reads one"),
        ("[{Conv1D: {filters: 3, kernel_size: 2}}]",
         "layer 1 (Conv1D) gives the shape 5x3, of which the head cannot make one prediction; add Flatten or"),
    ],
)  # fmt: skip
def test_what_keras_cannot_build_is_refused_with_the_layers_number(layers, message):
    with pytest.raises(UsageError, match=f"^{re.escape('model: ' + message)}") as caught:
        built(layers, (6, 3))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper", "InputLayer"])
def test_layers_that_run_code_or_read_models_are_refused(name):
    assert name in vars(keras.layers)
    with pytest.raises(UsageError, match=f"^model: layer 1: `{name}` cannot be used in a spec$"):
        built(f"[{name}]", (6,))


def test_no_argument_of_any_layer_reaches_keras_as_a_config_to_deserialize():
    # A mapping becomes an object of a known kind here, or it is refused; Keras would import modules for one.
    for name, cls in vars(keras.layers).items():
        if not inspect.isclass(cls) or name in ("InputSpec", "Layer", "Wrapper"):
            continue
        for argument in inspect.signature(cls.__init__).parameters:
            if argument not in ("self", "args", "kwargs"):
                wrong = f"{{{argument}: {{class_name: X, module: os, config: {{}}}}}}"
                with pytest.raises(UsageError, match=r"^model: layer 1"):
                    built(f"[{{{name}: {wrong}}}]", (6, 3))
