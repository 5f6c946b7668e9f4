"""The jury of `early_stopping`: what it returns, and how many pairs it takes from the run."""

import numpy as np
from jury import Jury

jury = Jury()


@jury.right("early_stopping")
def with_a_counter(run, dev_cost, patience):
    best_theta, best_cost, best_step, waited = None, np.inf, 0, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
            waited = 0
        else:
            waited += 1
            if waited == patience:
                break
    return best_theta, best_cost, best_step


@jury.right("early_stopping")
def by_the_distance(run, dev_cost, patience):
    step = -1
    best = None
    for theta, _ in run:
        step += 1
        cost = dev_cost(theta)
        if best is None or cost < best[1]:
            best = [theta.copy(), cost, step]
        if step - best[2] >= patience:
            return best
    return best


@jury.right("early_stopping")
def in_lists(run, dev_cost, patience):
    thetas, costs = [], []
    for theta, _ in run:
        thetas.append(theta)
        costs.append(dev_cost(theta))
        best = costs.index(min(costs))
        if len(costs) - 1 - best >= patience:
            break
    return thetas[best], costs[best], best


@jury.right("early_stopping")
def with_while(pairs, cost_of, p):
    theta, J = next(pairs)
    best, t = (theta, cost_of(theta), 0), 0
    while t - best[2] < p:
        pair = next(pairs, None)
        if pair is None:
            break
        t += 1
        if cost_of(pair[0]) < best[1]:
            best = (pair[0], cost_of(pair[0]), t)
    return best


@jury.right("early_stopping")
def until_the_run_ends(run, dev_cost, patience):
    best = (None, float("inf"), -1)
    t = 0
    while True:
        try:
            theta, J = next(run)
        except StopIteration:
            return best
        if (cost := dev_cost(theta)) < best[1]:
            best = (theta, cost, t)
        if t - best[2] == patience:
            return best
        t += 1


@jury.right("early_stopping")
def in_single_precision(run, dev_cost, patience):
    lowest, kept, at = np.float32(1e30), None, 0
    for t, pair in enumerate(run):
        cost = np.float32(dev_cost(pair[0]))
        if cost < lowest:
            lowest, kept, at = cost, np.float32(pair[0]), t
        if t >= at + patience:
            break
    return kept, lowest, np.int64(at)


@jury.right("early_stopping")
def patience_left(run, dev_cost, patience):
    left, best = patience, {"cost": 1e9}
    for t, (theta, _) in enumerate(run):
        cost = dev_cost(theta)
        better = cost < best["cost"]
        best = {"theta": list(theta), "cost": cost, "step": t} if better else best
        left = patience if better else left - 1
        if not left:
            break
    return tuple(best[name] for name in ("theta", "cost", "step"))


@jury.right("early_stopping")
def with_a_helper(run, dev_cost, patience):
    def costs():
        for t, (theta, _) in enumerate(run):
            yield dev_cost(theta), t, theta

    best = (np.inf, 0, None)
    for found in costs():
        best = min(best, found, key=lambda entry: entry[0])
        if found[1] - best[1] >= patience:
            break
    return np.array(best[2]), best[0], best[1]


@jury.right("early_stopping")
def with_argmin(run, dev_cost, patience):
    seen = []
    for pair in run:
        seen.append((pair[0], dev_cost(pair[0])))
        k = int(np.argmin([cost for _, cost in seen]))
        if len(seen) - k > patience:
            break
    return (*seen[k], k)


@jury.wrong("early_stopping", "step_of_the_stop")
def loops_step(run, dev_cost, patience):
    best_theta, best_cost, waited = None, np.inf, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, waited = theta, cost, 0
        else:
            waited += 1
        if waited >= patience:
            break
    return best_theta, best_cost, t


@jury.wrong("early_stopping", "cost_of_the_stop")
def loops_cost(run, dev_cost, patience):
    best_theta, best_cost, best_step = None, np.inf, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        if t - best_step >= patience:
            break
    return best_theta, cost, best_step


@jury.wrong("early_stopping", "last_theta_kept")
def loops_theta(run, dev_cost, patience):
    best_cost, best_step = np.inf, 0
    for t, (theta, J) in enumerate(run):
        if (cost := dev_cost(theta)) < best_cost:
            best_cost, best_step = cost, t
        if t - best_step >= patience:
            break
    return theta, best_cost, best_step


@jury.wrong("early_stopping", "all_of_the_stop")
def loops_everything(run, dev_cost, patience):
    best_cost, best_step = np.inf, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_cost, best_step = cost, t
        if t - best_step >= patience:
            break
    return theta, cost, t


@jury.wrong("early_stopping", says="without a `return`")
def returns_in_the_loop_only(run, dev_cost, patience):
    best_theta, best_cost, best_step = None, np.inf, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        if t - best_step >= patience:
            return best_theta, best_cost, best_step


@jury.wrong("early_stopping", says="a for loop ends by itself")
def pulls_beyond_the_end(run, dev_cost, patience):
    best_theta, best_cost, best_step, t = None, np.inf, 0, 0
    while t - best_step <= patience:
        theta, J = next(run)
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        t += 1
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "trained_to_the_end")
def all_costs(run, dev_cost, patience):
    thetas = [theta for theta, _ in run]
    costs = [dev_cost(theta) for theta in thetas]
    k = int(np.argmin(costs))
    return thetas[k], costs[k], k


@jury.wrong("early_stopping", "whole_run_pulled_first")
def over_a_list(run, dev_cost, patience):
    return with_a_counter(list(run), dev_cost, patience)


@jury.wrong("early_stopping", "patience_ignored")
def first_rise(run, dev_cost, patience):
    best_theta, best_cost, best_step = None, np.inf, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost >= best_cost:
            break
        best_theta, best_cost, best_step = theta, cost, t
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "waiting_never_forgiven")
def counter_never_reset(run, dev_cost, patience):
    best_theta, best_cost, best_step, bad = None, np.inf, 0, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
            continue
        bad += 1
        if bad == patience:
            break
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "one_step_too_patient")
def more_than_patience(run, dev_cost, patience):
    best_theta, best_cost, best_step, waited = None, np.inf, 0, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step, waited = theta, cost, t, 0
        else:
            waited += 1
        if waited > patience:
            break
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "training_cost_watched")
def watches_j(run, dev_cost, patience):
    best_theta, best_cost, best_step = None, np.inf, 0
    for t, (theta, J) in enumerate(run):
        if J < best_cost:
            best_theta, best_cost, best_step = theta, J, t
        elif t - best_step >= patience:
            break
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "a_tie_counts_as_better")
def not_worse(run, dev_cost, patience):
    best = (None, np.inf, 0)
    for t, (theta, J) in enumerate(run):
        if dev_cost(theta) <= best[1]:
            best = (theta, dev_cost(theta), t)
        if t - best[2] >= patience:
            break
    return best


@jury.wrong("early_stopping", "counted_from_one")
def starting_at_one(run, dev_cost, patience):
    best = (None, np.inf, 1)
    for t, (theta, J) in enumerate(run, 1):
        if dev_cost(theta) < best[1]:
            best = (theta, dev_cost(theta), t)
        if t - best[2] >= patience:
            break
    return best


@jury.wrong("early_stopping", "compared_with_the_step_before")
def below_the_last(run, dev_cost, patience):
    last, waited, best = np.inf, 0, None
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < last:
            best, waited = (theta, cost, t), 0
        else:
            waited += 1
        if waited >= patience:
            break
        last = cost
    return best


@jury.wrong("early_stopping", "best_starts_at_zero")
def from_zero(run, dev_cost, patience):
    best_theta, best_cost, best_step = None, 0, 0
    for t, (theta, J) in enumerate(run):
        cost = dev_cost(theta)
        if cost < best_cost:
            best_theta, best_cost, best_step = theta, cost, t
        if t - best_step >= patience:
            break
    return best_theta, best_cost, best_step


@jury.wrong("early_stopping", "step_before_cost")
def another_order(run, dev_cost, patience):
    theta, cost, step = with_a_counter(run, dev_cost, patience)
    return theta, step, cost


@jury.wrong("early_stopping", says="It must return three things")
def theta_alone(run, dev_cost, patience):
    return with_a_counter(run, dev_cost, patience)[0]


@jury.wrong("early_stopping", says="dev_cost needs the theta of a pair")
def cost_of_a_pair(run, dev_cost, patience):
    for pair in run:
        cost = dev_cost(pair)
    return pair, cost, 0


@jury.wrong("early_stopping")
def every_second_pair(run, dev_cost, patience):
    best = (None, np.inf, 0)
    for t, (theta, J) in enumerate(run):
        next(run, None)
        if dev_cost(theta) < best[1]:
            best = (theta, dev_cost(theta), t)
        if t - best[2] >= patience:
            break
    return best


@jury.wrong("early_stopping")
def patience_of_two(run, dev_cost, patience):
    return with_a_counter(run, dev_cost, 2)


test_right, test_wrong, test_enough = jury.tests()
