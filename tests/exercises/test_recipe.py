"""Answers to the exercise of week 3, recipe: right in another style, and wrong as students are."""

import math
import statistics

import numpy as np
from jury import Jury
from scipy import stats

jury = Jury()
right, wrong = (lambda: jury.right("fair_choice")), (lambda *a, **k: jury.wrong("fair_choice", *a, **k))


@right()
def a_loop_that_keeps_the_best(costs):
    best, best_gain = 0, 0.0
    for k in range(1, len(costs)):
        d = costs[0] - costs[k]
        if np.isfinite(d).all() and d.mean() > 2 * d.std(ddof=1) / np.sqrt(len(d)) and d.mean() > best_gain:
            best, best_gain = k, d.mean()
    return best


@right()
def without_a_loop(costs):
    with np.errstate(all="ignore"):
        d = costs[0] - costs
        gain, error = d.mean(1), d.std(1, ddof=1) / d.shape[1] ** 0.5
    return np.argmax(np.where(gain > 2 * error, gain, 0))


@right()
def nan_compares_false(costs):
    """What diverged fails by itself: every comparison with nan is false, and minus infinity gains nothing."""
    d = costs[0] - costs
    passes = d.mean(axis=1) ** 2 > 4 * d.var(axis=1, ddof=1) / costs.shape[1]
    gains = [mean if ok and mean > 0 else 0 for mean, ok in zip(d.mean(axis=1), passes)]
    return gains.index(max(gains))


@right()
def of_the_standard_library(costs):
    gains = {0: 0.0}
    for k, row in enumerate(costs.tolist()):
        d = [a - b for a, b in zip(costs[0].tolist(), row)]
        if k and all(map(math.isfinite, row)):
            if statistics.mean(d) > 2 * statistics.stdev(d) / math.sqrt(len(d)):
                gains[k] = statistics.mean(d)
    return max(gains, key=gains.get)


@right()
def by_t(table):
    """The ratio of the two is Student's t."""
    candidates = [(0.0, 0)]
    for k, row in enumerate(table[1:], start=1):
        if not np.isnan(row).any() and not np.isinf(row).any() and stats.ttest_rel(table[0], row).statistic > 2:
            candidates.append((np.mean(table[0] - row), k))
    return max(candidates)[1]


@right()
def sorted_by_gain(costs):
    for k in np.argsort(costs.mean(axis=1)):
        d = costs[0] - costs[k]
        if np.isfinite(d).all() and d.mean() > 2 * np.sqrt(d.var(ddof=1) / d.size):
            return k
    return 0


@right()
def one_number_in_an_array(costs):
    return np.array([without_a_loop(costs)])


@right()
def single_precision(costs):
    return float(without_a_loop(np.float32(costs)))


@right()
def by_keyword(*, costs):
    def passes(k):
        d = costs[0] - costs[k]
        n = d.size
        mean = d.sum() / n
        return mean > 2 * (((d - mean) ** 2).sum() / (n - 1) / n) ** 0.5

    passing = [k for k in range(1, len(costs)) if np.isfinite(costs[k]).all() and passes(k)]
    return min(passing, key=lambda k: costs[k].sum(), default=0)


def surely_better(d, times=2):
    return np.isfinite(d).all() and d.mean() > times * d.std(ddof=1) / len(d) ** 0.5


@wrong("lowest_mean")
def just_the_best(costs):
    return np.argmin(np.nan_to_num(costs, nan=np.inf).mean(axis=1))


@wrong("lowest_median")
def median(costs):
    return np.argmin(np.median(np.where(np.isfinite(costs).all(1, keepdims=True), costs, np.inf), axis=1))


@wrong("luckiest_run")
def best_single_run(costs):
    finished = [k for k in range(len(costs)) if np.isfinite(costs[k]).all()]
    return min(finished, key=lambda k: costs[k].min())


@wrong("lowest_mean")
def any_gain(costs):
    gains = [(costs[0] - row).mean() if np.isfinite(row).all() else 0.0 for row in costs]
    return gains.index(max(gains))


@wrong("votes_counted")
def majority(costs):
    wins = [np.sum(row < costs[0]) * np.isfinite(row).all() for row in costs]
    return int(np.argmax(wins)) if max(wins) > costs.shape[1] / 2 else 0


@wrong("not_paired")
def two_samples(costs):
    best, best_gain = 0, 0.0
    for k in range(1, len(costs)):
        gain = costs[0].mean() - costs[k].mean()
        error = np.sqrt((costs[0].var(ddof=1) + costs[k].var(ddof=1)) / costs.shape[1])
        if gain > 2 * error and gain > best_gain:
            best, best_gain = k, gain
    return best


@wrong("spread_of_the_reference")
def within_the_dots_of_the_reference(costs):
    error = costs[0].std(ddof=1) / np.sqrt(costs.shape[1])
    gains = costs[0].mean() - costs.mean(axis=1)
    return int(np.argmax(np.where(gains > 2 * error, gains, 0)))


@wrong("spread_for_standard_error")
def no_root_of_s(costs):
    d = costs[0] - costs
    return np.argmax(np.where(d.mean(1) > 2 * d.std(1, ddof=1), d.mean(1), 0))


@wrong("divided_by_the_number")
def s_without_a_root(costs):
    d = costs[0] - costs
    return np.argmax(np.where(d.mean(1) > 2 * d.std(1, ddof=1) / costs.shape[1], d.mean(1), 0))


@wrong("once_for_twice")
def one_standard_error(costs):
    gains = [(costs[0] - row).mean() if surely_better(costs[0] - row, times=1) else 0 for row in costs]
    return int(np.argmax(gains))


@wrong("one_over_S")
def numpys_std(costs):
    d = costs[0] - costs
    return np.argmax(np.where(d.mean(1) > 2 * d.std(1) / costs.shape[1] ** 0.5, d.mean(1), 0))


@wrong("diverged_left_out")
def nanmean(costs):
    d = np.where(np.isfinite(costs), costs[0] - costs, np.nan)
    gain, n = np.nanmean(d, axis=1), np.isfinite(d).sum(axis=1)
    return np.argmax(np.where(gain > 2 * np.nanstd(d, axis=1, ddof=1) / n**0.5, gain, 0))


@wrong("diverged_wins")
def nan_forgotten(costs):
    d = costs[0] - costs
    gain, error = d.mean(1), d.std(1, ddof=1) / costs.shape[1] ** 0.5
    gain[gain <= 2 * error] = 0
    return np.argmax(gain)


@wrong("one_diverged_stops_all")
def all_or_nothing(costs):
    return 0 if np.isnan(costs).any() or np.isinf(costs).any() else a_loop_that_keeps_the_best(costs)


@wrong("higher_is_better")
def as_accuracies(costs):
    d = costs - costs[0]
    gain, error = d.mean(1), d.std(1, ddof=1) / costs.shape[1] ** 0.5
    return int(np.argmax([g if g > 2 * e and np.isfinite(g) else 0 for g, e in zip(gain, error)]))


@wrong("either_way")
def absolute_value(costs):
    gains = [abs((costs[0] - row).mean()) if np.isfinite(row).all() else 0 for row in costs]
    errors = [np.std(costs[0] - row, ddof=1) / len(row) ** 0.5 for row in costs]
    return int(np.argmax([g if g > 2 * e else 0 for g, e in zip(gains, errors)]))


@wrong("only_the_front_runner")
def judge_the_winner(costs):
    k = int(np.argmin(np.where(np.isfinite(costs).all(1), costs.mean(1), np.inf)))
    return k if surely_better(costs[0] - costs[k]) else 0


@wrong("first_that_passes")
def return_in_the_loop(costs):
    for k in range(1, len(costs)):
        if surely_better(costs[0] - costs[k]):
            return k
    return 0


@wrong("last_that_passes")
def overwritten(costs):
    best = 0
    for k in range(1, len(costs)):
        if surely_better(costs[0] - costs[k]):
            best = k
    return best


@wrong("the_surest")
def largest_t(costs):
    t = [0.0]
    for row in costs[1:]:
        d = costs[0] - row
        t.append(d.mean() / (d.std(ddof=1) / len(d) ** 0.5) if surely_better(d) else 0.0)
    return int(np.argmax(t))


@wrong("counted_without_the_reference")
def one_too_low(costs):
    gains = [(costs[0] - row).mean() if surely_better(costs[0] - row) else 0 for row in costs[1:]]
    return int(np.argmax(gains))


@wrong("the_gain")
def how_much(costs):
    return max([(costs[0] - row).mean() for row in costs if surely_better(costs[0] - row)], default=0)


@wrong("seeds_for_rows")
def axis_zero(costs):
    d = costs[:, :1] - costs
    gain, error = d.mean(axis=0), d.std(axis=0, ddof=1) / len(costs) ** 0.5
    return np.argmax(np.where(gain > 2 * error, gain, 0))


@wrong(says="returns nothing (None) for this input")
def no_return_at_the_end(costs):
    for k in np.argsort(costs.mean(axis=1)):
        if surely_better(costs[0] - costs[k]):
            return k


@wrong(says="One result is expected, and 2 came; the first is right")
def row_and_gain(costs):
    k = a_loop_that_keeps_the_best(costs)
    return k, (costs[0] - costs[k]).mean()


@wrong(says="is ambiguous")
def all_rows_at_once(costs):
    d = costs[0] - costs
    return int(np.argmax(d.mean(1))) if d.mean(1) > 2 * d.std(1, ddof=1) / costs.shape[1] ** 0.5 else 0


@wrong()
def the_row_itself(costs):
    return costs[a_loop_that_keeps_the_best(costs)]


@wrong()
def yes_or_no(costs):
    return [surely_better(costs[0] - row) for row in costs]


test_right, test_wrong, test_enough = jury.tests()
