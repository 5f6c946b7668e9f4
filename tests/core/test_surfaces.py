"""Surfaces: exact gradients against differences and scipy, known minima and curvatures, how saddles take over."""

from functools import partial

import numpy as np
import pytest
from scipy import optimize

from dlcourse import surfaces
from dlcourse.surfaces import SURFACES

rng = np.random.default_rng(7)
W, PHASE = rng.normal(size=(30, 2)), rng.uniform(0, 2 * np.pi, 30)
OBJECTIVES = {name: surface.objective for name, surface in SURFACES.items()}
OBJECTIVES["steep ravine"] = partial(surfaces.ravine, condition=300.0)
OBJECTIVES["waves"] = partial(surfaces.waves, W=W, phase=PHASE)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_gradient_is_that_of_the_cost(name):
    """Catches a wrong sign, factor or exponent in either of the two; check_grad is scipy's one-sided estimate."""
    objective = OBJECTIVES[name]
    for theta in rng.uniform(-2, 2, (20, 2)):
        gradient, eps = objective(theta)[1], 1e-6
        differences = [(objective(theta + d)[0] - objective(theta - d)[0]) / (2 * eps) for d in eps * np.eye(2)]
        scale = 1 + np.linalg.norm(gradient)
        np.testing.assert_allclose(differences, gradient, atol=1e-7 * scale)
        error = optimize.check_grad(lambda w: objective(w)[0], lambda w: objective(w)[1], theta)
        assert error < 1e-5 * scale


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_grid_of_points_is_the_points_one_by_one(name):
    objective, grid = OBJECTIVES[name], rng.uniform(-2, 2, (3, 4, 2))
    before = grid.copy()
    J, dtheta = objective(grid)
    assert J.shape == (3, 4) and dtheta.shape == (3, 4, 2)
    for at in np.ndindex(3, 4):
        one, gradient = objective(grid[at])
        np.testing.assert_allclose(J[at], one, rtol=1e-13)
        np.testing.assert_allclose(dtheta[at], gradient, rtol=1e-13, atol=1e-15)
    np.testing.assert_array_equal(grid, before)


@pytest.mark.parametrize("a, b, c", [(1.0, -10.0, 25.0), (2.0, 3.0, -1.0), (0.0, 4.0, 0.5)])
def test_parabola_is_the_polynomial(a, b, c):
    """numpy's own polynomials and their derivative are the independent engine."""
    polynomial = np.polynomial.Polynomial([c, b, a])
    for w in (-2.0, 0.0, 0.7, 5.0):
        J, dtheta = surfaces.parabola([w], (a, b, c))
        assert J == pytest.approx(polynomial(w), rel=1e-14) and J.shape == ()
        np.testing.assert_allclose(dtheta, [polynomial.deriv()(w)], rtol=1e-14)


def test_the_notes_coefficients():
    """E20: (w - 5)^2 has -10 in the middle; with the notes' -20 the minimum is -75, at w = 10."""
    assert surfaces.parabola([5.0])[0] == 0 and surfaces.parabola([5.0])[1] == 0
    J, dtheta = surfaces.parabola([10.0], (1.0, -20.0, 25.0))
    assert J == -75 and dtheta == 0


def test_condition_broadcasts_over_models():
    theta, condition = rng.normal(size=(4, 2)), np.array([1.0, 2.0, 50.0, 300.0])
    J, dtheta = surfaces.ravine(theta, condition)
    for k in range(4):
        np.testing.assert_array_equal(J[k], surfaces.ravine(theta[k], condition[k])[0])
        np.testing.assert_array_equal(dtheta[k], surfaces.ravine(theta[k], condition[k])[1])


@pytest.mark.parametrize("name", SURFACES)
def test_table_names_true_minima_inside_the_view(name):
    """Catches a typing error in a coefficient: scipy's own minimizer, from beside the point, must come back to it."""
    objective, (left, right, low, high), start, minima = SURFACES[name]
    assert left < start[0] < right and low < start[1] < high
    for minimum in minima:
        assert left < minimum[0] < right and low < minimum[1] < high
        beside = np.add(minimum, 0.05)
        found = optimize.minimize(objective, beside, jac=True, method="BFGS", options={"gtol": 1e-10})
        np.testing.assert_allclose(found.x, minimum, atol=1e-6)
        assert (surfaces.curvatures(objective, minimum) > 0).all()
        assert objective(np.array(start))[0] > objective(np.array(minimum))[0]


def test_known_values():
    """The published minima are 0 (ours of `saddle` -1/4); scipy ships the same Rosenbrock."""
    for name, (objective, _, _, minima) in SURFACES.items():
        for minimum in minima:
            assert objective(np.array(minimum))[0] == pytest.approx(-0.25 if name == "saddle" else 0, abs=1e-9)
    theta = rng.uniform(-2, 2, (10, 2))
    np.testing.assert_allclose(surfaces.rosenbrock(theta)[0], optimize.rosen(theta.T), rtol=1e-12)
    np.testing.assert_allclose(surfaces.rosenbrock(theta)[1], [optimize.rosen_der(t) for t in theta], rtol=1e-10)
    H = surfaces.hessian(surfaces.rosenbrock, theta[0])
    np.testing.assert_allclose(H, optimize.rosen_hess(theta[0]), rtol=1e-7)


def test_bowl_is_round_and_whole_numbers_are_welcome():
    """The gradient of a bowl is theta itself. All surfaces compute in float64, whatever comes in."""
    np.testing.assert_array_equal(surfaces.bowl([[3, 4], [-1, 2]])[1], [[3, 4], [-1, 2]])
    for objective in OBJECTIVES.values():
        J, dtheta = objective(np.array([1, 2], dtype=np.int8))
        assert J.dtype == dtheta.dtype == np.float64 and J == objective([1.0, 2.0])[0]


def test_shape_of_the_cost_rows():
    """Syllabus 16.02, 16.03 and 6.03: a saddle, a plateau, and the condition number of a ravine."""
    np.testing.assert_allclose(surfaces.curvatures(surfaces.saddle, [0.0, 0.0]), [-1, 1], atol=1e-9)
    np.testing.assert_array_equal(surfaces.saddle([0.0, 0.0])[1], [0, 0])
    for distance in (4.0, 6.0):
        slope = np.linalg.norm(surfaces.plateau([0.0, distance])[1])
        assert slope == pytest.approx(distance * np.exp(-(distance**2) / 2))
    for condition in (1.0, 20.0, 300.0):
        low, high = surfaces.curvatures(partial(surfaces.ravine, condition=condition), [1.0, -2.0])
        assert high / low == pytest.approx(condition, rel=1e-8)


def test_hessian_of_a_quadratic_is_its_matrix_and_stacks():
    A = rng.normal(size=(5, 5))
    A = A + A.T
    objective = lambda theta: ((theta @ A * theta).sum(-1) / 2, theta @ A)
    theta = rng.normal(size=(2, 3, 5))
    H = surfaces.hessian(objective, theta)
    np.testing.assert_allclose(H, np.broadcast_to(A, (2, 3, 5, 5)), atol=1e-9)
    np.testing.assert_array_equal(H, H.mT)
    np.testing.assert_allclose(surfaces.hessian(objective, theta[1, 2]), H[1, 2], atol=1e-9)
    np.testing.assert_allclose(surfaces.curvatures(objective, theta)[0, 1], np.linalg.eigvalsh(A), atol=1e-9)


def test_one_wave_is_a_cosine():
    J = surfaces.waves([[0.5, 1.0]], [[2.0, -3.0]], [0.4])[0]
    np.testing.assert_allclose(J, np.sqrt(2) * np.cos(2 * 0.5 - 3 * 1.0 + 0.4))


def test_waves_have_mean_zero_and_variance_one():
    """Catches a missing sqrt(2/K): many independent landscapes at one point."""
    many = np.random.default_rng(0)
    J = [surfaces.waves([0.3, 0.1], many.normal(size=(50, 2)), many.uniform(0, 2 * np.pi, 50))[0] for _ in range(4000)]
    assert np.mean(J) == pytest.approx(0, abs=4 / np.sqrt(4000))
    assert np.var(J) == pytest.approx(1, abs=4 * np.sqrt(2 / 4000))


def test_himmelblau_has_nine_critical_points():
    """Four minima, four saddles, one maximum: the alternating count minima - saddles + maxima is 1, as Morse says."""
    found = surfaces.critical_points(surfaces.himmelblau, np.random.default_rng(0).uniform(-5, 5, (300, 2)))
    points = np.unique(found.round(6), axis=0)
    kinds = surfaces.shares(surfaces.curvatures(surfaces.himmelblau, points))
    assert len(points) == 9
    assert [round(9 * kinds[kind]) for kind in ("minimum", "saddle", "maximum")] == [4, 4, 1]


def test_points_that_do_not_arrive_are_left_out():
    arrived = surfaces.critical_points(surfaces.bowl, [[3.0, 4.0], [0.1, 0.1]], steps=1)  # 5 away is too far
    np.testing.assert_allclose(arrived, [[0.0, 0.0]], atol=1e-12)
    slope = lambda theta: (theta.sum(-1), np.ones_like(theta))  # a plane has no critical point
    assert surfaces.critical_points(slope, np.zeros((3, 2))).shape == (0, 2)


def test_a_point_that_has_arrived_is_let_be_while_others_go_on():
    """One is there from the start, one ten steps away. Catches a stop of all at the first arrival, and none at all."""
    asked = []

    def bowl(theta):
        asked.append(theta.size // 2)
        return surfaces.bowl(theta)

    np.testing.assert_allclose(surfaces.critical_points(bowl, [[3.0, 4.0], [0.0, 0.0]]), np.zeros((2, 2)), atol=1e-12)
    first, rest = asked[:3], asked[3:-1]  # a step asks three times: two sides of a Hessian, a slope; the end once more
    assert max(first) == 4 and max(rest) == 2 and len(asked) < 3 * 15


def test_saddles_take_over_as_dimension_grows():
    """Syllabus 16.01. Exact chances that all n eigenvalues are positive: 1/2, (2 - sqrt 2)/4, (pi - 2 sqrt 2)/(4 pi).

    Catches a matrix that is not symmetrized, or a diagonal without its double variance.
    """
    K, source = 40_000, np.random.default_rng(0)
    for n, exact in ((1, 1 / 2), (2, (2 - np.sqrt(2)) / 4), (3, (np.pi - 2 * np.sqrt(2)) / (4 * np.pi))):
        kinds = surfaces.shares(surfaces.random_curvatures(n, K, source))
        for kind in ("minimum", "maximum"):
            assert kinds[kind] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / K))
        assert sum(kinds.values()) == pytest.approx(1)
    trace = surfaces.random_curvatures(4, K, source).sum(axis=-1)
    assert np.var(trace) == pytest.approx(8, rel=4 * np.sqrt(2 / K))  # n entries of variance 2


def test_low_critical_points_of_a_random_landscape_curve_up():
    """On found critical points the share of downward curvatures grows with J: bad local minima are rare up high."""
    source = np.random.default_rng(3)
    landscape = partial(surfaces.waves, W=source.normal(size=(100, 4)), phase=source.uniform(0, 2 * np.pi, 100))
    points = surfaces.critical_points(landscape, source.uniform(-6, 6, (200, 4)))
    assert len(points) > 100
    np.testing.assert_allclose(landscape(points)[1], 0, atol=1e-8)
    downward = (surfaces.curvatures(landscape, points) < 0).mean(axis=-1)
    assert np.corrcoef(landscape(points)[0], downward)[0, 1] > 0.7


@pytest.mark.parametrize(
    "curving, kind",
    [
        ([1, 2, 3], "minimum"),
        ([-1, -2, -3], "maximum"),
        ([5, 6, -1], "saddle"),
        ([-1, -2, 3], "saddle"),
        ([0, 1, -1], "saddle"),
        ([0, 1, 2], "undecided"),
        ([0, -1, -2], "undecided"),
        ([0, 0, 0], "undecided"),
    ],
)
def test_a_point_is_classified_by_its_eigenvalues_however_the_axes_are_turned(curving, kind):
    """Catches a look at the diagonal, the determinant or the trace, and a zero taken for an upward curve."""
    for seed in range(5):
        Q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
        assert surfaces.classify(Q @ np.diag(curving) @ Q.T) == kind
    assert surfaces.classify([np.diag(curving), np.eye(3)]).tolist() == [kind, "minimum"]


def test_each_point_is_classified_by_itself():
    """Catches a zero that is measured against the largest curvature of all points, and shares over the wrong axis."""
    H = np.array([np.diag([1e-6, 1e-6]), np.diag([1e6, -1e6]), np.diag([-1.0, -1.0])])
    assert surfaces.classify(H).tolist() == ["minimum", "saddle", "maximum"]
    assert surfaces.shares(np.array([[[1.0, 2.0, 3.0]], [[1.0, -1.0, 1.0]]])[:, 0]) == surfaces.shares(
        np.array([[3.0, 1.0, 2.0], [-1.0, 1.0, 1.0]])
    )


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: surfaces.classify([[1.0, 2.0]]), r"H must be square, .* got shape \(1, 2\)"),
        (lambda: surfaces.classify([[np.nan]]), "H must be finite"),
        (lambda: surfaces.bowl([1.0, 2.0, 3.0]), r"theta must end in 2 entries, \(w1, w2\), got shape \(3,\)"),
        (lambda: surfaces.parabola([1.0], (1.0, 2.0)), r"coefficients must be three numbers a, b, c, got shape \(2,\)"),
        (lambda: surfaces.parabola([1.0], (1.0, np.nan, 0.0)), "coefficients must be finite"),
        (lambda: surfaces.beale(1.0), r"theta must end in 2 entries"),
        (lambda: surfaces.ravine([1.0, 1.0], condition=0.5), r"condition must be in \[1, inf\), got 0.5"),
        (lambda: surfaces.ravine([1.0, 1.0], condition=np.nan), "condition must be in"),
        (lambda: surfaces.waves([1.0], W=[1.0], phase=0.0), "W must have at least 2 axes"),
        (lambda: surfaces.hessian(surfaces.bowl, [np.nan, 0.0]), r"theta must be finite, got nan at index \(0,\)"),
        (lambda: surfaces.hessian(surfaces.bowl, 1.0), "theta must have at least 1 axes"),
        (lambda: surfaces.hessian(surfaces.bowl, [0.0, 0.0], eps=0.0), "eps must be in"),
        (lambda: surfaces.hessian(surfaces.bowl, [0.0, 0.0], eps=np.inf), "eps must be in"),
        (lambda: surfaces.curvatures(surfaces.bowl, [0.0, 0.0], eps=-1.0), "eps must be in"),
        (lambda: surfaces.critical_points(surfaces.bowl, [0.0, 0.0]), "theta must have at least 2 axes"),
        (lambda: surfaces.critical_points(surfaces.bowl, [[0.0, 0.0]], steps=0), "steps must be in"),
        (lambda: surfaces.critical_points(surfaces.bowl, [[0.0, 0.0]], longest=0.0), "longest must be in"),
        (lambda: surfaces.random_curvatures(0, 5, rng), "n must be in"),
        (lambda: surfaces.random_curvatures(2, 0, rng), "K must be in"),
        (lambda: surfaces.random_curvatures(2, 5, 0), "rng must be a random generator, .* got 0"),
        (lambda: surfaces.shares([1.0, 2.0]), "curvatures must have at least 2 axes"),
        (lambda: surfaces.shares(np.empty((0, 2))), "curvatures must not be empty"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
