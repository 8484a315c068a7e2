"""The table of a model's layers."""

from __future__ import annotations

from dataclasses import replace

from dlcli.report.inspection import inspection_text
from dlcli.training.inspection import Inspection, Layer
from tests.spec.test_problems import block

MEMORY = {"weights": 999, "gradients": 1_000, "optimizer": 2_500_000, "activations": 3_000_000_000}
SMALL = Inspection(
    "mlp", "csv", (3,), "predicts price", False,
    (
        Layer("inputs", "InputLayer", (3,), 0, 0), Layer("dense_1", "Dense", (64,), 1256, 1384),
        Layer("x", "X", (2, 4), 2, None),
    ),
    1258, 0, 32, MEMORY,
)  # fmt: skip


def test_columns_are_aligned_and_what_is_not_known_is_no_number() -> None:
    assert inspection_text(SMALL) == block("""
        mlp on csv: examples of 3 values, predicts price
        layer    kind        output  parameters  FLOPs
        inputs   InputLayer  3                -      -
        dense_1  Dense       64           1,256  1,384
        x        X           2x4              2      ?
        parameters  1,258
        FLOPs       at least 1,384 for one example, forwards (products with kernels)
        memory      about 3 GB to train, estimated for batches of 32:
                    weights 999 B, gradients 1 kB, optimizer 2.5 MB, activations 3 GB
    """).rstrip()  # fmt: skip


def test_made_up_examples_frozen_weights_and_remarks_are_told() -> None:
    text = inspection_text(replace(SMALL, stand_in=True, frozen=12, remarks=("no run",)))
    assert "mlp on csv: examples of 3 values, predicts price\nmade-up examples: the data is not here\n" in text
    assert "\nparameters  1,270, 12 of them not trained\n" in text
    assert text.endswith("\nremark      no run")


def test_no_line_is_wider_than_a_terminal_as_long_as_names_can_be_cut() -> None:
    wide = Layer(
        "a_name_that_goes_on_and_on_1", "GlobalAveragePooling1D", (1024, 1024, 64), 123_456_789, 12_345_678_901
    )
    text = inspection_text(replace(SMALL, layers=(wide, *SMALL.layers)))
    row = next(line for line in text.split("\n") if line.startswith("a_name"))
    assert len(row) == 80
    assert row == "a_name_that_go...  GlobalAveragePo...  1024x1024x64  123,456,789  12,345,678,901"
