"""The recipe: what each ingredient is said to cost, seed by seed."""

import numpy as np
from claims import Claims, facts

claims = Claims("week3/07_recipe")


@claims("The dots of one recipe lie up to 7 points apart, because some splits are harder.")
def _(labs):
    assert round(facts(labs[0])["spread"], 1) == 7


@claims("Zeros, by far: without batch norm nothing breaks the symmetry, and the net guesses, at 11 %.")
def _(labs):
    worst = facts(labs[0], "zeros")["dev"]
    assert round(worst) == 11
    assert all(facts(labs[0], **one)["dev"] > worst + 75 for one in SINGLE)


@claims(
    "Sigmoid costs 2.3 points and no batch norm 2.1: little, but in all five seeds.",
    "Several seeds, compared seed by seed, or you will mistake luck for skill.",
)
def _(labs):
    sigmoid, bare, _ = (facts(labs[0], **one) for one in SINGLE)
    assert (round(sigmoid["ahead"], 1), round(bare["ahead"], 1)) == (-2.3, -2.1) and sigmoid["won"] == bare["won"] == 0
    assert sigmoid["spread"] > 2 * abs(sigmoid["ahead"])  # the dots overlap: only the pairs tell


SINGLE = {"activation": "sigmoid"}, {"batch_norm": False}, {"early_stopping": False}


@claims(
    "No early stopping costs nothing, for one-cycle ends with tiny steps, and the last epochs are as good as the best."
)
def _(labs):
    late = facts(labs[0], early_stopping=False)
    assert late["won"] == 5 and abs(late["ahead"]) < 0.2


@claims(
    "Not zeros: equal units stay equal, and it is 11 % again.",
    "weights of 0.01, far too small, which leave the net without batch norm guessing at 11 %, give 93 % with "
    "it, as good as He's",
    "Take batch norm away, and start and learning rate become touchy again.",
    "its ingredients lean on one another",
)
def _(labs):
    small = {"start": "normal, 0.01"}
    accuracies = [
        facts(labs[0], **values)["dev"] for values in ({"start": "zeros"}, {**small, "batch_norm": False}, small)
    ]
    assert [round(value) for value in accuracies] == [11, 11, 93] and abs(facts(labs[0], **small)["ahead"]) < 0.5


@claims("The train error is near zero, and the dev accuracy 93 %.")
def _(labs):
    assert round(facts(labs[0])["dev"]) == 93
    train = labs[0].frame.figure.axes[0].lines[0]  # its cost
    for _ in labs[0].update(**labs[0].start):
        pass
    assert np.asarray(train.get_ydata())[-1] < 0.05


claims.defines(
    "Start from a recipe, and change one thing at a time.",
    "The dev set chooses, the test set judges, once.",
    "Defaults grow old. Measure.",
)  # advice

test_claims, test_nothing_is_unheld = claims.tests()
