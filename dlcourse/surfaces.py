"""Costs of two parameters, small enough to be drawn, and what they teach about costs of many: saddles, plateaus.

Each surface is an objective: theta (2,) -> (J, dtheta (2,)), any leading axes of theta in front of both.
theta is (w1, w2). So a contour plot is one call with theta (H, W, 2).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from dlcourse._check import finite, fits, function, generator, in_range, number, numeric, pair, whole


def bowl(theta):
    """Round contours, as after normalizing the inputs:  J = (w1^2 + w2^2) / 2.

    Shapes: theta (2,) -> J (), dtheta (2,); any leading axes are separate models. The gradient points straight away
    from the minimum (0, 0), and lr = 1 reaches it in one step.
    Source: Course 2, week 1, normalizing inputs.

    >>> J, dtheta = bowl(np.array([3.0, 4.0]))
    >>> float(J), dtheta.tolist()
    (12.5, [3.0, 4.0])
    """
    return ravine(theta, condition=1.0)


def parabola(theta, coefficients=(1.0, -10.0, 25.0)):
    """The cost of the course's first framework program, in one dimension:  J = a w^2 + b w + c,  dJ/dw = 2 a w + b.

    With (1, -10, 25) it is (w - 5)^2; the notes' -20 in the middle makes it (w - 10)^2 - 75.
    Shapes: theta (1,) -> J (), dtheta (1,); any leading axes are separate points. coefficients: three numbers (a, b, c).
    Errors: ValueError if coefficients are not three finite numbers.
    Source: Course 2, week 3, TensorFlow.

    >>> J, dtheta = parabola(np.array([0.0]))
    >>> float(J), dtheta.tolist()
    (25.0, [-10.0])
    """
    (a, b, c), theta = _once(_three_numbers, coefficients), numeric("theta", theta, ndim=1)
    if theta.shape[-1] != 1:
        raise ValueError(f"theta must end in 1 entry, (w,), got shape {theta.shape}")
    return (a * theta**2 + b * theta + c).sum(axis=-1), 2 * a * theta + b


def ravine(theta, condition=20.0):
    """Elongated contours, as before normalizing the inputs:  J = (w1^2 + condition w2^2) / 2.

    Shapes: theta as in `bowl`; condition >= 1 is a number or an array that broadcasts against theta.shape[:-1]. It is
    the ratio of the two curvatures: plain descent diverges for lr > 2/condition, so along w1 it is slow.
    Source: Course 2, weeks 1 (normalizing inputs) and 2 (momentum).

    >>> J, dtheta = ravine(np.array([2.0, 1.0]), condition=10.0)
    >>> float(J), dtheta.tolist()
    (7.0, [2.0, 10.0])
    """
    w1, w2 = _split(theta)
    condition = _once(_at_least_one, condition)
    if np.ndim(condition):
        condition = fits("condition", condition, w1.shape)
    return (w1**2 + condition * w2**2) / 2, _gradient(w1, condition * w2)


def saddle(theta):
    """A minimum along w1, a maximum along w2 at (0, 0):  J = w1^2/2 - w2^2/2 + w2^4/4.

    Shapes: theta as in `bowl`. The last term bounds J from below: minima of -1/4 at (0, 1) and (0, -1). Started with
    w2 = 0 exactly, descent never leaves the ridge.
    Source: Course 2, week 2, the problem of local optima.

    >>> J, dtheta = saddle(np.array([2.0, 1.0]))
    >>> float(J), dtheta.tolist()
    (1.75, [2.0, 0.0])
    """
    w1, w2 = _split(theta)
    return w1**2 / 2 - w2**2 / 2 + w2**4 / 4, _gradient(w1, w2**3 - w2)


def plateau(theta):
    """A hollow in a plain:  J = 1 - exp(-(w1^2 + w2^2)/2).

    Shapes: theta as in `bowl`. Far out it is flat: 4 away from the minimum (0, 0) the slope is 4 e^-8 = 0.0013.
    Source: Course 2, week 2, the problem of plateaus.

    >>> J, dtheta = plateau(np.array([4.0, 0.0]))
    >>> float(J.round(4)), dtheta.round(4).tolist()
    (0.9997, [0.0013, 0.0])
    """
    w1, w2 = _split(theta)
    depth = np.exp(-(w1**2 + w2**2) / 2)
    return 1 - depth, _gradient(w1 * depth, w2 * depth)


def rosenbrock(theta):
    """A curved valley with a flat floor:  J = (1 - w1)^2 + 100 (w2 - w1^2)^2, minimum 0 at (1, 1).

    Shapes: theta as in `bowl`. Downhill into the valley is quick, along it is slow.
    Source: Rosenbrock 1960, The Computer Journal 3.

    >>> J, dtheta = rosenbrock(np.array([0.0, 1.0]))
    >>> float(J), dtheta.tolist()
    (101.0, [-2.0, 200.0])
    """
    w1, w2 = _split(theta)
    off = w2 - w1**2
    return (1 - w1) ** 2 + 100 * off**2, _gradient(-2 * (1 - w1) - 400 * w1 * off, 200 * off)


def beale(theta):
    """Flat between steep corners:  J = sum over k = 1, 2, 3 of (c_k - w1 (1 - w2^k))^2, minimum 0 at (3, 0.5).

    With c = 1.5, 2.25, 2.625. Shapes: theta as in `bowl`.
    Source: Beale 1958; Moré, Garbow and Hillstrom 1981, ACM TOMS 7, problem 5.

    >>> J, dtheta = beale(np.array([1.0, 0.0]))                    # 0.5^2 + 1.25^2 + 1.625^2
    >>> float(J), dtheta.tolist()
    (4.453125, [-6.75, 1.0])
    """
    w1, w2 = _split(theta)
    J, d1, d2 = 0.0, 0.0, 0.0
    for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)):
        error = c - w1 * (1 - w2**k)
        J = J + error**2
        d1 = d1 - 2 * error * (1 - w2**k)
        d2 = d2 + 2 * error * w1 * k * w2 ** (k - 1)
    return J, _gradient(d1, d2)


def himmelblau(theta):
    """Four minima, all 0, with saddles between:  J = (w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2.

    Shapes: theta as in `bowl`. Where descent ends depends on where it starts; one minimum is (3, 2).
    Source: Himmelblau 1972, Applied Nonlinear Programming.

    >>> J, dtheta = himmelblau(np.array([0.0, 0.0]))               # 11^2 + 7^2
    >>> float(J), dtheta.tolist()
    (170.0, [-14.0, -22.0])
    """
    w1, w2 = _split(theta)
    a, b = w1**2 + w2 - 11, w1 + w2**2 - 7
    return a**2 + b**2, _gradient(4 * w1 * a + 2 * b, 2 * a + 4 * w2 * b)


class Surface(NamedTuple):
    """What a picture of a surface needs: its objective, a start, its minima, and the window (w1 from, to, w2 from, to).

    Source: views and starts are this course's choice, Rosenbrock's start (-1.2, 1) is the usual one.

    >>> SURFACES["rosenbrock"].start, SURFACES["rosenbrock"].minima
    ((-1.2, 1.0), ((1.0, 1.0),))
    """

    objective: object
    window: tuple
    start: tuple
    minima: tuple


SURFACES = {
    "bowl": Surface(bowl, (-4, 4, -3, 3), (-3.5, 2.0), ((0.0, 0.0),)),
    "ravine": Surface(ravine, (-4, 4, -3, 3), (-3.5, 2.0), ((0.0, 0.0),)),
    "saddle": Surface(saddle, (-2, 2, -1.8, 1.8), (-1.5, 0.001), ((0.0, 1.0), (0.0, -1.0))),
    "plateau": Surface(plateau, (-5, 5, -4, 4), (-3.0, 2.0), ((0.0, 0.0),)),
    "rosenbrock": Surface(rosenbrock, (-2, 2, -1, 3), (-1.2, 1.0), ((1.0, 1.0),)),
    "beale": Surface(beale, (-4.5, 4.5, -4.5, 4.5), (1.0, 1.5), ((3.0, 0.5),)),
    "himmelblau": Surface(
        himmelblau,
        (-6, 6, -6, 6),
        (-1.0, -1.0),
        ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
    ),
}


def waves(theta, W, phase):
    """A random landscape in any number of dimensions:  J = sqrt(2/K) sum over k of cos(W_k . theta + phase_k).

    Shapes: theta (n,), W (K, n), phase (K,) -> J (), dtheta (n,); any leading axes of theta are separate points.
    With many waves in random directions J is close to a Gaussian random field of mean 0 and variance 1.
    Source: the landscapes of Bray and Dean 2007, Physical Review Letters 98, 150201.

    >>> J, dtheta = waves(np.array([0.0]), W=np.array([[2.0], [1.0]]), phase=np.array([0.0, np.pi / 2]))
    >>> float(J), dtheta.tolist()
    (1.0, [-1.0])
    """
    W = finite("W", W, ndim=2)
    theta, phase = numeric("theta", theta, ndim=1), finite("phase", phase)
    if W.ndim > 2 or theta.shape[-1] != W.shape[-1]:
        raise ValueError(f"theta and W must have equally many columns, and W two axes, got {theta.shape} and {W.shape}")
    angle = theta @ W.mT + fits("phase", phase, (len(W),))
    scale = np.sqrt(2 / W.shape[-2])
    return scale * np.cos(angle).sum(axis=-1), -scale * np.sin(angle) @ W


def hessian(objective, theta, eps=1e-5):
    """Second derivatives:  row i is (dJ(theta + eps e_i) - dJ(theta - eps e_i)) / (2 eps), dJ = objective(theta)[1].

    Shapes: theta (n,) -> H (n, n), symmetric; any leading axes of theta are separate points. eps > 0.
    Errors: ValueError for a theta that is not finite. Memory: 2 n gradients at once.
    Source: the two-sided difference of Course 2, week 1, once more.

    >>> hessian(saddle, np.array([0.0, 0.0])).round(6)
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    eps, theta = number("eps", eps, "(0, inf)"), finite("theta", theta, ndim=1)
    nudges = eps * np.eye(theta.shape[-1])
    theta, slope = theta[..., None, :], _slope(objective)
    H = (slope(theta + nudges) - slope(theta - nudges)) / (2 * eps)
    return (H + H.mT) / 2


def curvatures(objective, theta, eps=1e-5):
    """The eigenvalues of the Hessian, smallest first: how J curves along its principal directions.

    Shapes: theta (n,) -> (n,); any leading axes are separate points; objective and eps as in `hessian`. Where the
    gradient is zero, all positive means a minimum, all negative a maximum, both signs a saddle.
    Source: Dauphin et al. 2014, arXiv 1406.2572.

    >>> curvatures(saddle, np.array([0.0, 1.0])).round(6).tolist()      # one of its two minima
    [1.0, 2.0]
    """
    return np.linalg.eigvalsh(hessian(objective, theta, eps))


def classify(H):
    """What a point of zero gradient is, by its Hessian: "minimum", "maximum", "saddle", or "undecided".

    All eigenvalues positive: J curves up every way, a minimum. All negative: a maximum. Both signs: a saddle. Else an
    eigenvalue is 0 (less than 1e-9 of the largest), and second derivatives cannot tell.
    Shapes: H (n, n), symmetric -> a word; any leading axes are separate points, and give an array of words.
    Errors: ValueError for an H that is not square, or not finite.
    Source: Course 2, week 2, the problem of local optima; the second derivative test of calculus.

    >>> str(classify([[1.0, 3.0], [3.0, 1.0]]))         # eigenvalues -2 and 4, though the diagonal is positive
    'saddle'
    """
    H = finite("H", H, ndim=2)
    if H.shape[-1] != H.shape[-2]:
        raise ValueError(f"H must be square, one row and one column for each parameter, got shape {H.shape}")
    values = np.linalg.eigvalsh(H)
    zero = 1e-9 * np.abs(values).max(axis=-1, keepdims=True)
    up, down = values > zero, values < -zero
    return np.select(
        [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)],
        ["minimum", "maximum", "saddle"],
        "undecided",
    )[()]


def critical_points(objective, theta, steps=60, longest=0.5):
    """Points where the gradient vanishes, by Newton's method from the starts theta:  theta := theta - H^-1 dJ.

    Shapes: theta (K, n) -> (at most K, n), for an objective(theta) -> (J, dJ). Newton is drawn to minima, saddles and
    maxima alike; steps are cut to length `longest`, and starts that have not arrived (slope below 1e-8) after `steps`
    are left out; one that moves no more is let be. The same point may come up more than once.
    Source: any book on numerical analysis; used on random landscapes as in Dauphin et al. 2014, arXiv 1406.2572.

    >>> critical_points(saddle, np.array([[0.1, 0.1], [0.1, 0.9]])).round(6).tolist()
    [[0.0, 0.0], [0.0, 1.0]]
    """
    theta = finite("theta", theta, ndim=2).copy()
    if theta.ndim > 2:
        raise ValueError(f"theta must have shape (K, n), K starts, got {theta.shape}")
    steps, longest = whole("steps", steps), number("longest", longest, "(0, inf)")
    slope, moving = _slope(objective), np.arange(len(theta))
    for _ in range(steps):
        here = theta[moving]
        step = (np.linalg.pinv(hessian(objective, here)) @ slope(here)[..., None])[..., 0]
        length = np.linalg.norm(step, axis=-1)
        theta[moving] = here - step * np.minimum(1, longest / np.maximum(length, 1e-300))[:, None]
        moving = moving[length > 1e-11]
        if not len(moving):
            break
    return theta[np.linalg.norm(slope(theta), axis=-1) < 1e-8]


def random_curvatures(n, K, rng):
    """The curvatures of K random critical points in n dimensions: eigenvalues of random symmetric matrices, (K, n).

    The entries, drawn from rng, are normal and independent, with variance 2 on the diagonal and 1 off it; each sign is
    equally likely. It is an idealization: in a landscape such as `waves` the lower J, the more directions curve up.
    Source: the Gaussian orthogonal ensemble; Dean and Majumdar 2006, Physical Review Letters 97, 160201.

    >>> random_curvatures(3, 1000, np.random.default_rng(0)).shape
    (1000, 3)
    """
    A = generator("rng", rng).normal(size=(whole("K", K), whole("n", n), n))
    return np.linalg.eigvalsh((A + A.mT) / np.sqrt(2))


def shares(curvatures):
    """What kinds of critical points these are: {"minimum": share, "saddle": share, "maximum": share}.

    Shapes: curvatures (K, n), one row for each point. A point is a saddle when curvatures of both signs occur.
    Source: Course 2, week 2: "most points of zero gradient are saddle points".

    >>> shares(np.array([[1.0, 2.0], [-1.0, 1.0], [-1.0, 3.0], [-2.0, -1.0]]))
    {'minimum': 0.25, 'saddle': 0.5, 'maximum': 0.25}
    """
    curvatures = finite("curvatures", curvatures, ndim=2)
    up, down = (curvatures > 0).all(axis=-1), (curvatures < 0).all(axis=-1)
    return {"minimum": float(up.mean()), "saddle": float((~up & ~down).mean()), "maximum": float(down.mean())}


def _slope(objective):
    """theta -> dJ, for an objective(theta) -> (J, dJ)."""
    function("objective", objective)
    return lambda theta: pair("objective", objective(theta))[1]


def _once(check, constant):
    """check(constant): of a constant that can be looked up, as a number can, it is made only once."""
    try:
        return check(constant)
    except TypeError:  # an array, a list
        return check.__wrapped__(constant)


@lru_cache
def _at_least_one(condition):
    return in_range("condition", condition, "[1, inf)")


@lru_cache
def _three_numbers(coefficients):
    coefficients = finite("coefficients", coefficients, ndim=1)
    if coefficients.shape != (3,):
        raise ValueError(f"coefficients must be three numbers a, b, c, got shape {coefficients.shape}")
    return coefficients.tolist()


def _gradient(d1, d2):
    """The two slopes as one array (..., 2)."""
    gradient = np.empty((*np.shape(d2), 2))
    gradient[..., 0], gradient[..., 1] = d1, d2
    return gradient


def _split(theta):
    """w1 and w2; a theta of any other length is no point of the plane."""
    theta = numeric("theta", theta)
    if theta.shape[-1:] != (2,):
        raise ValueError(f"theta must end in 2 entries, (w1, w2), got shape {theta.shape}")
    return theta[..., 0], theta[..., 1]
