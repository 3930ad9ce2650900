"""How hard the random tests try: ``TEST_EFFORT=100`` does a hundred times the rounds, ``TEST_SEED`` repeats a run."""

from __future__ import annotations

import os
import random


def rounds(number: int) -> int:
    """``number`` rounds in an ordinary run, more where more effort is asked for."""
    return number * int(os.environ.get("TEST_EFFORT", "1"))


def dice() -> tuple[random.Random, str]:
    """A source of chance, and what to set to throw the same again: put it into the assertion's message."""
    seed = int(os.environ.get("TEST_SEED") or random.SystemRandom().randrange(10**9))
    return random.Random(seed), f"again with TEST_SEED={seed}"
