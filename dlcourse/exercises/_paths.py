"""What all three optimizers are tried on: a start theta (P,), and the gradients of the steps (T, P)."""

ONE, THREE = ([1], [[2]]), ([1], [[2], [2], [2]])
MIXED = [3, -2], [[3, -0.5], [-1, 2], [0.5, 0.5], [2, -4]]
TINY, ZERO = ([0], [[1e-8], [1e-8]]), ([0, 0], [[0, 1], [0, 1]])


def path(rng):
    """Up to four steps in up to three dimensions; theta stays off zero, where a difference would lose its digits."""
    n, t = rng.integers(1, 4), rng.integers(1, 5)
    theta = (rng.uniform(2, 5, n) * rng.choice([-1, 1], n)).round(1)
    grads = (rng.uniform(0.2, 3, (t, n)) * rng.choice([-1, 1], (t, n))).round(1)
    return theta, grads
