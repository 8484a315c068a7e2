from tests.training.conftest import data, experiment

__all__ = ["data", "experiment"]
