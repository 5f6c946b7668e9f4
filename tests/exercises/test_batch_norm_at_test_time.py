"""Answers to the exercise of week 3, batch norm at test time: right in another style, and wrong as students are."""

import numpy as np
from jury import Jury

from dlcourse import averages

jury = Jury()
right, wrong = (lambda: jury.right("at_test_time")), (lambda *a, **k: jury.wrong("at_test_time", *a, **k))


@right()
def as_in_the_lecture(z, batches, beta=0.9, eps=1e-5):
    mu, var = 0, 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(axis=1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(axis=1, keepdims=True)
    correction = 1 - beta ** len(batches)
    return (z - mu / correction) / np.sqrt(var / correction + eps)


@right()
def counted_from_one(z, batches, beta=0.9, eps=1e-5):
    v_mu = np.zeros_like(z)
    v_var = np.zeros_like(z)
    for t, Z in enumerate(batches, 1):
        mean = np.sum(Z, axis=1, keepdims=True) / Z.shape[1]
        v_mu += (1 - beta) * (mean - v_mu)
        v_var += (1 - beta) * (np.mean((Z - mean) ** 2, axis=1, keepdims=True) - v_var)
        mu, var = v_mu / (1 - beta**t), v_var / (1 - beta**t)
    return (z - mu) * (var + eps) ** -0.5


@right()
def by_the_weights(z, batches, beta=0.9, eps=1e-5):
    weights = beta ** np.arange(len(batches))[::-1]
    weights = weights / weights.sum()
    mu = np.tensordot(weights, batches.mean(2), 1)[:, None]
    var = np.tensordot(weights, batches.var(2), 1)[:, None]
    return (z - mu) / np.sqrt(var + eps)


@right()
def with_numpys_average(z, batches, beta=0.9, eps=1e-5):
    share = [beta**k for k in reversed(range(len(batches)))]
    mu = np.average(batches.mean(-1), axis=0, weights=share)
    var = np.average(batches.var(-1), axis=0, weights=share)
    return ((z[:, 0] - mu) / np.sqrt(var + eps)).reshape(-1, 1)


@right()
def unit_by_unit(z, batches, beta=0.9, eps=1e-5):
    result = []
    for i in range(len(z)):
        mu = var = 0.0
        for Z in batches:
            row = list(Z[i])
            mean = sum(row) / len(row)
            mu = beta * mu + (1 - beta) * mean
            var = beta * var + (1 - beta) * sum((v - mean) ** 2 for v in row) / len(row)
        left = 1 - beta ** len(batches)
        result.append([(z[i, 0] - mu / left) / (var / left + eps) ** 0.5])
    return result


@right()
def by_the_chapter(z, batches, beta=0.9, eps=1e-5):
    mu, var = (
        averages.ewa_series(np.moveaxis(series, 0, -1), beta, bias_correction=True)[..., -1:]
        for series in (batches.mean(axis=2), batches.var(axis=2))
    )
    return (z - mu) / np.sqrt(var + eps)


@right()
def both_in_one_array(z, batches, beta=0.9, eps=1e-5):
    running = np.zeros((2, len(z), 1))
    for Z in batches:
        running = beta * running + (1 - beta) * np.array([Z.mean(1), Z.var(1)])[:, :, None]
    mu, var = running / (1 - beta ** len(batches))
    return (z - mu) / np.sqrt(var + eps)


@right()
def square_of_the_mean(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mean = Z.mean(1)
        mu, var = beta * mu + (1 - beta) * mean, beta * var + (1 - beta) * ((Z**2).mean(1) - mean**2)
    mu, var = (averages.bias_correction(v, beta, len(batches))[:, None] for v in (mu, var))
    return (z - mu) / np.sqrt(var + eps)


@right()
def by_keyword(*, z, batches, beta=0.9, eps=1e-5):
    T = len(batches)
    weights = [(1 - beta) * beta ** (T - t) / (1 - beta**T) for t in range(1, T + 1)]
    mu = sum(w * Z.mean(1, keepdims=True) for w, Z in zip(weights, batches))
    var = sum(w * Z.var(1, keepdims=True) for w, Z in zip(weights, batches))
    return (z - mu) / np.sqrt(var + eps)


@wrong("by_its_own")
def as_in_training(z, batches, beta=0.9, eps=1e-5):
    mu, var = z.mean(1, keepdims=True), z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var + eps)


@wrong("by_the_last_batch")
def newest(z, batches, beta=0.9, eps=1e-5):
    for Z in batches:
        mu, var = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var + eps)


@wrong("all_batches_alike")
def plain_means(z, batches, beta=0.9, eps=1e-5):
    mu = np.mean([Z.mean(axis=1) for Z in batches], axis=0)
    var = np.mean([Z.var(axis=1) for Z in batches], axis=0)
    return (z - mu[:, None]) / np.sqrt(var[:, None] + eps)


@wrong("all_examples_together")
def one_long_batch(z, batches, beta=0.9, eps=1e-5):
    every = np.concatenate(list(batches), axis=1)
    return (z - every.mean(1, keepdims=True)) / np.sqrt(every.var(1, keepdims=True) + eps)


@wrong("not_corrected")
def as_keras_without_end(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var + eps)


@wrong("only_the_mean_corrected")
def half_corrected(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    mu = mu / (1 - beta ** len(batches))
    return (z - mu) / np.sqrt(var + eps)


@wrong("only_the_variance_corrected")
def the_other_half(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var / (1 - beta ** len(batches)) + eps)


@wrong("corrected_in_each_step")
def written_back(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for t, Z in enumerate(batches, 1):
        mu = (beta * mu + (1 - beta) * Z.mean(1, keepdims=True)) / (1 - beta**t)
        var = (beta * var + (1 - beta) * Z.var(1, keepdims=True)) / (1 - beta**t)
    return (z - mu) / np.sqrt(var + eps)


@wrong("variance_from_one")
def as_in_pytorch(z, batches, beta=0.9, eps=1e-5):
    mu, var = np.zeros_like(z), np.ones_like(z)
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var + eps)


@wrong("from_the_first_batch")
def no_need_to_correct(z, batches, beta=0.9, eps=1e-5):
    mu = var = None
    for Z in batches:
        mean, variance = Z.mean(1, keepdims=True), Z.var(1, keepdims=True)
        mu = mean if mu is None else beta * mu + (1 - beta) * mean
        var = variance if var is None else beta * var + (1 - beta) * variance
    return (z - mu) / np.sqrt(var + eps)


@wrong("weights_swapped")
def momentum_of_pytorch(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = (1 - beta) * mu + beta * Z.mean(1, keepdims=True)
        var = (1 - beta) * var + beta * Z.var(1, keepdims=True)
    left = 1 - (1 - beta) ** len(batches)
    return (z - mu / left) / np.sqrt(var / left + eps)


@wrong("the_oldest_most")
def weights_from_the_front(z, batches, beta=0.9, eps=1e-5):
    weights = beta ** np.arange(len(batches))
    weights = (weights / weights.sum())[:, None, None]
    mu = (weights * batches.mean(2, keepdims=True)).sum(0)
    var = (weights * batches.var(2, keepdims=True)).sum(0)
    return (z - mu) / np.sqrt(var + eps)


@wrong("spreads_averaged")
def std(z, batches, beta=0.9, eps=1e-5):
    mu = sigma = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        sigma = beta * sigma + (1 - beta) * Z.std(1, keepdims=True)
    left = 1 - beta ** len(batches)
    return (z - mu / left) / np.sqrt((sigma / left) ** 2 + eps)


@wrong("root_forgotten")
def by_the_variance(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    left = 1 - beta ** len(batches)
    return (z - mu / left) / (var / left + eps)


@wrong("m_minus_one")
def as_in_the_paper(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True, ddof=1)
    left = 1 - beta ** len(batches)
    return (z - mu / left) / np.sqrt(var / left + eps)


@wrong("mean_not_taken_away")
def only_scaled(z, batches, beta=0.9, eps=1e-5):
    var = averages.ewa_series(batches.var(2).T, beta, bias_correction=True)[:, -1:]
    return z / np.sqrt(var + eps)


@wrong("mean_of_the_last_batch")
def variable_overwritten(z, batches, beta=0.9, eps=1e-5):
    var = 0
    for Z in batches:
        mu = Z.mean(1, keepdims=True)
        var = beta * var + (1 - beta) * Z.var(1, keepdims=True)
    return (z - mu) / np.sqrt(var / (1 - beta ** len(batches)) + eps)


@wrong("eps_outside_the_root")
def like_adam(z, batches, beta=0.9, eps=1e-5):
    mu, var = (
        averages.ewa_series(series.T, beta, bias_correction=True)[:, -1:]
        for series in (batches.mean(2), batches.var(2))
    )
    return (z - mu) / (np.sqrt(var) + eps)


@wrong("for_the_whole_layer")
def one_number_a_batch(z, batches, beta=0.9, eps=1e-5):
    mu = var = 0
    for Z in batches:
        mu, var = beta * mu + (1 - beta) * Z.mean(), beta * var + (1 - beta) * Z.var()
    left = 1 - beta ** len(batches)
    return (z - mu / left) / np.sqrt(var / left + eps)


@wrong()
def squares_averaged(z, batches, beta=0.9, eps=1e-5):
    mu = square = 0
    for Z in batches:
        mu = beta * mu + (1 - beta) * Z.mean(1, keepdims=True)
        square = beta * square + (1 - beta) * (Z**2).mean(1, keepdims=True)
    left = 1 - beta ** len(batches)
    mu, square = mu / left, square / left
    return (z - mu) / np.sqrt(square - mu**2 + eps)


@wrong(says="shape")
def statistics_returned(z, batches, beta=0.9, eps=1e-5):
    mu, var = (
        averages.ewa_series(series.T, beta, bias_correction=True)[:, -1:]
        for series in (batches.mean(2), batches.var(2))
    )
    return np.concatenate([mu, var])


test_right, test_wrong, test_enough = jury.tests()
