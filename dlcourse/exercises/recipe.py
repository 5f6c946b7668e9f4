"""Exercise on a fair choice between configurations, from paired seeds (week 3)."""

import numpy as np

from dlcourse import search
from dlcourse.exercises._engine import Exercise, case


def _choice(gains, errors, times=2.0):
    """The row of the largest gain among those that exceed `times` their standard error; nan never does."""
    passed = np.where(gains > times * errors, gains, 0.0)
    return int(passed.argmax())


def _paired(costs, ddof=1):
    """Mean difference to row 0, and its standard error, for each row."""
    with np.errstate(all="ignore"):
        d = costs[0] - costs
        return d.mean(axis=1), d.std(axis=1, ddof=ddof) / costs.shape[1] ** 0.5


def _finished(costs):
    """The costs, where a row that diverged is nan throughout."""
    return np.where(np.isfinite(costs).all(axis=1, keepdims=True), costs, np.nan)


def lowest_mean(costs):
    """The lowest mean is taken, whatever the luck of the draw.

    Some row always has the lowest mean. Ask of each difference to row 0 whether it exceeds twice its standard error.
    """
    return int(np.nanargmin(_finished(costs).mean(axis=1)))


def lowest_median(costs):
    """The lowest median is taken, whatever the luck of the draw.

    Some row always has the lowest. Ask of each mean difference to row 0 whether it exceeds twice its standard error.
    """
    return int(np.nanargmin(np.median(_finished(costs), axis=1)))


def luckiest_run(costs):
    """The row with the lowest cost of all is taken: the luckiest run.

    One seed proves nothing. Take the mean over the seeds of the differences to row 0, and its standard error.
    """
    return int(np.nanargmin(np.nanmin(_finished(costs), axis=1)))


def votes_counted(costs):
    """The row that beats row 0 for the most seeds is taken.

    How often says nothing of by how much. Take the mean of the differences, and its standard error.
    """
    wins = (_finished(costs) < costs[0]).sum(axis=1)
    return int(wins.argmax()) if wins.max() > costs.shape[1] / 2 else 0


def not_paired(costs):
    """The two rows are compared by their own spreads, not seed by seed.

    A hard seed is hard for both, and that spread has nothing to do with their difference. Subtract first, seed by seed;
    the standard error is that of the differences.
    """
    with np.errstate(all="ignore"):
        variances = costs.var(axis=1, ddof=1) / costs.shape[1]
    return _choice(_paired(costs)[0], (variances + variances[0]) ** 0.5)


def spread_of_the_reference(costs):
    """The gain is measured by the spread of the reference.

    A hard seed is hard for both, and that spread has nothing to do with their difference. The standard error is that of
    the differences, seed by seed.
    """
    return _choice(_paired(costs)[0], costs[0].std(ddof=1) / costs.shape[1] ** 0.5)


def spread_for_standard_error(costs):
    """The spread of the differences is taken for the standard error of their mean.

    A mean over S seeds is surer than a single difference: its standard error is the spread divided by the root of S.
    """
    gains, errors = _paired(costs)
    return _choice(gains, errors * costs.shape[1] ** 0.5)


def divided_by_the_number(costs):
    """The spread is divided by S, not by its root.

    The standard error of a mean falls as 1 / sqrt(S): four times as many seeds make it half as large.
    """
    gains, errors = _paired(costs)
    return _choice(gains, errors / costs.shape[1] ** 0.5)


def once_for_twice(costs):
    """One standard error is enough for you, two are asked for.

    By luck alone one row in five or six is better by one standard error.
    """
    return _choice(*_paired(costs), times=1.0)


def one_over_S(costs):
    """The spread has 1/S in it.

    With few seeds it comes out too small, since the mean was taken from the same numbers: 1/(S - 1) makes up for it.
    """
    return _choice(*_paired(costs, ddof=0))


def diverged_left_out(costs):
    """Of a row that diverged, the runs that finished are counted.

    They are the lucky ones. A configuration that diverges for one seed in five is not one to go on with.
    """
    S = np.isfinite(costs).sum(axis=1)
    with np.errstate(all="ignore"):
        d = np.where(np.isfinite(costs), costs[0] - costs, np.nan)
        gains = np.nansum(d, axis=1) / S
        errors = np.sqrt(np.nansum((d - gains[:, None]) ** 2, axis=1) / (S - 1) / S)
    return _choice(np.nan_to_num(gains), np.where(S > 1, errors, np.inf))


def diverged_wins(costs):
    """A row that diverged is taken: its mean is nan.

    np.argmax takes nan for the largest of all, and np.argmin for the least. Leave out the rows that are not finite.
    """
    gains, errors = _paired(costs)
    return int(np.where(gains <= 2 * errors, 0.0, gains).argmax())


def one_diverged_stops_all(costs):
    """As soon as one row has diverged, the reference is kept.

    The other rows may still be better. Leave out that row alone.
    """
    return search.fair_choice(costs) if np.isfinite(costs).all() else 0


def higher_is_better(costs):
    """A worse row is taken: these are costs, the lower the better.

    The gain is the cost of row 0 minus that of the other.
    """
    gains, errors = _paired(costs)
    return _choice(-gains, errors)


def either_way(costs):
    """A row that is surely worse is taken for one that is surely better.

    The sign counts. The gain itself must exceed twice its standard error, not its absolute value.
    """
    gains, errors = _paired(costs)
    return _choice(np.abs(gains), errors)


def only_the_front_runner(costs):
    """Only the row of the lowest mean is looked at; if it does not pass, the reference is kept.

    Behind one that was lucky there may be one that is surely better. First see who passes, then take the largest gain.
    """
    gains, errors = _paired(_finished(costs))
    k = int(np.nanargmax(gains))
    return k if gains[k] > 2 * errors[k] else 0


def first_that_passes(costs):
    """The first row that passes is taken, not the one of the largest gain.

    Is the `return` inside the loop? See all of them first.
    """
    gains, errors = _paired(costs)
    return int((gains > 2 * errors).argmax())


def last_that_passes(costs):
    """The last row that passes is taken, not the one of the largest gain.

    Keep the best so far, and let the next one take its place only if its gain is larger.
    """
    gains, errors = _paired(costs)
    return int(np.flatnonzero(np.r_[True, (gains > 2 * errors)[1:]])[-1])


def the_surest(costs):
    """The row is taken whose gain is the largest in standard errors, not in cost.

    A tiny gain may be very sure. Among those that pass, the gain itself decides.
    """
    gains, errors = _paired(costs)
    with np.errstate(all="ignore"):
        return int(np.where(gains > 2 * errors, gains / errors, 0.0).argmax())


def counted_without_the_reference(costs):
    """The rows are counted without row 0, so that the number is one too low.

    The result is the number of the row in costs, where the reference is 0 and the next is 1.
    """
    return max(search.fair_choice(costs) - 1, 0)


def the_gain(costs):
    """You return the gain, not the row.

    Asked is which row to go on with: its number.
    """
    return _paired(costs)[0][search.fair_choice(costs)]


def seeds_for_rows(costs):
    """Rows and columns are mixed up: you compare seeds, not configurations.

    A row is a configuration and a column a seed: the means run over axis 1.
    """
    return _choice(*_paired(costs.T))


MISTAKES = (
    diverged_left_out,
    diverged_wins,
    one_diverged_stops_all,
    lowest_mean,
    lowest_median,
    luckiest_run,
    votes_counted,
    not_paired,
    spread_of_the_reference,
    spread_for_standard_error,
    divided_by_the_number,
    once_for_twice,
    one_over_S,
    either_way,
    higher_is_better,
    only_the_front_runner,
    first_that_passes,
    last_that_passes,
    the_surest,
    counted_without_the_reference,
    the_gain,
    seeds_for_rows,
)


def fresh(rng):
    """Up to five rows with the same seeds, some better than row 0, some worse, one diverged now and then; no close call."""
    while True:
        K, S = rng.integers(2, 6), rng.integers(3, 7)
        hard = rng.integers(20, 70, S)  # what a seed does to all rows
        gains = rng.choice([-8, -3, 0, 0, 3, 5, 8], (K, 1)) * (np.arange(K) > 0)[:, None]
        costs = (hard - gains + rng.normal(size=(K, S)) * rng.choice([1, 4, 10], (K, 1))).round() / 10
        if K > 2 and rng.random() < 0.4:
            costs[rng.integers(1, K), rng.integers(S)] = rng.choice([np.nan, np.inf])
        gains, errors = _paired(costs[np.isfinite(costs).all(axis=1)])
        close = np.abs(gains[1:] - 2 * errors[1:]) < 0.02, np.diff(np.sort(gains)) < 0.01
        if np.nanmin(costs) > 0 and not any(c.any() for c in close):
            return case(costs)


EXERCISES = (
    Exercise(
        "fair_choice",
        "Write my_fair_choice(costs): costs (K, S) has a row for each configuration and a column for each seed, the same "
        "seeds in all rows; row 0 is the reference. Return the number of the row to go on with.\n"
        "The gain of a row is the mean of its differences to row 0, seed by seed: costs[0] - costs[k]. Among the rows whose "
        "gain exceeds twice its standard error, take the one of the largest gain; if there is none, keep 0. The standard "
        "error is std / sqrt(S), with ddof=1 in std. A row with a nan or inf has diverged, and is never taken.",
        reference=search.fair_choice,
        cases=(
            case([[5.0, 9.0, 7.0], [4.0, 8.1, 5.9]]),
            case([[5.0, 9.0, 7.0], [1.0, 9.9, 7.0]]),
            case([[3.8, 6.8, 6.3], [2.6, 5.4, 3.4], [3.0, 5.1, 4.1]]),
            case([[5.0, 4.7, 6.0], [4.6, 4.7, 4.0], [4.1, 4.8, 4.6]]),
            case([[7.0, 3.2, 4.7, 3.7, 7.1], [5.4, 2.4, 5.0, 4.4, 6.6]]),
            case([[4.7, 3.0, 4.1], [3.9, 2.4, 3.1], [1.7, 3.3, 2.8], [3.5, 2.1, 2.7]]),
            case([[6.5, 2.4, 6.1], [4.4, 1.5, 7.1], [np.nan, 1.4, 5.4], [5.5, 2.2, 5.9], [6.2, 2.0, 6.0]]),
            case([[6.4, 5.6, 3.0], [5.7, 4.7, 2.2], [8.3, 5.8, 4.1], [5.7, 4.7, 2.1], [6.2, np.nan, 2.8]]),
            case([[6.4, 3.3, 7.0], [7.4, 2.8, 5.2], [6.3, 3.2, 6.8], [6.7, 3.4, 7.3], [5.2, 3.3, 6.2]]),
            case([[5.6, 5.5, 5.8], [5.2, 6.0, 6.3], [4.0, 5.9, 5.2], [5.1, 4.8, 5.5], [4.9, np.inf, 4.6]]),
            case(
                [
                    [2.5, 4.8, 3.6, 3.6],
                    [2.1, 4.7, 3.5, 2.6],
                    [1.0, 3.9, 3.3, 2.1],
                    [1.7, 3.6, 1.8, 2.2],
                    [1.5, 4.3, 2.8, 2.1],
                ]
            ),
        ),
        fresh=fresh,
        mistakes=MISTAKES,
    ),
)
