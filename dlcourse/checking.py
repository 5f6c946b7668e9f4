"""Gradient checking: is the gradient that backpropagation gives the slope of the cost? For debugging, not for training.

Here an objective has to take stacked theta, as all in this package do: theta (K, P) gives J (K,). So all the nudged
thetas are one call, and the formula on the slide is the code. Check with every term of the cost included, with dropout
off or its mask fixed, at a random start and again after some training.
"""

from dataclasses import dataclass

import numpy as np

from dlcourse._check import finite, flag, function, generator, in_range, number, pair, same_models, whole
from dlcourse.parameters import mask, unpack


def numerical_gradient(objective, theta, eps=1e-7, directions=None, one_sided=False):
    """The slope of J by nudging theta, one entry after the other:

        (J(theta + eps e_i) - J(theta - eps e_i)) / (2 eps)      error O(eps^2), two evaluations for each entry
        (J(theta + eps e_i) - J(theta)) / eps                    error O(eps),   one_sided=True, one evaluation

    Shapes: theta (P,), one model -> (P,); directions (D, P) -> (D,), the slopes along these instead of along the axes.
    objective(theta) -> (J, dtheta) takes stacked theta. eps > 0.
    Errors: ValueError for a stack of models, and for an objective that does not take one or is random.
    Source: Course 2, week 1, numerical approximation of gradients.

    >>> cube = lambda w: (w[..., 0] ** 3, 3 * w**2)              # at 1 the slope is 3
    >>> [numerical_gradient(cube, [1.0], eps=0.01, one_sided=s).round(4).item() for s in (False, True)]
    [3.0001, 3.0301]
    """
    theta, J, _ = _evaluate(objective, theta)
    eps, one_sided = number("eps", eps, "(0, inf)"), flag("one_sided", one_sided)
    P, D = len(theta), len(theta)
    if directions is not None:
        directions = finite("directions", directions, ndim=2)
        D = len(directions)
        if directions.shape != (D, P):
            raise ValueError(f"directions must have shape (D, {P}), got {directions.shape}")
    slopes, rows = [], max(1, 2**16 // P)  # so many thetas in one call: never a P x P matrix for a large net
    for start in range(0, D, rows):
        stop = min(start + rows, D)
        e = np.eye(stop - start, P, start) if directions is None else directions[start:stop]
        if one_sided:
            slopes.append((objective(theta + eps * e)[0] - J) / eps)
        else:
            slopes.append((objective(theta + eps * e)[0] - objective(theta - eps * e)[0]) / (2 * eps))
    return np.concatenate(slopes)


def relative_difference(a, b):
    """How far two gradients are apart:  ||a - b|| / (||a|| + ||b||),  from 0 (equal) to 1 (opposite, or one is zero).

    Shapes: a, b (P,) -> a number; any leading axes are separate models. Two zero gradients are equal: 0. CS231n takes
    the larger norm instead of the sum, which gives up to twice as much.
    Source: Course 2, week 1, gradient checking.

    >>> float(relative_difference([3.0, 4.0], [3.0, -4.0]))      # 8 / (5 + 5)
    0.8
    """
    a, b = finite("a", a, ndim=1), finite("b", b, ndim=1)
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"a and b must be equally long, got shapes {a.shape} and {b.shape}")
    same_models(a=a, b=b)
    return _difference(a, b)


def gradient_check(objective, theta, shapes=None, eps=1e-7, samples=None, rng=None):
    """Compare the gradient an objective returns with its numerical one; the report points to the parameter at fault.

    shapes, such as net.shapes, names the parts of theta for the report. samples=20 with an rng checks a large net: not
    every entry, but the slopes along 20 random +1/-1 directions within each parameter; a fault anywhere shows in them.
    For each parameter, 0.01 |J| sqrt(entries) is added to the denominator, or mere rounding would seem a fault where
    the gradient is zero, as for b under batch norm.
    Shapes: theta (P,), one model; objective(theta) -> (J, dtheta) takes stacked theta. eps > 0.
    Errors: ValueError as in `numerical_gradient`, and for a dtheta that is not shaped like theta.
    Source: Course 2, week 1, gradient checking: how, and implementation notes.

    >>> gradient_check(lambda w: (w[..., 0] ** 2 + w[..., 1], 2 * w), [1.0, 2.0], {"W1": (1, 1), "b1": (1, 1)}).worst
    'b1'
    """
    theta, J, dtheta = _evaluate(objective, theta)
    if np.shape(dtheta) != theta.shape:
        raise ValueError(f"objective must return a gradient of shape {theta.shape}, got {np.shape(dtheta)}")
    shapes = {"theta": theta.shape} if shapes is None else shapes
    unpack(theta, shapes)
    if samples is None:
        approx, exact = unpack(numerical_gradient(objective, theta, eps), shapes), unpack(dtheta, shapes)
    else:
        approx, exact = {}, {}
        for name in shapes:
            signs = generator("rng", rng).choice([-1.0, 1.0], (whole("samples", samples), len(theta)))
            directions = signs * mask(shapes, [name])
            approx[name], exact[name] = numerical_gradient(objective, theta, eps, directions), directions @ dtheta
    by_parameter = {}
    for name in shapes:
        a, b = np.ravel(approx[name]), np.ravel(exact[name])
        by_parameter[name] = float(_ratio(_norm(a - b), _norm(a) + _norm(b) + 0.01 * abs(J) * a.size**0.5))
    everything = [np.concatenate([np.ravel(part[name]) for name in shapes]) for part in (approx, exact)]
    return GradientCheck(float(_difference(*everything)), by_parameter, eps)


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """What `gradient_check` found, and what to think of it; it prints itself.

    difference: the course's relative difference over all of theta. by_parameter: the same for W1, b1, ... apart.
    eps: the nudge, to which the bars belong (`bars`).
    Source: Course 2, week 1, gradient checking.

    >>> GradientCheck(difference=3e-2, by_parameter={"W1": 4e-9, "b1": 0.2}, eps=1e-7)
    gradient check with eps = 1e-07: relative difference 3.0e-02, worry: look at b1
      W1      4.0e-09  great
      b1      2.0e-01  worry
    """

    difference: float
    by_parameter: dict
    eps: float

    @property
    def worst(self):
        """The name of the parameter with the largest difference."""
        return max(self.by_parameter, key=lambda name: np.nan_to_num(self.by_parameter[name], nan=np.inf))

    @property
    def verdict(self):
        """ "great", "look again" or "worry", by the largest of all differences."""
        return self._judge(np.max([self.difference, *self.by_parameter.values()]))

    def _judge(self, difference):
        great, worry = bars(self.eps)
        return "great" if difference < great else "look again" if difference < worry else "worry"

    def __repr__(self):
        verdict = self.verdict if self.verdict == "great" else f"{self.verdict}: look at {self.worst}"
        lines = [f"  {name:<6}  {d:.1e}  {self._judge(d)}" for name, d in self.by_parameter.items()]
        title = f"gradient check with eps = {self.eps:g}: relative difference {self.difference:.1e}, {verdict}"
        return "\n".join([title, *lines])


def bars(eps):
    """The two bars of a relative difference for this eps: "great" below the first, "worry" from the second on.

    At eps = 1e-7 the course calls about 1e-7 great, 1e-5 a reason to look again, 1e-3 one to worry; halfway between, on
    a log scale, are 1e-6 and 1e-4. A smaller eps has more rounding (1/eps), a larger one more truncation (eps^2), so
    the bars move with it: 10 (1e-14/eps + eps^2), and 100 times that. They are for two-sided differences. eps > 0.
    Shapes: eps a number or an array -> two of the same.
    Source: Course 2, week 1, gradient checking; the scaling is measured (`tests/test_checking.py`).

    >>> [round(float(bar), 9) for bar in bars(1e-7)]
    [1e-06, 0.0001]
    """
    eps = np.asarray(in_range("eps", eps, "(0, inf)"))
    great = 10 * (1e-14 / eps + eps**2)
    return great, 100 * great


def eps_sweep(objective, theta, eps):
    """The relative difference for each eps, two-sided and one-sided: on log axes a valley, truncation on its right
    slope (as eps^2, and as eps), rounding of J on its left (as 1/eps).

    Shapes: theta (P,), one model; eps (E,), such as np.logspace(-12, 0, 49) -> two-sided (E,), one-sided (E,).
    objective and errors as in `numerical_gradient`.
    Source: Course 2, week 1, numerical approximation of gradients.

    >>> two, one = eps_sweep(lambda w: (w[..., 0] ** 3, 3 * w**2), [1.0], eps=[0.01])
    >>> two.round(6).tolist(), one.round(6).tolist()             # 0.0001 / 6.0001 and 0.0301 / 6.0301
    ([1.7e-05], [0.004992])
    """
    eps = finite("eps", eps, ndim=1)
    theta, _, dtheta = _evaluate(objective, theta)
    two, one = (
        [_difference(numerical_gradient(objective, theta, e, one_sided=side), dtheta) for e in eps]
        for side in (False, True)
    )
    return np.array(two), np.array(one)


def _difference(a, b):
    """`relative_difference`, of gradients that need not be finite: a report says so."""
    return _ratio(_norm(a - b), _norm(a) + _norm(b))


def _norm(a):
    return np.sqrt(np.square(a).sum(axis=-1))


def _ratio(difference, size):
    """difference / size, and 0 where both are 0."""
    return np.divide(difference, size, out=np.zeros_like(size), where=size != 0)[()]


def _evaluate(objective, theta):
    """theta, J and dtheta, or one sentence if this objective cannot be checked by nudging stacked theta."""
    theta = finite("theta", theta, ndim=1)
    if theta.ndim > 1:
        raise ValueError(f"theta must be one model (P,), got shape {theta.shape}: check a stack one model at a time")
    J, dtheta = pair("objective", function("objective", objective)(theta))
    if np.shape(J) != () or not np.isfinite(J):
        raise ValueError(f"objective must give one finite cost for one theta, got {J}")
    if not np.isclose(objective(theta)[0], J, rtol=1e-9, atol=0):
        raise ValueError(
            "objective gives two different costs for the same theta: fix the dropout mask or set keep_prob = 1"
        )
    twice = objective(np.stack([theta, theta]))[0]
    if np.shape(twice) != (2,) or not np.allclose(twice, J, rtol=1e-9, atol=0):
        raise ValueError(
            f"objective must take stacked theta: (2, {len(theta)}) has to give the same two costs as "
            f"(2 x) {J}, got {twice}; write theta[..., 0], not theta[0]"
        )
    return theta, J, dtheta
