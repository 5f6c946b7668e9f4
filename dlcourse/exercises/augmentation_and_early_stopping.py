"""Exercise on early stopping (week 1), run on a training whose dev costs are given."""

from dlcourse import training
from dlcourse.exercises._engine import Exercise, Help, case, show


def watched(stop, costs, patience):
    """Run `stop` on a training of as many pairs as there are dev costs, while J falls all the time."""
    pairs = iter([([10.0 + t], 100.0 - t) for t in range(len(costs))])
    returned = stop(pairs, lambda theta: costs[round(theta[0]) - 10], patience)
    if not isinstance(returned, (tuple, list)) or len(returned) != 3:
        raise Help(f"It must return three things: `return best_theta, best_cost, best_step`. Came: {show(returned)}")
    theta, cost, step = returned
    return {"theta": theta, "dev cost": cost, "step": step, "pairs pulled": len(costs) - len(list(pairs))}


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


def counted_from_one(run, dev_cost, patience):
    """The steps are counted from 1.

    The first pair of a run is step 0: theta before any step was taken.
    """
    theta, cost, step = training.early_stopping(run, dev_cost, patience)
    return theta, cost, step + 1


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
        ),
        mistakes=(
            last_theta_kept,
            compared_with_the_step_before,
            waiting_never_forgiven,
            one_step_too_patient,
            trained_to_the_end,
            training_cost_watched,
            a_tie_counts_as_better,
            counted_from_one,
        ),
    ),
)
