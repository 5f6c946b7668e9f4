"""Looking for hyper-parameters: on the right scale, at random, coarse to fine; many models at once or one with care.

A space names what is searched, each with its scale and bounds:
    {"lr": (log_uniform, 1e-4, 1.0), "beta": (one_minus_log_uniform, 0.9, 0.999), "n_hidden": (integers, 2, 20)}
"""

import sys
import warnings

import numpy as np

from dlcourse._check import flag, function, generator, iterable, named, number, numeric, pair, table, whole
from dlcourse.training import descend


def uniform(low, high, size, rng):
    """Every value between low and high is equally likely:  (size,) draws from rng.

    low < high. The right scale where a step counts the same everywhere, as for keep_prob.
    Source: Course 2, week 3, using an appropriate scale.

    >>> bool((uniform(0.5, 1.0, 100, np.random.default_rng(0)) > 0.5).all())
    True
    """
    low, high = _bounds(low, high, "(-inf, inf)")
    return generator("rng", rng).uniform(low, high, whole("size", size))


def log_uniform(low, high, size, rng):
    """Every power of ten between low and high is equally likely:  r = uniform(log10 low, log10 high),  value = 10^r.

    0 < low < high; (size,) draws from rng. For a learning rate, from 1e-4 to 1: r = -4 rand, alpha = 10^r, a quarter
    of the draws in each decade. Drawn uniformly, 90 % would lie above 0.1.
    Source: Course 2, week 3, using an appropriate scale.

    >>> lr = log_uniform(1e-4, 1.0, 4000, np.random.default_rng(0))
    >>> np.histogram(np.log10(lr), bins=[-4, -3, -2, -1, 0])[0].round(-2).tolist()
    [1000, 1000, 1000, 1000]
    """
    low, high = _bounds(low, high, "(0, inf)")
    r = uniform(np.log10(low), np.log10(high), size, rng)
    return np.clip(10**r, low, high)  # the rounding of log10 must not lead out of the bounds


def one_minus_log_uniform(low, high, size, rng):
    """For beta, whose distance from 1 is what counts:  1 - beta is log-uniform.

    low < high < 1; (size,) draws from rng. Windows 1/(1 - beta) from 10 to 1000, beta from 0.9 to 0.999, are covered
    evenly: half of the draws lie above 0.99.
    Source: Course 2, week 3, hyper-parameters for exponentially weighted averages.

    >>> beta = one_minus_log_uniform(0.9, 0.999, 4000, np.random.default_rng(0))
    >>> float((beta > 0.99).mean().round(1))
    0.5
    """
    low, high = _bounds(low, high, "(-inf, 1)")
    return np.clip(1 - log_uniform(1 - high, 1 - low, size, rng), low, high)


def integers(low, high, size, rng):
    """Whole numbers from low to high, both included, all equally likely: layers, hidden units.

    low <= high, whole numbers; (size,) draws from rng.
    Source: Course 2, week 3, using an appropriate scale ("sampling uniformly is quite reasonable").

    >>> sorted(set(integers(2, 4, 100, np.random.default_rng(0)).tolist()))
    [2, 3, 4]
    """
    whole("high", high, f"[{whole('low', low, '(-inf, inf)')}, inf)")
    return generator("rng", rng).integers(low, high, whole("size", size), endpoint=True)


SCALES = {  # for each sampler: to the axis on which it is uniform, and back
    uniform: (lambda x: x, lambda r: r),
    log_uniform: (np.log10, lambda r: 10.0**r),
    one_minus_log_uniform: (lambda beta: np.log10(1 - beta), lambda r: 1 - 10.0**r),
    integers: (lambda x: x, lambda r: np.rint(r).astype(int)),
}


def random_search(space, K, rng):
    """K settings at random:  {name: (K,)}, each name of the space drawn from rng on its own scale.

    K trials try K different values of each hyper-parameter, where a grid of K points tries only sqrt(K) of each of
    two. The arrays (K,) go straight into a stack of K models, or into `caviar`.
    Source: Course 2, week 3, tuning process; Bergstra and Bengio 2012, JMLR 13.

    >>> settings = random_search({"lr": (log_uniform, 1e-4, 1.0)}, 25, np.random.default_rng(0))
    >>> len(np.unique(settings["lr"]))
    25
    """
    _check(space)
    return {name: scale(low, high, whole("K", K), rng) for name, (scale, low, high) in space.items()}


def grid_search(space, points):
    """All combinations of `points` values for each name of the space, even on its scale:  {name: (points^names,)}.

    points >= 2, both bounds included; of integers only as many as there are.
    Source: Course 2, week 3, tuning process (what not to do).

    >>> grid_search({"lr": (log_uniform, 0.01, 1.0), "n": (integers, 2, 3)}, 3)["lr"].tolist()
    [0.01, 0.01, 0.1, 0.1, 1.0, 1.0]
    """
    _check(space)
    axes = []
    for scale, low, high in space.values():
        there, back = SCALES[scale]
        r = np.linspace(there(low), there(high), whole("points", points, "[2, inf)"))
        axes.append(np.unique(np.clip(back(r), low, high)))
    return dict(zip(space, (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))))


def narrow(space, best, shrink=4.0):
    """Coarse to fine: the space again, on each scale `shrink` times smaller, around the setting `best`.

    shrink >= 1. Where best is near a bound the smaller interval stops there, so it never leaves the old one.
    Source: Course 2, week 3, tuning process.

    >>> lr = narrow({"lr": (log_uniform, 1e-4, 1.0)}, {"lr": 0.01}, shrink=2)["lr"]
    >>> [round(float(bound), 6) for bound in lr[1:]]
    [0.001, 0.1]
    """
    _check(space)
    shrink = number("shrink", shrink, "[1, inf)")
    if set(named("best", best, "name: number")) != set(space):
        raise ValueError(f"best must have exactly the names {', '.join(space)}, got {', '.join(map(str, best))}")
    smaller = {}
    for name, (scale, low, high) in space.items():
        there, back = SCALES[scale]
        number(f"best: {name}", best[name], f"[{low}, {high}]")
        left, right = sorted((there(low), there(high)))
        width = (right - left) / shrink
        left = np.clip(there(best[name]) - width / 2, left, right - width)
        ends = np.clip(np.sort(back(np.array([left, left + width]))), low, high)
        smaller[name] = (scale, *ends.tolist())
    return smaller


def caviar(score, settings, rng, workers=None, progress=False):
    """Train many models at once and see each when it is done: yields (setting, score), in the order of the settings.

    Calls score(**setting, rng=its_own_rng) for each k of settings {name: (K,)}; score returns a cost, the lower the
    better. The same numbers come out whatever the number of workers, since each trial has its own rng.
    workers: processes of this machine; None: 1, or what joblib.parallel_config says, so that the same call runs on
    Dask or Ray: `with joblib.parallel_config("dask"): ...` (Ray does not stream: all results come at the end). In a
    browser, which starts no processes, always 1. progress=True shows a bar; leave it off where a notebook stores its output.
    Source: Course 2, week 3, pandas versus caviar.

    >>> list(caviar(lambda lr, rng: lr**2, {"lr": [3.0, 4.0]}, np.random.default_rng(0)))
    [({'lr': 3.0}, 9.0), ({'lr': 4.0}, 16.0)]
    """
    trials, progress = _trials(settings), flag("progress", progress)
    function("score", score)
    if workers is not None and not (isinstance(workers, int) and workers == -1):
        whole("workers", workers)
    settings = [{**trial, "rng": own} for trial, own in zip(trials, generator("rng", rng).spawn(len(trials)))]
    alone = workers in (None, 1) and "joblib" not in sys.modules  # nobody can have told joblib of other workers
    if alone or sys.platform == "emscripten":
        scores = (score(**setting) for setting in settings)
    else:
        scores = _shared_out(score, settings, workers)
    done = zip(trials, scores)
    if progress:
        from tqdm.auto import tqdm

        done = tqdm(done, total=len(trials))
    yield from done


def coarse_to_fine(score, space, K, rng, rounds=3, shrink=4.0, workers=None, progress=False):
    """Random search, again and again in a smaller space around the best so far: yields (setting, score).

    `rounds` rounds of K trials each, drawn by rng; score, workers, progress as in `caviar`, shrink as in `narrow`.
    Source: Course 2, week 3, tuning process.

    >>> trials = list(coarse_to_fine(lambda lr, rng: abs(np.log10(lr) + 2), {"lr": (log_uniform, 1e-4, 1.0)},
    ...                              K=20, rng=np.random.default_rng(0)))
    >>> len(trials), 0.009 < best(trials)[0]["lr"] < 0.011
    (60, True)
    """
    number("shrink", shrink, "[1, inf)")
    done = []
    for _ in range(whole("rounds", rounds)):
        for trial in caviar(score, random_search(space, K, rng), rng, workers, progress):
            done.append(trial)
            yield trial
        space = narrow(space, best(done)[0], shrink)


def best(trials):
    """Of all trials the (setting, score) of the lowest score; nan or inf, a run that diverged, is never the best.

    Errors: ValueError if no trial has a finite score.
    Source: Course 2, week 3, tuning process.

    >>> best([({"lr": 9.0}, float("nan")), ({"lr": 0.1}, 0.3), ({"lr": 0.01}, 0.5)])
    ({'lr': 0.1}, 0.3)
    """
    trials = [pair("trials", trial) for trial in iterable("trials", trials, "pairs (setting, score)")]
    finished = [trial for trial in trials if np.isfinite(_score(trial[1]))]
    if not finished:
        raise ValueError(f"trials must hold a finite score: none of the {len(trials)} trials has a finite score")
    return min(finished, key=lambda trial: trial[1])


def fair_choice(costs):
    """Which configuration to go on with, when each was run with the same seeds: not the luckiest, but one that is better.

        d = costs[0] - costs[k]        gain = mean(d)        standard error = std(d) / sqrt(S), with 1/(S - 1) in std

    Row 0 is the reference. Of the rows whose gain exceeds twice its standard error take the one of the largest gain; if
    there is none, 0. The differences are paired: a hard split or a bad start, which a seed gives to all rows alike,
    cancels in d. A row with nan or inf, a run that diverged, is never taken. With five seeds a configuration that is
    no better passes in 6 of 100 cases, so among many one will: confirm it with new seeds.
    Shapes: costs (K, S), K configurations and S seeds, the lower the better -> an int.
    Errors: ValueError for fewer than 2 seeds, or a reference that diverged.
    Source: Student 1908, Biometrika 6, the probable error of a mean (of paired differences); the factor 2 is custom.

    >>> fair_choice([[5.0, 9.0, 7.0], [4.0, 8.1, 5.9], [1.0, 9.9, 7.0]])     # row 2 has the lowest mean, by one lucky run
    1
    """
    costs = numeric("costs", costs)
    if costs.ndim != 2 or len(costs) == 0 or costs.shape[1] < 2:
        raise ValueError(f"costs must have shape (K, S) with at least 2 seeds in each row, got {costs.shape}")
    if not np.isfinite(costs[0]).all():
        raise ValueError("costs[0], the reference, must be finite: take one as reference that did not diverge")
    gains = np.zeros(len(costs))
    for k, row in enumerate(costs):
        if np.isfinite(row).all():
            d = costs[0] - row
            gains[k] = d.mean() if d.mean() > 2 * d.std(ddof=1) / len(d) ** 0.5 else 0.0
    return int(gains.argmax())


def collect(trials):
    """list(trials), but an interrupt (Ctrl-C, or the stop button of the notebook) ends it and keeps what is done.

    For `caviar`, `coarse_to_fine`, or any other generator that takes long. Warns when it was interrupted.
    Source: Course 2, week 3, pandas versus caviar.

    >>> len(collect(caviar(lambda lr, rng: lr, {"lr": [1.0, 2.0]}, np.random.default_rng(0))))
    2
    """
    done = []
    try:
        for trial in iterable("trials", trials, "trials, such as caviar yields"):
            done.append(trial)
    except KeyboardInterrupt:
        warnings.warn(f"interrupted: what was done by then, {len(done)}, is kept", stacklevel=2)
    return done


def panda(objective, theta, step, knobs, batches=None, static=False):
    """Babysit one model: `descend`, with knobs that may be turned between two pulls; each step reads them afresh.

    knobs: a dict with lr and whatever other keywords `step` takes. Yields (theta, J) before each step; objective,
    theta, step, batches and static as in `descend`. To go back after a bad day, start again from a theta that was yielded.
    Errors: ValueError if knobs has no lr.
    Source: Course 2, week 3, pandas versus caviar.

    >>> from dlcourse.optimizers import sgd
    >>> knobs = {"lr": 0.25}
    >>> run = panda(lambda w: (w[0] ** 2, 2 * w), [4.0], sgd, knobs)
    >>> next(run)[0].item(), next(run)[0].item()                 # w := w - 0.25 * 2w halves w
    (4.0, 2.0)
    >>> knobs["lr"] = 0.5                                        # with 0.5 it jumps to the minimum
    >>> next(run)[0].item()
    0.0
    """
    if "lr" not in named("knobs", knobs, "lr and other keywords of step"):
        raise ValueError(f"knobs must have lr, got {', '.join(map(str, knobs)) or 'none'}")
    function("step", step)

    def as_they_stand(theta, grad, state, *, lr):
        return step(theta, grad, state, **{**knobs, "lr": lr})

    return descend(objective, theta, as_they_stand, lr=lambda t: knobs["lr"], batches=batches, static=static)


def _bounds(low, high, interval):
    """Both bounds as float64, in the interval, and in order."""
    low, high = number("low", low, interval), number("high", high, interval)
    if not low < high:
        raise ValueError(f"low must be less than high, got {low} and {high}")
    return low, high


def _check(space):
    """A space is {name: (scale, low, high)}, and says so when it is not."""
    if not isinstance(space, dict) or not space:
        raise ValueError(f"space must be a dict of name: (scale, low, high), got {space!r:.60}")
    for name, entry in space.items():
        if not isinstance(entry, tuple) or len(entry) != 3 or not any(entry[0] is s for s in SCALES):
            scales = ", ".join(scale.__name__ for scale in SCALES)
            raise ValueError(f"space[{name!r}] must be (scale, low, high) with a scale of {scales}, got {entry!r:.60}")
        entry[0](*entry[1:], 1, np.random.default_rng(0))  # the sampler itself checks its bounds


def _trials(settings):
    """{name: (K,)} -> K dicts {name: number}, numbers being Python's own."""
    if not isinstance(settings, dict):
        raise ValueError(f"settings must be a dict of name: (K,), such as random_search returns, got {settings!r:.60}")
    columns = {name: table(f"settings[{name!r}]", values) for name, values in settings.items()}
    shapes = {name: column.shape for name, column in columns.items()}
    K = max((len(column) for column in columns.values() if column.ndim), default=0)
    if K == 0 or set(shapes.values()) != {(K,)}:
        raise ValueError(f"settings must hold one array (K,) for each name, K >= 1, got {shapes}")
    return [dict(zip(columns, row)) for row in zip(*(column.tolist() for column in columns.values()))]


def _shared_out(score, settings, workers):
    """The scores, in order, from the processes or the cluster that joblib knows."""
    from joblib import Parallel, delayed
    from joblib.parallel import get_active_backend

    streams = get_active_backend()[0].supports_return_generator
    run = Parallel(n_jobs=workers, return_as="generator" if streams else "list")
    return run(delayed(score)(**setting) for setting in settings)


def _score(score):
    """A score as a number; NaN is one, of a run that diverged."""
    if np.ndim(score) or np.asarray(score).dtype.kind not in "biuf":
        raise ValueError(f"trials must be pairs (setting, score), a score being one number, got {score!r:.60}")
    return score
