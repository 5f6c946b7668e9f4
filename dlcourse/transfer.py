"""Transfer learning: take over lower layers trained elsewhere, freeze them, train the rest, and thaw them later."""

import numpy as np

from dlcourse._check import (
    finite,
    fits,
    function,
    generator,
    in_range,
    iterable,
    named,
    numeric,
    same_models,
    table,
    whole,
)
from dlcourse.parameters import pack, unpack


def reuse(theta_from, shapes_from, theta, shapes, names):
    """A new theta whose named parameters are those of a trained net; the others keep their fresh start.

    names, such as ["W1", "b1"], must have the same shape in both nets; the upper layers may differ in everything.
    Batch norm's running statistics are not in theta: take them over too, or measure them anew.
    Shapes: theta_from (P_from,) laid out as shapes_from, theta (P,) as shapes -> (P,); any leading axes are separate
    models, and one trained net may start many: theta_from (P_from,), theta (K, P) -> (K, P).
    Errors: ValueError for a name that one of the nets does not have, or has in another shape.
    Source: book notes on reusing pretrained layers; Course 3, week 2, transfer learning.

    >>> small, large = {"W1": (1, 1), "b1": (1, 1)}, {"W1": (1, 1), "b1": (1, 1), "W2": (2, 1)}
    >>> reuse([7.0, 8.0], small, np.zeros(4), large, ["W1"]).tolist()
    [7.0, 0.0, 0.0, 0.0]
    """
    named("shapes_from", shapes_from, "name: shape"), named("shapes", shapes, "name: shape")
    names = list(names if isinstance(names, dict) else iterable("names", names, "a list of names in shapes"))
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"names must be a list of names in shapes, got {name!r:.60} in it")
        if shapes_from.get(name) is None or shapes_from[name] != shapes.get(name):
            raise ValueError(
                f"names must be parameters of the same shape in both nets, shapes_from and shapes, "
                f"got {name!r}: {shapes_from.get(name)} and {shapes.get(name)}"
            )
    theta_from, theta = finite("theta_from", theta_from, ndim=1), finite("theta", theta, ndim=1)
    models = same_models(theta_from=theta_from, theta=theta)
    trained, fresh = unpack(theta_from, shapes_from), unpack(theta, shapes)
    parts = {name: trained[name] if name in names else fresh[name] for name in shapes}
    return pack({name: np.broadcast_to(part, (*models, *shapes[name])) for name, part in parts.items()}, shapes)


def train_only(theta, grad, state=None, *, optimizer, mask, **hyper):
    """One step of `optimizer` that moves theta where mask is 1; where it is 0, theta is frozen:

        optimizer(theta, mask * grad, state),  and then the frozen entries, and all memory of them, as they were.

    It is an optimizer itself: descend(objective, theta, train_only, optimizer=adam, mask=mask(shapes, ["W3", "b3"]),
    lr=0.01). Frozen entries keep still even under weight decay or an old momentum, and adam's t does not count for them
    (it becomes an array), so that a thawed entry starts afresh, as in PyTorch, and does not leap. To thaw, go on with a
    mask of ones, or with the optimizer itself; a smaller lr is the usual advice.
    Shapes: theta, grad and mask (P,); leading axes are separate models. hyper: the optimizer's own, lr above all.
    Errors: ValueError for a mask that is not of 0 and 1 or does not fit theta, and whatever the optimizer objects to.
    Source: book notes on freezing lower layers.

    >>> from dlcourse.optimizers import sgd
    >>> train_only([1.0, 1.0], [5.0, 5.0], optimizer=sgd, mask=[0.0, 1.0], lr=0.1)[0].tolist()
    [1.0, 0.5]
    """
    mask, theta = numeric("mask", mask), numeric("theta", theta, ndim=1)
    grad, mask = fits("grad", grad, theta.shape), fits("mask", mask, theta.shape)
    if mask.shape[-1:] != theta.shape[-1:] or not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"mask must be of 0 and 1, shape {theta.shape[-1:]}, got shape {mask.shape}: {mask!r:.60}")
    free = np.broadcast_to(mask == 1, theta.shape)
    moved, after = function("optimizer", optimizer)(theta, np.where(free, grad, 0.0), state, **hyper)
    before = state or (0.0,) * len(after or ())
    return np.where(free, moved, theta), after and tuple(np.where(free, *pair) for pair in zip(after, before))


def good_and_bad(X, block, rng):
    """A task without labels: tell records as they are from records with one block taken from somewhere else.

    In each bad record `block` neighbouring rows (words, pixels) come from the same rows of another record, drawn by
    rng: "The dog sleeps" becomes "The dog they". Each row by itself looks right, so a net must learn how they belong
    together; then `reuse` its lower layers. A copy in which nothing changed is not bad, and is left out.
    Shapes: X (n_x, m), of numbers or of words -> X (n_x, 2m) or a little less, Y (1, 2m), good 1 first, then bad 0.
    Errors: ValueError for a single record, a block not in [1, n_x], and if no copy differs.
    Source: book notes on pretraining with good and bad records.

    >>> X = np.array([["The", "He"], ["dog", "saw"], ["sleeps", "they"]])
    >>> X, Y = good_and_bad(X, block=1, rng=np.random.default_rng(0))
    >>> " ".join(X[:, 2]), Y.astype(int).tolist()
    ('The dog they', [[1, 1, 0, 0]])
    """
    X = table("X", X)
    X = X if X.dtype.kind == "U" else finite("X", X)
    if X.ndim != 2 or X.shape[1] < 2:
        raise ValueError(f"X must have shape (n_x, m) with m of at least 2 records, got {X.shape}")
    n_x, m = X.shape
    in_range("block", whole("block", block), f"[1, {n_x}]")
    start = generator("rng", rng).integers(0, n_x - block + 1, m)
    other = (np.arange(m) + rng.integers(1, m, m)) % m  # never the record itself
    row = np.arange(n_x)[:, None]
    bad = np.where((start <= row) & (row < start + block), X[:, other], X)
    bad = bad[:, (bad != X).any(axis=0)]
    if bad.size == 0:
        raise ValueError("X must have records that differ from each other, got none that a block could spoil")
    return np.concatenate([X, bad], axis=1), np.concatenate([np.ones((1, m)), np.zeros((1, bad.shape[1]))], axis=1)
