"""Exercise on early stopping (week 1), run on a training whose dev costs are given."""

import numpy as np

from dlcourse import training
from dlcourse.exercises._engine import Exercise, Help, case, show


def watched(stop, costs, patience):
    """Run `stop` on a training of as many pairs as there are dev costs, while J falls all the time."""
    thetas = [np.array([10.0 + t]) for t in range(len(costs))]
    pairs = iter([(theta.copy(), 100.0 - t) for t, theta in enumerate(thetas)])

    def dev_cost(theta):
        at = [t for t in range(len(costs)) if np.array_equal(theta, thetas[t])]
        if not at:
            raise ValueError(f"dev_cost needs the theta of a pair, but got {show(theta)}")
        return float(costs[at[0]])

    returned = stop(pairs, dev_cost, patience)
    if not isinstance(returned, (tuple, list)) or len(returned) != 3:
        raise Help(f"It must return three things: `return best_theta, best_cost, best_step`. Came: {show(returned)}")
    theta, cost, step = returned
    return {
        "best theta": theta,
        "its dev cost": cost,
        "its step": step,
        "pairs taken from run": len(costs) - len(list(pairs)),
    }


def stopped(run, dev_cost, patience):
    """The right result, and the (theta, cost) of each pair that was pulled for it."""
    seen = []

    def kept(theta):
        seen.append((theta, dev_cost(theta)))
        return seen[-1][1]

    return training.early_stopping(run, kept, patience), seen


def last_theta_kept(run, dev_cost, patience):
    """It returns the theta at which it stopped, not the best one.

    When patience is over the best theta lies some steps back: keep it, together with its cost, each time a new best
    comes.
    """
    best_cost, best_step, kept = float("inf"), 0, None
    for t, (theta, _) in enumerate(run):
        cost, kept = dev_cost(theta), theta
        if cost < best_cost:
            best_cost, best_step = cost, t
        if t - best_step >= patience:
            break
    return kept, best_cost, best_step


def compared_with_the_step_before(run, dev_cost, patience):
    """Each cost is compared with the one before, not with the best so far.

    A small fall after a great rise is no new best. Compare with the lowest cost that there has been.
    """
    best_theta, best_cost, best_step, before, waited = None, float("inf"), 0, float("inf"), 0
    for t, (theta, _) in enumerate(run):
        cost = dev_cost(theta)
        waited = 0 if cost < before else waited + 1
        if cost < before:
            best_theta, best_cost, best_step = theta, cost, t
        if waited >= patience:
            break
        before = cost
    return best_theta, best_cost, best_step


def waiting_never_forgiven(run, dev_cost, patience):
    """The count of steps without a new best is never set back.

    Patience begins anew with every new best: only the steps since then count.
    """
    best_theta, best_cost, best_step, waited = None, float("inf"), 0, 0
    for t, (theta, _) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        else:
            waited += 1
        if waited >= patience:
            break
    return best_theta, best_cost, best_step


def one_step_too_patient(run, dev_cost, patience):
    """It waits one step too long.

    With patience 2, two steps without a new best are enough: the second of them is the last one that is pulled.
    """
    best_theta, best_cost, best_step = None, float("inf"), 0
    for t, (theta, _) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        if t - best_step > patience:
            break
    return best_theta, best_cost, best_step


def trained_to_the_end(run, dev_cost, patience):
    """It never stops: the whole run is trained before the best is picked.

    That finds the best of all, but saves no time. Stop pulling as soon as patience is over.
    """
    costs = [(dev_cost(theta), t, theta) for t, (theta, _) in enumerate(run)]
    cost, step, theta = min(costs)
    return theta, cost, step


def training_cost_watched(run, dev_cost, patience):
    """It watches J, the training cost.

    J goes on falling while the network overfits; that is the very reason to watch the dev cost.
    """
    best_theta, best_cost, best_step = None, float("inf"), 0
    for t, (theta, J) in enumerate(run):
        if best_cost > J:
            best_theta, best_cost, best_step = theta, J, t
        if t - best_step >= patience:
            break
    return best_theta, best_cost, best_step


def a_tie_counts_as_better(run, dev_cost, patience):
    """An equal cost counts as a new best.

    Where the cost stands still nothing has improved: only a lower one is better, and the earlier theta is kept.
    """
    best_theta, best_cost, best_step = None, float("inf"), 0
    for t, (theta, _) in enumerate(run):
        cost = dev_cost(theta)
        if cost <= best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        if t - best_step >= patience:
            break
    return best_theta, best_cost, best_step


def step_of_the_stop(run, dev_cost, patience):
    """The step is the one at which it stopped, not that of the best theta.

    theta, cost and step belong together: keep the number of the step each time a new best comes.
    """
    (theta, cost, _), seen = stopped(run, dev_cost, patience)
    return theta, cost, len(seen) - 1


def cost_of_the_stop(run, dev_cost, patience):
    """The cost is the last one, not that of the best theta.

    theta, cost and step belong together: keep the cost each time a new best comes.
    """
    (theta, _, step), seen = stopped(run, dev_cost, patience)
    return theta, seen[-1][1], step


def all_of_the_stop(run, dev_cost, patience):
    """It returns where it stopped: the last theta, with its cost and step.

    When patience is over the best theta lies some steps back. Keep theta, cost and step each time a new best comes, and
    return these.
    """
    _, seen = stopped(run, dev_cost, patience)
    return *seen[-1], len(seen) - 1


def whole_run_pulled_first(run, dev_cost, patience):
    """The result is right, but the whole run was pulled before anything was looked at.

    run is a training: each pair that is pulled costs a step. A list of it, or a loop without an end, trains on after
    patience is over. Look at each pair as it comes.
    """
    return training.early_stopping(iter(list(run)), dev_cost, patience)


def patience_ignored(run, dev_cost, patience):
    """It stops at the first pair that brings no new best, whatever patience is.

    A single bump is no reason to stop: wait until there was no new best for `patience` pairs in a row.
    """
    return training.early_stopping(run, dev_cost, 1)


def patience_counts_all_pairs(run, dev_cost, patience):
    """patience is taken as the number of pairs to pull.

    It says how many pairs without a new best are borne. As long as new bests come, training goes on.
    """
    costs = [(dev_cost(theta), t, theta) for t, (theta, _) in zip(range(patience), run)]
    cost, step, theta = min(costs)
    return theta, cost, step


def best_starts_at_zero(run, dev_cost, patience):
    """The lowest cost so far starts at zero, so that no cost is ever lower.

    Start with one that every cost is below (infinity), or with the first pair.
    """
    for t, (theta, _) in enumerate(run):
        if t >= patience:
            break
    return None, 0.0, 0


def highest_kept(run, dev_cost, patience):
    """It keeps the theta with the highest cost.

    A cost is to be small: the new one is better if it is less than the best so far.
    """
    theta, cost, step = training.early_stopping(run, lambda theta: -dev_cost(theta), patience)
    return theta, -cost, step


def step_before_cost(run, dev_cost, patience):
    """The results are right, but in another order: cost and step are exchanged.

    The task says: the best theta, then its dev cost, then its step.
    """
    theta, cost, step = training.early_stopping(run, dev_cost, patience)
    return theta, step, cost


def cost_first(run, dev_cost, patience):
    """The results are right, but in another order: the cost comes first.

    The task says: the best theta, then its dev cost, then its step.
    """
    theta, cost, step = training.early_stopping(run, dev_cost, patience)
    return cost, theta, step


def training_cost_returned(run, dev_cost, patience):
    """The cost that is returned is J, the training cost.

    The second result is what dev_cost gives for the best theta.
    """
    theta, _, step = training.early_stopping(run, dev_cost, patience)
    return theta, 100.0 - step, step


def counted_from_one(run, dev_cost, patience):
    """The steps are counted from 1.

    The first pair of a run is step 0: theta before any step was taken.
    """
    theta, cost, step = training.early_stopping(run, dev_cost, patience)
    return theta, cost, step + 1


def draw(rng):
    """Dev costs that wander, with ties; some runs end before patience is over."""
    costs = 12 + np.cumsum(rng.choice([-2, -1, 0, 1, 2], rng.integers(1, 16)))
    return case(tuple(abs(costs).tolist()), int(rng.integers(1, 5)))


EXERCISES = (
    Exercise(
        "early_stopping",
        "Write my_stop(run, dev_cost, patience): pull pairs (theta, J) from run, in a for loop, until dev_cost(theta) "
        "has not gone below its lowest value for `patience` pairs in a row, or the run ends. Return the best theta, "
        "its dev cost, and its step (the first pair is step 0).",
        reference=training.early_stopping,
        run=watched,
        cases=(
            case((3, 2, 4, 5, 6), 1),
            case((3, 2, 4, 5, 6, 7), 2),
            case((5, 4, 6, 3, 7, 2, 8, 9, 10, 11), 2),
            case((5, 3, 3, 3, 4, 6, 8), 3),
            case((5, 2, 6, 4, 7, 3, 8, 9, 9, 9), 3),
            case((4, 3, 2, 1), 2),
            case((6, 5, 4, 3, 4, 5, 2, 1), 2),
        ),
        fresh=draw,
        mistakes=(
            last_theta_kept,
            compared_with_the_step_before,
            waiting_never_forgiven,
            one_step_too_patient,
            trained_to_the_end,
            training_cost_watched,
            a_tie_counts_as_better,
            counted_from_one,
            step_of_the_stop,
            cost_of_the_stop,
            all_of_the_stop,
            whole_run_pulled_first,
            patience_ignored,
            patience_counts_all_pairs,
            best_starts_at_zero,
            highest_kept,
            step_before_cost,
            cost_first,
            training_cost_returned,
        ),
    ),
)
