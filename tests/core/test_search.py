"""Search: distributions against scipy's Kolmogorov-Smirnov test, grids and intervals by law, workers, interrupts."""

import _thread
import subprocess
import sys
import threading
import time

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dlcourse import optimizers, search, surfaces, training
from dlcourse.search import integers, log_uniform, one_minus_log_uniform, uniform

SPACE = {
    "lr": (log_uniform, 1e-4, 1.0),
    "beta": (one_minus_log_uniform, 0.9, 0.999),
    "keep_prob": (uniform, 0.5, 1.0),
    "n_hidden": (integers, 2, 20),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def noisy_score(lr, rng, wait=0.0):
    """A cost that depends on its own random numbers; at module level, so that a process can be sent it by name."""
    time.sleep(wait)
    return float(np.log10(lr) ** 2 + rng.normal())


# ---- scales


@pytest.mark.parametrize(
    "sampler, low, high, axis",
    [
        (uniform, -2.0, 3.0, lambda x: x),
        (log_uniform, 1e-4, 1.0, np.log10),
        (log_uniform, 2.0, 3e5, np.log10),
        (one_minus_log_uniform, 0.9, 0.999, lambda beta: np.log10(1 - beta)),
        (one_minus_log_uniform, 0.0, 0.9999, lambda beta: np.log10(1 - beta)),
    ],
)
def test_uniform_on_its_own_axis_and_on_no_other(sampler, low, high, axis):
    """Syllabus 17.04 to 17.06 and E21 (1e-4, not 10e-4). Catches the wrong base, scale or bound, 1 - beta forgotten."""
    draws = sampler(low, high, 20_000, rng())
    assert low <= draws.min() and draws.max() <= high and draws.dtype == float
    left, right = sorted((axis(low), axis(high)))
    assert stats.kstest(axis(draws), stats.uniform(left, right - left).cdf).pvalue > 0.01
    other = np.exp(axis(draws))
    left, right = np.exp(left), np.exp(right)
    assert stats.kstest(other, stats.uniform(left, right - left).cdf).pvalue < 1e-6


def test_e21_each_decade_gets_a_quarter():
    lr = log_uniform(1e-4, 1.0, 10_000, rng())
    shares = np.histogram(lr, [1e-4, 1e-3, 1e-2, 1e-1, 1])[0] / 10_000
    np.testing.assert_allclose(shares, 0.25, atol=4 * np.sqrt(0.25 * 0.75 / 10_000))
    assert (uniform(1e-4, 1.0, 10_000, rng()) > 0.1).mean() == pytest.approx(0.9, abs=0.012)


def test_integers_include_both_ends_evenly():
    counts = np.bincount(integers(2, 6, 20_000, rng()))
    assert counts[:2].sum() == 0 and len(counts) == 7
    assert stats.chisquare(counts[2:]).pvalue > 0.01
    assert integers(3, 3, 5, rng()).tolist() == [3] * 5


@given(st.floats(1e-12, 1e12), st.floats(1.001, 1e6), st.integers(0, 99))
def test_bounds_hold(low, ratio, seed):
    draws = log_uniform(low, low * ratio, 20, rng(seed))
    assert low <= draws.min() and draws.max() <= low * ratio
    low, high = 1 - 0.5, 1 - 0.5 / ratio
    betas = one_minus_log_uniform(low, high, 20, rng(seed))
    assert low <= betas.min() and betas.max() <= high < 1


@pytest.mark.parametrize("low", [1e-9, 0.3, 7e5])
def test_bounds_hold_where_they_nearly_touch(low):
    """Here rounding leads out of an interval that is only 1e-13 wide, unless draws are clipped."""
    high = low * (1 + 1e-13)
    draws = log_uniform(low, high, 5000, rng())
    assert low <= draws.min() and draws.max() <= high


def test_one_minus_mirrors_log_uniform():
    beta, distance = one_minus_log_uniform(0.9, 0.999, 50, rng(5)), log_uniform(0.001, 0.1, 50, rng(5))
    np.testing.assert_allclose(1 - beta, distance, rtol=1e-10)


# ---- settings


def test_random_search_draws_each_name_from_its_sampler():
    drawn, source = search.random_search(SPACE, 30, rng(1)), rng(1)
    for name, (sampler, low, high) in SPACE.items():
        np.testing.assert_array_equal(drawn[name], sampler(low, high, 30, source))
    again = search.random_search(SPACE, 30, rng(1))
    assert list(again) == list(SPACE) and all((again[name] == drawn[name]).all() for name in SPACE)


def test_random_tries_more_values_than_the_grid():
    """Syllabus 17.02: 25 trials, two names. The grid sees 5 values of each, the random search 25."""
    two = {name: SPACE[name] for name in ("lr", "beta")}
    grid, random = search.grid_search(two, 5), search.random_search(two, 25, rng())
    for name in two:
        assert len(grid[name]) == len(random[name]) == 25
        assert (len(np.unique(grid[name])), len(np.unique(random[name]))) == (5, 25)


def test_grid_is_even_on_each_scale_and_complete():
    grid = search.grid_search(SPACE, 4)
    assert all(values.shape == (4**4,) for values in grid.values())
    assert len({tuple(row) for row in zip(*(values.tolist() for values in grid.values()))}) == 4**4
    np.testing.assert_allclose(np.unique(grid["lr"]), 10.0 ** np.linspace(-4, 0, 4))
    np.testing.assert_allclose(1 - np.unique(grid["beta"]), 10.0 ** np.linspace(-1, -3, 4))
    assert np.unique(grid["n_hidden"]).tolist() == [2, 8, 14, 20] and grid["n_hidden"].dtype == int
    for name, (_, low, high) in SPACE.items():
        assert grid[name].min() == low and grid[name].max() == high
    assert search.grid_search({"n": (integers, 2, 3)}, 7)["n"].tolist() == [2, 3]


AXES = {"lr": np.log10, "beta": lambda beta: np.log10(1 - beta), "keep_prob": lambda x: x, "n_hidden": lambda x: x}


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(1.0, 50.0))
def test_narrow_shrinks_on_the_right_scale_and_keeps_the_best(seed, shrink):
    """Catches a halving on the plain axis, an interval that sticks out, a best point that falls out of it."""
    best = {name: values[0].item() for name, values in search.random_search(SPACE, 1, rng(seed)).items()}
    smaller = search.narrow(SPACE, best, shrink)
    for name, (scale, low, high) in SPACE.items():
        same, left, right = smaller[name]
        assert same is scale and low <= left and right <= high
        assert left - 1e-9 <= best[name] <= right + 1e-9
        if name == "n_hidden":
            assert type(left) is type(right) is int and right - left <= (high - low) / shrink + 1
            continue
        axis = AXES[name]
        assert abs(axis(right) - axis(left)) == pytest.approx(abs(axis(high) - axis(low)) / shrink, rel=1e-6)
        middle = (axis(left) + axis(right)) / 2
        if low < left and right < high:
            assert middle == pytest.approx(axis(best[name]), abs=1e-6)


def test_shrink_one_is_the_whole_space():
    for bound in (0, 1):
        smaller = search.narrow(SPACE, {name: entry[1 + bound] for name, entry in SPACE.items()}, 1.0)
        for name, (_, low, high) in SPACE.items():
            assert smaller[name][1:] == pytest.approx((low, high))


# ---- many models


def test_trials_come_in_order_with_python_numbers_and_their_own_rng():
    seen = []

    def score(lr, n, rng):
        seen.append((lr, n, type(lr), type(n), rng.normal()))
        return lr * n

    run = search.caviar(score, {"lr": np.array([0.1, 0.2]), "n": np.array([3, 4])}, rng())
    assert not seen  # a generator: nothing runs before it is asked for
    assert next(run) == ({"lr": 0.1, "n": 3}, pytest.approx(0.3))
    assert next(run) == ({"lr": 0.2, "n": 4}, pytest.approx(0.8))
    with pytest.raises(StopIteration):
        next(run)
    assert [row[:4] for row in seen] == [(0.1, 3, float, int), (0.2, 4, float, int)]
    assert seen[0][4] != seen[1][4]


def test_same_numbers_whatever_the_workers():
    """One, two processes, threads, and a backend that cannot stream (as Ray's)."""
    lrs = {"lr": log_uniform(1e-4, 1.0, 12, rng())}
    alone = list(search.caviar(noisy_score, lrs, rng(1), workers=1))
    assert alone == list(search.caviar(noisy_score, lrs, rng(1), workers=2))
    for backend in ("threading", "multiprocessing"):
        with joblib.parallel_config(backend, n_jobs=2):
            assert alone == list(search.caviar(noisy_score, lrs, rng(1)))
    assert alone != list(search.caviar(noisy_score, lrs, rng(2)))
    moving = rng(1)
    assert list(search.caviar(noisy_score, lrs, moving)) != list(search.caviar(noisy_score, lrs, moving))


WITHOUT_JOBLIB = """
import sys
import numpy as np
from dlcourse import search

def run(**more):
    here = []
    score = lambda k, rng: here.append(k) or k * rng.random()
    trials = list(search.caviar(score, {"k": [1, 2, 3]}, np.random.default_rng(0), **more))
    assert here == [1, 2, 3], f"{more}: in this process only {here}"
    return trials

alone = run()
assert run(workers=1) == alone
sys.platform = "emscripten"
assert run(workers=2) == run(workers=-1) == alone
assert not {"joblib", "tqdm"} & sys.modules.keys(), "loaded without need"
"""


def test_one_worker_needs_no_joblib_and_a_browser_has_but_one():
    """In an interpreter of its own, where nothing else has loaded it. Catches processes asked of a browser."""
    run = subprocess.run([sys.executable, "-c", WITHOUT_JOBLIB], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_same_call_runs_on_a_dask_cluster():
    distributed = pytest.importorskip("distributed", reason="the test extra installs dask and distributed")
    lrs = {"lr": log_uniform(1e-4, 1.0, 8, rng())}
    alone = list(search.caviar(noisy_score, lrs, rng(1)))

    def score(lr, rng):
        distributed.get_worker()  # raises where there is no Dask worker
        return noisy_score(lr, rng)

    with pytest.raises(ValueError, match="No worker found"):
        list(search.caviar(score, lrs, rng(1)))
    local = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(**local) as cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        assert alone == list(search.caviar(score, lrs, rng(1)))


def test_results_stream_before_all_is_done():
    """The second trial waits until the first result has been seen: catches a list in place of a stream."""
    first_seen = threading.Event()

    def score(k, rng):
        return k if k == 0 else first_seen.wait(20)

    with joblib.parallel_config("threading", n_jobs=2):
        for setting, value in search.caviar(score, {"k": [0, 1]}, rng()):
            first_seen.set()
            assert value is True or setting == {"k": 0}


@pytest.mark.parametrize("backend", ["sequential", "threading"])
def test_interrupt_keeps_what_is_done(backend, interrupts):
    """The stop button interrupts the main thread; here trial 5 presses it, once those before it are handed on."""
    started, five_seen = [], threading.Event()

    def score(k, rng):
        started.append(k)
        if k == 5:
            assert five_seen.wait(20)
            _thread.interrupt_main()
        time.sleep(0.02 * (k >= 5))
        return 10 * k

    def watched(run):
        for trial in run:
            if trial[0]["k"] == 4:
                five_seen.set()
            yield trial

    with joblib.parallel_config("threading", n_jobs=2 if backend == "threading" else 1):
        with pytest.warns(UserWarning, match="interrupted: what was done by then, 5, is kept"):
            done = search.collect(watched(search.caviar(score, {"k": np.arange(200)}, rng())))
    assert done == [({"k": k}, 10 * k) for k in range(5)]
    assert len(started) < 100  # the rest of the search is called off
    soon = len(started)
    time.sleep(0.2)
    assert len(started) <= soon + 2


def test_collect_without_interrupt_is_list_and_other_errors_pass():
    assert search.collect(iter([3, 1, 2])) == [3, 1, 2]

    def score(k, rng):
        raise ZeroDivisionError("in the score itself")

    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError, match="in the score itself"):
            search.collect(search.caviar(score, {"k": [1, 2]}, rng(), workers=workers))


def test_progress_bar_only_when_asked_for(capfd):
    trials = {"lr": [1.0, 2.0]}
    list(search.caviar(noisy_score, trials, rng()))
    assert capfd.readouterr() == ("", "")
    list(search.caviar(noisy_score, trials, rng(), progress=True))
    assert "2/2" in capfd.readouterr().err


def test_best_is_the_lowest_and_never_a_diverged_run():
    trials = [({"k": k}, score) for k, score in enumerate([np.nan, 3.0, -np.inf, 1.0, np.inf, 1.0])]
    assert search.best(trials) == ({"k": 3}, 1.0)


def test_coarse_to_fine_is_random_search_in_ever_smaller_spaces():
    score = lambda lr, beta, keep_prob, n_hidden, rng: abs(np.log10(lr) + 2) + abs(np.log10(1 - beta) + 2)
    trials = list(search.coarse_to_fine(score, SPACE, 10, rng(4), rounds=3, shrink=3.0))
    source, space, expected = rng(4), SPACE, []
    for _ in range(3):
        expected += list(search.caviar(score, search.random_search(space, 10, source), source))
        space = search.narrow(space, search.best(expected)[0], 3.0)
    assert trials == expected and len(trials) == 30
    spread = [np.ptp([np.log10(setting["lr"]) for setting, _ in trials[k : k + 10]]) for k in (0, 10, 20)]
    assert spread[0] <= 4 and spread[1] <= 4 / 3 and spread[2] <= 4 / 9
    same = list(search.coarse_to_fine(score, SPACE, 10, rng(4), 3, 3.0, workers=2))
    assert same == trials


def test_drawn_settings_feed_a_stack_of_models():
    """STYLE of the house: K learning rates are one descent; it equals the K trials one by one."""
    lrs = search.random_search({"lr": (log_uniform, 1e-3, 0.09)}, 6, rng())

    def score(lr, rng):
        run = training.descend(surfaces.ravine, np.array([-3.0, 2.0]), optimizers.sgd, lr=lr)
        return [J for _, (theta, J) in zip(range(20), run)][-1]

    run = training.descend(surfaces.ravine, np.tile([-3.0, 2.0], (6, 1)), optimizers.sgd, **lrs)
    stacked = [J for _, (theta, J) in zip(range(20), run)][-1]
    np.testing.assert_allclose(stacked, [value for _, value in search.caviar(score, lrs, rng())], rtol=1e-12)


# ---- luck or not


def paired(gain, noise, S, n, hard=10.0, seed=0):
    """n times two rows (2, S): the second better by `gain` on average; `hard` is what a seed does to both."""
    draw = rng(seed).normal
    reference = draw(scale=hard, size=(n, 1, S))
    return np.concatenate([reference, reference - gain + draw(scale=noise, size=(n, 1, S))], axis=1)


def test_fair_choice_is_fooled_as_often_as_students_t_says():
    """A row that is no better passes when t exceeds 2. Catches std with 1/S, one standard error, S without its root."""
    n = 4000
    for S in (3, 5, 10):
        chance = stats.t(S - 1).sf(2)
        fooled = np.mean([search.fair_choice(costs) for costs in paired(0.0, 1.0, S, n, seed=S)])
        assert fooled == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / n)), S


def test_fair_choice_sees_what_unpaired_means_hide():
    """A gain of a third of what seeds do to both rows. Catches a comparison of the two rows' own spreads."""
    found = np.mean([search.fair_choice(costs) for costs in paired(3.0, 1.0, 5, 500)])
    assert found > 0.95
    table = paired(3.0, 1.0, 5, 1)[0]
    for shift in rng(1).normal(scale=100.0, size=(20, 5)):
        assert search.fair_choice(table + shift) == search.fair_choice(table) == 1


@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 7))
def test_fair_choice_keeps_its_word(seed, K, S):
    """The row it takes passes, and none that passes gains more; the order of seeds and a change of units do not matter."""
    costs = rng(seed).normal(size=(K, S)) - 0.5 * np.arange(K)[:, None]
    costs[rng(seed).random(K) < 0.2, 0] = np.nan
    costs[0] = rng(seed + 1).normal(size=S)
    k = search.fair_choice(costs)
    t = {i: stats.ttest_rel(costs[0], row).statistic for i, row in enumerate(costs) if i and np.isfinite(row).all()}
    passed = [i for i in t if t[i] > 2]
    assert k == min(passed, key=lambda i: costs[i].mean(), default=0) and type(k) is int
    assert search.fair_choice(7 * costs[:, rng(seed).permutation(S)] + 3) == k


def test_fair_choice_never_takes_a_diverged_run():
    reference, lucky = [5.0, 6.0, 7.0], [1.0, 2.1, 3.0]
    assert search.fair_choice([reference, lucky]) == 1
    for bad in (np.nan, np.inf, -np.inf):
        assert search.fair_choice([reference, [*lucky[:2], bad]]) == 0
        assert search.fair_choice([reference, [*lucky[:2], bad], [4.0, 5.1, 6.0]]) == 2
    assert search.fair_choice([reference, reference]) == 0  # a standard error of 0, and no gain
    assert search.fair_choice([reference]) == 0


# ---- one model with care


def test_panda_with_steady_hands_is_descend():
    batches = [(np.array([float(k)]),) for k in range(6)]
    objective = lambda theta, x=0.0: (((theta - x) ** 2).sum(-1), 2 * (theta - x))
    for fed in (None, batches):
        for step, hyper in ((optimizers.sgd, {}), (optimizers.adam, {"beta1": 0.5})):
            plain = training.descend(objective, [4.0], step, lr=0.1, batches=fed, **hyper)
            watched = search.panda(objective, [4.0], step, {"lr": 0.1, **hyper}, batches=fed)
            pairs = list(zip(range(6), plain, watched))
            assert len(pairs) == 6
            for _, (theta, J), (same, cost) in pairs:
                np.testing.assert_array_equal(theta, same)
                assert J == cost


def test_a_turned_knob_counts_from_the_very_next_step():
    """Momentum 0 and 0.5 by hand: v = beta v + (1 - beta) g, w := w - lr v with the constant gradient 1."""
    knobs = {"lr": 1.0, "beta": 0.0}
    run = search.panda(lambda w: (w[0], np.ones(1)), [0.0], optimizers.momentum, knobs)
    assert next(run)[0].item() == 0.0
    assert next(run)[0].item() == -1.0
    knobs["lr"] = 0.25
    assert next(run)[0].item() == -1.25
    knobs["lr"], knobs["beta"] = 2.0, 0.5  # the state stays: v = 0.5 * 1 + 0.5 * 1
    assert next(run)[0].item() == -3.25
    assert knobs == {"lr": 2.0, "beta": 0.5}


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: uniform(1.0, 1.0, 5, rng()), "low must be less than high, got 1.0 and 1.0"),
        (lambda: uniform(np.nan, 1.0, 5, rng()), r"low must be in \(-inf, inf\), got nan"),
        (lambda: uniform(0.0, np.inf, 5, rng()), "high must be in"),
        (lambda: uniform(0.0, 1.0, 0, rng()), r"size must be in \[1, inf\), got 0"),
        (lambda: uniform(0.0, 1.0, 5, 0), "rng must be a random generator"),
        (lambda: log_uniform(0.0, 1.0, 5, rng()), r"low must be in \(0, inf\), got 0.0"),
        (lambda: log_uniform(1.0, 0.1, 5, rng()), "low must be less than high"),
        (lambda: log_uniform(0.1, 1.0, 2.5, rng()), "size must be a whole number"),
        (lambda: log_uniform(0.1, 1.0, 5, np.random), "rng must be a random generator"),
        (lambda: one_minus_log_uniform(0.9, 1.0, 5, rng()), r"high must be in \(-inf, 1\), got 1.0"),
        (lambda: one_minus_log_uniform(0.99, 0.9, 5, rng()), "low must be less than high, got 0.99 and 0.9"),
        (lambda: integers(5, 2, 3, rng()), r"high must be in \[5, inf\), got 2"),
        (lambda: integers(1.5, 2, 3, rng()), "low must be a whole number"),
        (lambda: integers(1, 2, 3, None), "rng must be a random generator"),
        (lambda: search.random_search({}, 5, rng()), r"space must be a dict of name: \(scale, low, high\), got {}"),
        (lambda: search.random_search([("lr", 0, 1)], 5, rng()), "space must be a dict"),
        (lambda: search.random_search({"lr": ("log", 1e-4, 1)}, 5, rng()), r"space\['lr'\] must be .* a scale of"),
        (lambda: search.random_search({"lr": (log_uniform, 1e-4)}, 5, rng()), r"space\['lr'\] must be"),
        (lambda: search.random_search({"lr": (log_uniform, 0.0, 1.0)}, 5, rng()), r"low must be in \(0, inf\)"),
        (lambda: search.random_search(SPACE, 0, rng()), "K must be in"),
        (lambda: search.random_search(SPACE, 5, 0), "rng must be a random generator"),
        (lambda: search.grid_search(SPACE, 1), r"points must be in \[2, inf\), got 1"),
        (lambda: search.grid_search({}, 3), "space must be a dict"),
        (lambda: search.narrow(SPACE, {"lr": 0.1}), "best must have exactly the names lr, beta, .* got lr"),
        (lambda: search.narrow({"lr": (uniform, 0, 1)}, {"lr": 2.0}), r"lr must be in \[0, 1\], got 2.0"),
        (lambda: search.narrow({"lr": (uniform, 0, 1)}, {"lr": 0.5}, shrink=0.5), "shrink must be in"),
        (lambda: search.narrow({}, {}), "space must be a dict"),
        (lambda: next(search.caviar(noisy_score, {}, rng())), r"settings must hold one array \(K,\)"),
        (lambda: next(search.caviar(noisy_score, {"lr": 0.1}, rng())), "settings must hold one array"),
        (lambda: next(search.caviar(noisy_score, {"lr": []}, rng())), "settings must hold one array"),
        (lambda: next(search.caviar(noisy_score, {"lr": [1, 2], "n": [1]}, rng())), r"got {'lr': \(2,\), 'n': \(1,\)}"),
        (lambda: next(search.caviar(noisy_score, [0.1], rng())), "settings must be a dict"),
        (lambda: next(search.caviar(noisy_score, {"lr": [1.0]}, 0)), "rng must be a random generator"),
        (lambda: next(search.caviar(noisy_score, {"lr": [1.0]}, rng(), workers=0)), "workers must be"),
        (lambda: next(search.coarse_to_fine(noisy_score, SPACE, 5, rng(), rounds=0)), "rounds must be in"),
        (lambda: next(search.coarse_to_fine(noisy_score, SPACE, 0, rng())), "K must be in"),
        (lambda: search.best([]), "none of the 0 trials has a finite score"),
        (lambda: search.best([({}, np.nan), ({}, np.inf)]), "none of the 2 trials has a finite score"),
        (
            lambda: search.panda(surfaces.bowl, [1.0, 1.0], optimizers.sgd, {"beta": 0.9}),
            "knobs must have lr, got beta",
        ),
        (lambda: search.panda(surfaces.bowl, [1.0, 1.0], optimizers.sgd, {}), "knobs must have lr, got none"),
        (lambda: search.fair_choice([[1.0], [2.0]]), r"costs must have shape \(K, S\) with at least 2 seeds"),
        (lambda: search.fair_choice([1.0, 2.0]), r"costs must have shape \(K, S\)"),
        (lambda: search.fair_choice([[1.0, np.nan], [1.0, 2.0]]), r"costs\[0\], the reference, must be finite"),
        (lambda: search.fair_choice([["a", "b"], ["c", "d"]]), "costs must be made of numbers"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
