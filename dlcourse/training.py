"""The loop: a generator that yields where training stands; whoever watches pulls from it, and may stop pulling."""

from functools import partial
from itertools import count, islice, repeat
from math import isfinite

import numpy as np

from dlcourse._check import finite, flag, function, iterable, numeric, pair, whole
from dlcourse._replay import Replay

END = object()


class Diverged(ArithmeticError):
    """No model's cost is a finite number any more; the message says since which step, and with which lr."""


def descend(objective, theta, step, *, lr, batches=None, static=False, **hyper):
    """Repeat an optimizer's step, yielding (theta, J) BEFORE each one: J is the cost at that very theta.

    objective(theta, *batch) -> (J, dtheta). step: an optimizer, `hyper` its keywords; lr: a number, or a function of
    the step t = 0, 1, 2, ... `batches` yields (X_t, Y_t): n batches give n pairs. Without it the run is endless.
    static=True: note what numpy is asked to do, once, and repeat only that: the same numbers but for
    rounding, in less than half the time for a small net. Checks are then made once, and each `if` is answered once.
    Shapes: theta (P,), J a number; or theta (K, P) and J (K,), K models in one pass. Each theta yielded is a copy.
    Divergence: a model whose cost or theta overflows stays where theta was last finite, with J = inf from there on,
    while the others go on. Once all are inf, pulling again raises Diverged.
    Errors: ValueError for a theta that is empty or not finite, for J or dtheta of a wrong shape.
    Source: Course 2, week 2: the loop of every assignment.

    >>> from dlcourse.optimizers import sgd
    >>> run = descend(lambda w: (w[0] ** 2, 2 * w), [4.0], sgd, lr=0.25)
    >>> [(theta.item(), float(J)) for theta, J in islice(run, 3)]
    [(4.0, 16.0), (2.0, 4.0), (1.0, 1.0)]
    """
    function("objective", objective), function("step", step)
    theta, state, alive = finite("theta", theta, ndim=1).copy(), None, None  # alive: None while every model is
    models, rate, grad, cost = theta.shape[:-1], None, None, objective
    own = partial(np.array, dtype=float) if models else np.float64  # a copy of J
    batches = repeat(()) if batches is None else iterable("batches", batches, "pairs (X_t, Y_t), such as from epochs")

    def move(theta, grad, state):
        return step(theta, grad, state, lr=rate, **hyper)

    if flag("static", static):
        cost, move = Replay(objective), move if callable(lr) else Replay(move)
    for t in count():
        with np.errstate(all="ignore"):
            if t:
                moved, state = move(theta, grad, state)
                if alive is None and np.shape(moved) == theta.shape and _all_finite(moved):
                    theta[...] = moved  # in a place of its own: a graph writes its next result where it wrote this one
                else:
                    alive = (alive is None or alive) & np.isfinite(moved).all(axis=-1)
                    theta = np.where(alive[..., None], moved, theta)
            batch = next(batches, END)
            if batch is END:
                return
            J, grad = pair("objective", cost(theta, *_batch(batch)))
            if np.shape(J) != models:
                raise ValueError(f"objective must return a cost of shape {models}, got {np.shape(J)}")
            if alive is not None or not _all_finite(J):
                if static and alive is None:
                    objective(theta, *batch)  # if it is the data's fault, its checks say so
                alive = (alive is None or alive) & np.isfinite(J)
        yield theta.copy(), own(J) if alive is None else np.where(alive, J, np.inf)[()]
        if alive is not None and not alive.any():
            raise Diverged(
                f"the cost is no longer finite at step {t}: lower lr, it was {rate}"
                if t
                else "the cost is not finite at the start: look at theta and the data, not at lr"
            )
        rate = lr(t) if callable(lr) else lr


def _all_finite(x):
    """Is all of it finite? One number tells; only where that overflows by itself, it is the wrong answer."""
    return isfinite(np.vdot(x, x) if np.ndim(x) else x)


def _batch(batch):
    if not isinstance(batch, (tuple, list)):
        raise ValueError(f"batches must be pairs (X_t, Y_t), such as from epochs, got {batch!r:.60}")
    return batch


def history(run, steps=None):
    """The first pairs of a run as two arrays: every theta and every J, for plotting.

    run: what `descend` returns; steps: how many pairs (all of them, if the run ends by itself). Stops early where every
    model has diverged (the last J is inf) and where the user interrupts: what is done is kept.
    Shapes: thetas (T, P), Js (T,); with K models thetas (T, K, P), Js (T, K).
    Errors: ValueError for steps that is not a whole number of at least 1.
    Source: the cost and path plots of Course 2, week 2.

    >>> from dlcourse.optimizers import sgd
    >>> history(descend(lambda w: (w[0] ** 2, 2 * w), [4.0], sgd, lr=0.25), 3)[1].tolist()
    [16.0, 4.0, 1.0]
    """
    thetas, Js = [], []
    try:
        for theta, J in _pairs(run, steps):
            thetas.append(theta)
            Js.append(J)
            if not np.isfinite(J).any():
                break
    except KeyboardInterrupt:
        del thetas[len(Js) :]
    return np.array(thetas), np.array(Js)


def last(run, steps=None):
    """The last pair (theta, J) of a run, or of its first `steps` pairs.

    Interrupted by the user, it gives the last pair so far.
    Shapes: theta (P,), J a number; with K models theta (K, P), J (K,).
    Errors: ValueError for steps that is not a whole number of at least 1, and for a run without a pair;
    Diverged passes through.
    Source: Course 2, week 2.

    >>> from dlcourse.optimizers import sgd
    >>> float(last(descend(lambda w: (w[0] ** 2, 2 * w), [4.0], sgd, lr=0.25), steps=3)[1])
    1.0
    """
    last_pair = None
    try:
        for last_pair in _pairs(run, steps):
            pass
    except KeyboardInterrupt:
        pass
    if last_pair is None:
        raise ValueError("run must have at least one pair, got none")
    return last_pair


def early_stopping(run, dev_cost, patience):
    """Pull until the dev cost has not improved for `patience` pairs; return the best (theta, dev cost, step).

    dev_cost(theta) -> a number: the cost on the dev set, without penalty and dropout. patience: a whole number >= 1.
    Interrupted by the user, or diverged, it returns the best so far.
    Shapes: theta (P,); with K models theta (K, P), and cost and step (K,): each model stops by itself.
    Errors: ValueError for patience below 1, and if the dev cost never was finite.
    Source: Course 2, week 1, other regularization methods.

    >>> from dlcourse.optimizers import sgd
    >>> run = descend(lambda w: (w[0] ** 2, 2 * w), [4.0], sgd, lr=0.25)          # w = 4, 2, 1, 0.5, ...
    >>> theta, cost, step = early_stopping(run, dev_cost=lambda w: (w[0] - 1) ** 2, patience=2)
    >>> theta.item(), float(cost), int(step)
    (1.0, 0.0, 2)
    """
    whole("patience", patience), function("dev_cost", dev_cost)
    best_theta, best_cost, best_step = 0.0, np.inf, 0
    try:
        for t, (theta, _) in enumerate(_pairs(run)):
            with np.errstate(all="ignore"):
                cost = numeric("dev_cost", dev_cost(theta))
            better = (cost < best_cost) & (t - best_step <= patience)
            best_theta = np.where(better[..., None], theta, best_theta)
            best_cost, best_step = np.where(better, cost, best_cost), np.where(better, t, best_step)
            if np.all(t - best_step >= patience):
                break
    except (KeyboardInterrupt, Diverged):
        pass
    if not np.isfinite(best_cost).all():
        raise ValueError("dev_cost must be finite for at least one theta of each model in the run, got none")
    return best_theta, best_cost[()], best_step[()]


def _pairs(run, steps=None):
    """The pairs (theta, J) of a run, all or the first `steps`."""
    run = iterable("run", run, "a run, such as descend returns")
    return (pair("run", given) for given in islice(run, steps if steps is None else whole("steps", steps)))
