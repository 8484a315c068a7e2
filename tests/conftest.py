"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# How long one example takes says more about the machine than about the code.
settings.register_profile("dlcli", deadline=None, max_examples=60)
settings.load_profile("dlcli")
