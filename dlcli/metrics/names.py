"""The names of what is computed anyway, for those who only read specs: apart, because computing it needs NumPy."""

from __future__ import annotations

SCORES = {"classes": ("accuracy", "macro_f1"), "reals": ("rmse", "mae", "r2")}
"""The scores of every split besides its loss, by what is predicted."""
FOLLOWED = {"classes": ("accuracy",), "reals": ("rmse", "mae")}
"""What is computed of validation besides the loss while a model is trained."""
