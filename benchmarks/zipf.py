"""Which cases are worked on: few of them most of the time, as Zipf has it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


def drawn(things: Sequence[T], count: int, seed: int) -> list[T]:
    """Draw so many, the one of rank r with a weight of 1/r; the seed also says which stand at the top."""
    dice = random.Random(seed)
    ranked = dice.sample(things, len(things))
    return dice.choices(ranked, cum_weights=list(accumulate(1 / rank for rank in range(1, len(things) + 1))), k=count)
