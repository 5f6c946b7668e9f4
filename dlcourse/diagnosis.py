"""Bias or variance? Two subtractions and two thresholds, and what to do next."""

import numpy as np

from dlcourse._check import broadcast, finite, in_range, number, same_models

VERDICTS = ("low bias and low variance", "high variance", "high bias", "high bias and high variance")

RECIPE = {
    "high bias": (
        "a bigger network: more hidden units or layers",
        "train longer, or with a better optimizer",
        "another architecture",
    ),
    "high variance": (
        "more data, real or augmented",
        "regularize: L2, dropout, early stopping",
        "another architecture",
    ),
    "low bias and low variance": ("done: measure the test error, once",),
}


def gaps(train_error, dev_error, bayes_error=0.0):
    """Where the error comes from:  bias = train - Bayes,  variance = dev - train.

    Errors are fractions in [0, 1] (15 % is 0.15), numbers or arrays that broadcast. bayes_error is the best that
    anyone can do, often estimated by what people achieve. Either gap may be negative, then it is no trouble.
    Source: Course 2, week 1, bias/variance.

    >>> bias, variance = gaps(train_error=0.15, dev_error=0.30)
    >>> round(float(bias), 6), round(float(variance), 6)
    (0.15, 0.15)
    """
    errors = {"train_error": train_error, "dev_error": dev_error, "bayes_error": bayes_error}
    broadcast(**{n: in_range(n, error, "[0, 1]", "errors are fractions, 15 % is 0.15") for n, error in errors.items()})
    return np.subtract(train_error, bayes_error, dtype=float), np.subtract(dev_error, train_error, dtype=float)


def bayes_error(X, Y, centres, labels, noise):
    """The error on X, Y of the best rule there is, where examples are known centres plus normal noise.

    It answers 1 where the sum of exp(-|x - c|^2 / (2 noise^2)) over the centres c of class 1 exceeds that over class 0.
    Made-up data only: for real data nobody knows the best rule, and one asks how well people do.
    Shapes: X (n_x, m), Y (1, m) of 0 and 1, centres (n_x, K), labels (1, K) -> a number; any leading axes of X and Y
    are separate data sets. noise > 0: the standard deviation in each coordinate. Errors: ValueError for other noise.
    Source: Course 2, week 1, optimal (Bayes) error; the rule is Bayes's for equally likely centres.

    >>> X, Y = [[-1.0, 0.5, 3.0, -2.0]], [[0.0, 0.0, 1.0, 0.0]]           # 0.5 is nearer to the centre of class 1
    >>> float(bayes_error(X, Y, centres=[[-1.0, 1.0]], labels=[[0.0, 1.0]], noise=1.0))
    0.25
    """
    noise = number("noise", noise, "(0, inf)")
    X, Y = finite("X", X, ndim=2), in_range("Y", finite("Y", Y, ndim=2), "[0, 1]")
    centres, labels = finite("centres", centres, ndim=2), in_range("labels", finite("labels", labels), "[0, 1]")
    if labels.size != centres.shape[-1]:
        raise ValueError(f"labels must be one for each of the {centres.shape[-1]} centres, got {labels.size}")
    if centres.shape != (X.shape[-2], labels.size):
        raise ValueError(
            f"centres must have shape {X.shape[-2], labels.size}, n_x and one label each, got {centres.shape}"
        )
    if Y.shape[-2:] != (1, X.shape[-1]):
        raise ValueError(f"Y must have shape {1, X.shape[-1]}, one class for each example, got {Y.shape}")
    same_models(axes=2, X=X, Y=Y)
    far = ((X[..., :, None] - centres[:, None, :]) ** 2).sum(axis=-3) / (2 * noise**2)
    near = np.exp(far.min(axis=-1, keepdims=True) - far)
    ones = near @ np.ravel(labels) > near.sum(axis=-1) / 2
    return (ones != Y[..., 0, :]).mean(axis=-1)


def verdict(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """High bias, high variance, both or neither: a gap is high when it is more than `tolerance`.

    train_error, dev_error, bayes_error as in `gaps`: numbers give one of VERDICTS, arrays an array of them. The
    tolerance in [0, 1), two points in a hundred, is our choice; the course sets none and judges by eye. Train and dev
    set must come from the same distribution.
    Source: Course 2, week 1, bias/variance, the cat table.

    >>> verdict([0.01, 0.15, 0.15, 0.005], [0.11, 0.16, 0.30, 0.01]).tolist()
    ['high variance', 'high bias', 'high bias and high variance', 'low bias and low variance']
    >>> verdict(0.15, 0.16, bayes_error=0.14)      # blurred pictures: nobody does much better
    'low bias and low variance'
    """
    tolerance, both = in_range("tolerance", tolerance, "[0, 1)"), gaps(train_error, dev_error, bayes_error)
    broadcast(errors=both[0] + both[1], tolerance=tolerance)
    bias, variance = (gap > tolerance + 1e-12 for gap in both)
    return np.array(VERDICTS, dtype=object)[2 * bias + 1 * variance]


def next_steps(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    """The basic recipe: ("high bias", what to try) as long as bias is high, then the same for variance, then done.

    Bias first, even when both are high: with a network that fits the training set, variance can be judged anew.
    train_error, dev_error, bayes_error, tolerance as in `verdict`, numbers only. Each cure is for its own trouble: more
    data does not mend bias.
    Source: Course 2, week 1, basic recipe for machine learning.

    >>> next_steps(0.15, 0.30)[0], next_steps(0.01, 0.30)[0]
    ('high bias', 'high variance')
    """
    errors = {"train_error": train_error, "dev_error": dev_error, "bayes_error": bayes_error}
    for name, error in errors.items():
        number(name, error, "[0, 1]", "next_steps judges one model")
    found = verdict(train_error, dev_error, bayes_error, number("tolerance", tolerance, "[0, 1)"))
    trouble = "high bias" if "high bias" in found else found
    return trouble, RECIPE[trouble]
