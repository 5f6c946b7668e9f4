"""What the notebook on saddles and plateaus says, recomputed from its own figures."""

import numpy as np
from claims import Claims, facts

claims = Claims("week2/06_saddles_and_plateaus")
POINTS, SHARE, LANDSCAPE, LEAVE, FAR = range(5)  # the notebook's figures, in order


@claims("Four minima, four saddles, one maximum, and the saddles lie higher than the minima.")
def _(labs):
    points = [facts(labs[POINTS], point=k) for k in range(1, 10)]
    kinds = [(found["kind"], found["cost"]) for found in points]
    assert [kind for kind, _ in kinds] == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]
    assert min(cost for kind, cost in kinds if kind == "saddle") > max(
        cost for kind, cost in kinds if kind == "minimum"
    )


@claims("On two parameters about one point in six is a minimum; on 8, none of the 2000.")
def _(labs):
    assert 1 / 6.5 < facts(labs[SHARE], n=2)["minimum"] < 1 / 5.5 and facts(labs[SHARE], n=8)["minimum"] == 0


@claims("From two dimensions on saddles are more than the coins say")
def _(labs):
    """As far as 2000 points can tell: from n = 8 on all of them are saddles."""
    for n in range(2, 13):
        at = facts(labs[SHARE], n=n)
        assert at["saddle"] > at["coins"], n


@claims(
    "At the fifth with the lowest cost at most a third of the directions lead down, at the fifth with the highest at least two "
    "thirds (2, 4 and 6 dimensions, the first five landscapes).",
    "Minima are at the bottom, where one wants to be; none lies in the highest fifth.",
    "On a random landscape in many dimensions almost every point of zero gradient is a saddle; minima are found at low cost.",
)
def _(labs):
    for n in (2, 4, 6):
        for landscape in range(1, 6):
            at = facts(labs[LANDSCAPE], n=n, landscape=landscape)
            assert at["down_low"] <= 1 / 3 and at["down_high"] >= 2 / 3, (n, landscape)
            assert (at["J"][at["share_down"] == 0] < np.quantile(at["J"], 0.8)).all(), (n, landscape)
            assert at["saddle"] > 0.95 or n < 6


@claims("At $\\alpha = 0.05$ RMSprop and Adam are first from every distance")
def _(labs):
    for w2 in (0.5, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6):
        at = facts(labs[LEAVE], w2=w2)
        assert sorted(at, key=at.get)[:2] == ["RMSprop", "Adam"], w2


@claims(
    "its steps die out: 469 from everywhere",
    "Descent needs 47 steps more for every factor of ten that the start is closer",
)
def _(labs):
    at = [facts(labs[LEAVE], w2=w2) for w2 in (0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6)]
    assert {each["AdaGrad"] for each in at} == {469}
    assert all(abs(far["descent"] - near["descent"] - 47) <= 1 for near, far in zip(at, at[1:]))


@claims(
    "From 3, descent needs 136 steps and Adam 15; from 4, descent is not there after 1000, and Adam needs 25.",
    "so it needs about ten steps more for each unit of distance",
    "momentum is later than descent",
    "Dividing by the gradient's size (RMSprop, Adam) makes the steps nearly independent of how flat it is.",
    "So the trouble is slowness, near saddles and on plateaus, rather than bad local minima.",
)
def _(labs):
    at = {distance: facts(labs[FAR], distance=distance) for distance in (2.0, 3.0, 4.0, 5.0)}
    assert (at[3.0]["descent"], at[3.0]["Adam"], at[4.0]["descent"], at[4.0]["Adam"]) == (136, 15, np.inf, 25)
    assert all(8 <= at[d + 1]["Adam"] - at[d]["Adam"] <= 13 for d in (2.0, 3.0, 4.0))
    assert all(at[d]["momentum"] > at[d]["descent"] for d in (2.0, 3.0))
    assert all(at[d]["RMSprop"] < at[d]["Adam"] < at[d]["AdaGrad"] < 100 for d in at)


claims.held(
    "Zero gradient: look at the signs of the Hessian's eigenvalues.",
    by="core/test_surfaces::test_a_point_is_classified_by_its_eigenvalues_however_the_axes_are_turned",
)
claims.held(
    "It is a saddle, as the curvatures show:",
    by="scenes/test_saddles_and_plateaus::test_zero_parameters_of_a_network_are_a_saddle",
)

test_claims, test_nothing_is_unheld = claims.tests()
