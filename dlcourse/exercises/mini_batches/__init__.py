"""Exercise on mini-batches (week 2)."""

import numpy as np

from dlcourse import batches
from dlcourse.exercises._engine import Exercise, case
from dlcourse.exercises.mini_batches.facts import facts
from dlcourse.exercises.mini_batches.mistakes import MISTAKES


def examples(m, n_x=2):
    """X (n_x, m) and Y (1, m) whose columns carry their own number."""
    i = np.arange(float(m))
    return np.stack([i + row / 2 for row in range(n_x)]), 10 * i[None, :]


def draw(rng):
    """A few examples in two batches or more, or all in one."""
    m = int(rng.integers(3, 25))
    size = rng.choice([*range(1, m // 2 + 1), m, m + 2])
    return case(*examples(m, int(rng.integers(1, 4))), int(size), int(rng.integers(1000)))


EXERCISES = (
    Exercise(
        "minibatches",
        "Write my_minibatches(X, Y, batch_size, rng): one epoch as a list of (X_t, Y_t), or with yield. Shuffle the "
        "columns of X (n_x, m) and Y (1, m) with rng, then cut them into batches of batch_size columns; the last may "
        "be short.",
        reference=batches.minibatches,
        run=facts,
        cases=(
            case(*examples(5), 2, 0),
            case(*examples(6), 3, 0),
            case(*examples(10), 4, 0),
            case(*examples(4), 7, 0),
            case(*examples(20, 3), 7, 1),
            case(*examples(100), 8, 1),
        ),
        fresh=draw,
        mistakes=MISTAKES,
    ),
)
