"""The names of what is computed anyway, for those who only read specs: apart, because computing it needs NumPy."""

from __future__ import annotations

SCORES = {
    "classes": ("accuracy", "macro_f1"),
    "reals": ("rmse", "mae", "r2"),
    "labels": ("mean_ap", "macro_f1"),
    "tokens": ("nats_per_token", "perplexity", "accuracy"),
    "timelines": (
        "macro_f1",
        "accuracy",
        "activity_f1",
        "segment_map",
        "labelled_segment_map",
        "occurrence_map",
        "excerpt_map",
    ),
    "sequences": ("exact_match", "token_error_rate", "accuracy"),
    "inputs": ("mse", "mae"),
}
"""The scores of every split besides its loss, by what is predicted."""
FOLLOWED = {
    "classes": ("accuracy",),
    "reals": ("rmse", "mae"),
    "labels": ("macro_f1",),
    "tokens": ("nats_per_token", "accuracy"),
    "timelines": ("macro_f1", "accuracy"),
    "sequences": ("accuracy",),
    "inputs": ("mse", "mae"),
}
"""What is computed of validation besides the loss while a model is trained, first that by which its best is chosen."""
FALLING = ("loss", "rmse", "mse", "mae", "nats_per_token", "perplexity", "token_error_rate")
"""The scores of which less is better."""
