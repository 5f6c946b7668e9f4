"""Tuning: what the notebook says of grids, scales, searches, winners and pandas."""

import functools

import numpy as np
from claims import Claims, facts

from dlcourse import datasets
from dlcourse.initializers import initialize
from dlcourse.network import Net, cost
from dlcourse.scenes.tuning import PLANE, RANGE, _trained
from dlcourse.search import grid_search, integers, log_uniform, one_minus_log_uniform, random_search, uniform
from dlcourse.training import last

claims = Claims("week3/01_tuning")


def preset(lab, label, **values):
    return facts(lab, **{**lab.presets[label], **values})


@claims(
    "6 values of $\\alpha$ by 4 of $\\lambda$ are ahead in 1 draw of 20, with a dev cost of 0.230.",
    "4 by 6 are ahead in 16, with 0.206",
    "one of the six lines happens to run through the valley",
)
def _(labs):
    wide, high = (preset(labs[0], label) for label in ("6 alphas, 4 lambdas", "4 alphas, 6 lambdas"))
    assert wide["trials_placed"] == high["trials_placed"] == 24
    assert (wide["ahead"], round(wide["J"], 3), high["ahead"], round(high["J"], 3)) == (1, 0.23, 16, 0.206)
    trials = np.array(labs[0].presets["4 alphas, 6 lambdas"]["trials"])[:, :2]
    best = [facts(labs[0], trials=((lr, lambd, 0),), costs=True)["J"] for lr, lambd in trials]
    assert trials[np.argmin(best), 1] == 0.1  # where lambda is right, and between the lines of the other grid


@claims(
    "The grid tries 5 values of $\\alpha$, five times each, because $\\varepsilon$ changes next to nothing",
    "Random points try 25.",
)
def _(labs):
    found = preset(labs[1], "25 trials")
    assert (found["alphas_grid"], found["alphas_random"]) == (5, 25)
    assert (
        max(np.ptp(found["grid_costs"][found["grid_alphas"] == a]) for a in set(found["grid_alphas"]) if a < 10) < 1e-3
    )
    assert sorted(np.unique(found["grid_alphas"], return_counts=True)[1]) == [5] * 5


@claims("Where only $\\alpha$ matters, random points win in 108 of the 120 settings.")
def _(labs):
    assert wins(labs[1], "eps") == 108


@claims("Where $\\lambda$ matters, too, they win in 87 of 120.")
def _(labs):
    assert wins(labs[1], "lambda") == 87


def wins(lab, second):
    """In how many of 6 numbers of points by 20 draws random points win; all draws are one run, like the figure's own."""
    few, dev = (datasets.moons(m, 0.3, np.random.default_rng(seed)) for m, seed in ((40, 1), (500, 2)))
    net, won = Net((2, 8, 1), activation="tanh"), 0
    start = initialize(net.shapes, rng=np.random.default_rng(0))
    space = {"lr": PLANE["lr"], second: (log_uniform, *RANGE[second])}
    for points in range(2, 8):
        tried = [random_search(space, points**2, np.random.default_rng(draw)) for draw in range(1, 21)]
        tried.append(grid_search(space, points))
        lr, other = (np.concatenate([trials[name] for trials in tried]) for name in space)
        run = _trained(net, start, *few, lr, **{"eps" if second == "eps" else "lambd": other})
        *random, grid = cost(net, last(run, 61)[0], *dev).reshape(21, -1).min(axis=1)
        found = facts(lab, points=points, draw=7, second=second)
        assert np.allclose([found["random"], found["grid"]], [random[6], grid])
        won += sum(J < grid for J in random)
    return won


@claims("five values of each of four hyper-parameters are 625 trainings")
def _():
    assert 5**4 == 625


@claims("Here all alphas lie above 0.1, and all betas below 0.99.")
def _(labs):
    found = facts(labs[2])
    assert found["large"] == found["evenly"] == 1 and found["near"] == found["near_evenly"] == 0


@claims(
    "Drawn evenly, about 90 of 100 alphas lie above 0.1; on the log scale 25.",
    "Of the betas about 9 of 100 lie above 0.99; on the log scale of $1 - \\beta$ it is 50.",
)
def _(labs):
    found = preset(labs[2], "the lecture")
    assert np.allclose(
        [found["evenly"], found["large"], found["near_evenly"], found["near"]], [0.9, 0.25, 0.09, 0.5], atol=0.03
    )
    for scale, low, bar, share in ((uniform, 1e-4, 0.1, 0.9), (log_uniform, 1e-4, 0.1, 0.25)):
        assert abs((scale(low, 1, 10**6, np.random.default_rng(3)) > bar).mean() - share) < 0.002
    for scale, share in ((uniform, 1 / 11), (one_minus_log_uniform, 0.5)):
        assert abs((scale(0.9, 0.999, 10**6, np.random.default_rng(3)) > 0.99).mean() - share) < 0.002


@claims("at one end nothing happens, at the other the window doubles")
def _():
    assert round(1 / (1 - 0.9)) == round(1 / (1 - 0.9005)) and round(1 / (1 - 0.9995)) == 2 * round(1 / (1 - 0.999))


@claims(
    "no such trial of the 20 draws comes below a cost of 2.2, and guessing costs $\\log 10 = 2.3$",
    "With 24 trials three rounds of 8 find the lower dev cost in 11 of the 20 draws: even.",
)
def _(labs):
    better, slow = 0, []
    for draw in range(1, 21):
        found = [preset(labs[3], label, draw=draw) for label in ("one round of 24", "three of 8")]
        better += found[1]["J"] < found[0]["J"]
        slow += [J for each in found for setting, J in each["tried"] if setting["lr"] < 0.01]
    assert better == 11 and len(slow) > 200 and min(slow) > 2.2 and round(np.log(10), 1) == 2.3


claims.held(
    "The best $\\alpha$ is 1, the upper edge of this space.", by="claims/test_tuning::test_the_cell_says_the_edge"
)


@claims(
    "On average over 200 draws of the dev set the winner of 40 has a dev cost of about 0.18 on its 50 "
    "examples, and 0.25 on the "
    "test set.",
    "One run, chosen by nothing, has 0.23 on both.",
    "In 14 of the slider's 20 draws the dev cost is the lower one; a single draw may show the opposite, as "
    "draw 1 does.",
    "With 400 examples to choose by the gap is a third of that: 0.22 against 0.24.",
    "So the winner's dev cost is a bit too good, because the winner was chosen for it.",
    "Judge on the dev set, and the winner once on the test set: its dev cost is too good.",
)
def _(labs):
    many, one, more = (preset(labs[4], label) for label in ("40 runs", "one run", "more to judge by"))
    assert [round(found[name], 2) for found in (many, one, more) for name in ("dev", "test")] == [
        *(0.18, 0.25),
        *(0.23, 0.23),
        *(0.22, 0.24),
    ]
    assert 0.25 < more["too_good"] / many["too_good"] < 0.4
    draws = [preset(labs[4], "40 runs", draw=draw) for draw in range(1, 21)]
    lower = [found["winners_dev"] < found["winners_test"] for found in draws]
    assert sum(lower) == 14 and not lower[0]
    for examples in (20, 50, 100, 200, 400):  # too good at every size, the more runs the more
        gaps = [facts(labs[4], runs=runs, examples=examples)["too_good"] for runs in (2, 10, 40)]
        assert 0 < gaps[0] < gaps[1] < gaps[2]


@claims(
    "With $\\alpha = 0.01$ all the patience does not help: the caviar wins in all 20 draws, by trying.",
    "With $\\alpha = 1$, a good hand, the panda wins in all 20, since its one model trains longer; and turned "
    "up half-way "
    "it wins in all 20, too.",
    "with 48 each has 100 steps only, and the best of them is worse than the best of 16 in all 20 draws but one",
)
def _(labs):
    sixteen, many = ([best_of(labs[5], K, draw) for draw in range(1, 21)] for K in (16, 48))
    asleep, steady, turned = (preset(labs[5], label)["panda"] for label in ("16 models", "a good hand", "turned up"))
    assert asleep > max(sixteen) and max(steady, turned) < min(sixteen)
    assert sum(a > b for a, b in zip(many, sixteen)) == 19


@functools.cache
def best_of(lab, K, draw):
    """The dev cost of the caviar; the panda's turn, which comes after it, is the same in every draw."""
    for done, _ in lab.update(**{**lab.start, "K": K, "draw": draw}):
        if done >= 0.5:
            return lab.update.facts["caviar"]


claims.held(
    "every trial tries a new value of everything", by="core/test_search::test_random_tries_more_values_than_the_grid"
)


@claims("$\\alpha$ evenly in its exponent, $\\beta$ through $1 - \\beta$, layers and units evenly.")
def _():
    counts = np.bincount(integers(2, 4, 30_000, np.random.default_rng(0)))[2:]
    assert (abs(counts / 10_000 - 1) < 0.05).all()
    decades = np.histogram(np.log10(log_uniform(1e-4, 1, 40_000, np.random.default_rng(0))), [-4, -3, -2, -1, 0])[0]
    rests = np.histogram(
        np.log10(1 - one_minus_log_uniform(0.9, 0.999, 40_000, np.random.default_rng(0))), [-3, -2, -1]
    )[0]
    assert (abs(decades / 10_000 - 1) < 0.05).all() and (abs(rests / 20_000 - 1) < 0.05).all()


claims.held("Coarse to fine;", by="core/test_search::test_coarse_to_fine_is_random_search_in_ever_smaller_spaces")
claims.defines(
    "$\\alpha$ first; then $\\beta$, hidden units, mini-batch size; then layers and decay.",  # the lecturer's experience
    "Little compute: panda. Much: caviar.",  # a rule
)


def test_the_cell_says_the_edge():
    """The stored output, which nbval recomputes: the best alpha is the highest that the cell's space allows."""
    from figures import code_cells
    from places import NOTEBOOKS

    file = NOTEBOOKS / "week3/01_tuning.ipynb"
    assert any('"lr": (search.log_uniform, 1e-4, 1.0)' in code for code in code_cells(file))
    assert "24 trials; best alpha 1 with" in file.read_text("utf-8")


test_claims, test_nothing_is_unheld = claims.tests()
