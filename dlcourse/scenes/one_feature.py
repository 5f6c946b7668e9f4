"""Logistic regression on one feature, whose cost is a valley in two dimensions. Used by learning_rate_decay, mini_batches."""

from functools import partial

import numpy as np

from dlcourse.network import Net, cost, cost_and_grad
from dlcourse.surfaces import critical_points

START = np.array([-2.0, 3.0])  # w and b, before the first update


def logistic(X, Y):
    """Logistic regression on one feature, X (1, m): (objective(theta, X_t, Y_t), J above its minimum, the minimum)."""
    net = Net((1, 1))
    best = critical_points(lambda theta: cost_and_grad(net, theta, X, Y), np.zeros((1, 2)))[0]
    lowest = cost(net, best, X, Y)
    return partial(cost_and_grad, net), lambda theta: cost(net, theta, X, Y) - lowest, best
