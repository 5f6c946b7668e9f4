"""Errata: each row stands once, the index leads to its table, and what a row says of the course is held by "
"the row's test."""

import re

import pytest
from claims import Claims

from dlcourse import batches, checking, optimizers
from dlcourse.averages import remaining_bias
from dlcourse.schedules import inverse_time_decay

claims = Claims("errata")


def test_every_number_has_one_row_and_one_entry_of_the_index():
    rows, index = re.findall(r"\| (E\d+) \|", claims.text), re.findall(r"\[(E\d+)\]\(#([^)]+)\)", claims.text)
    assert sorted(rows) == sorted(number for number, _ in index) == sorted(f"E{k}" for k in range(1, 40))
    for number, heading in index:  # the row lies between this heading and the next
        part = claims.text.split(f"## {heading.replace('-', ' ')} |")[1].split("## ")[0]
        assert f"| {number} |" in part, number


@claims("it is 0.1 %; 1 % is 10k of 1M (98/1/1)")
def _():
    assert 10_000 / 10_000_000 == 0.001 and 10_000 / 1_000_000 == 0.01
    assert batches.split_sizes(1_000_000, "big data") == (980_000, 10_000, 10_000)


@claims("99.5/0.25/0.25: the written one sums to 96")
def _():
    assert 99.5 + 0.25 + 0.25 == 100 and 95.5 + 0.25 + 0.25 == 96


@claims(
    "the course: 1e-7 great, 1e-5 look, 1e-3 worry, with $\\varepsilon = 10^{-7}$.",
    "half-way between, in powers of ten: 1e-6 and 1e-4",
)
def _():
    assert checking.bars(1e-7) == pytest.approx([1e-6, 1e-4])


@claims("0.1, 0.0667, 0.05, 0.04 (epoch 0 would be 0.2)")
def _():
    assert inverse_time_decay(0.2, [1, 2, 3, 4, 0], rate=1).round(4).tolist() == [0.1, 0.0667, 0.05, 0.04, 0.2]


@claims("0.867: the bias is still 13 % at $t = 100$")
def _():
    assert round(1 - remaining_bias(0.98, 100), 3) == 0.867


@claims("the averaged form starts at $(1-\\beta)$ of a plain step")
def _():
    for beta in (0.5, 0.9, 0.99):
        assert optimizers.momentum([0.0], [1.0], lr=1.0, beta=beta)[0] == pytest.approx([beta - 1])


@claims("heavy ball with $\\alpha_{heavy} = (1-\\beta)\\,\\alpha_{averaged}$ is the averaged form")
def _():
    a, b, state_a, state_b = [0.0], [0.0], None, None
    for g in (1.0, -0.5, 3.0):
        a, state_a = optimizers.momentum(a, [g], state_a, lr=1.0)
        b, state_b = optimizers.heavy_ball(b, [g], state_b, lr=0.1)
    assert a == pytest.approx(b)


for _, sentence, test in (
    ("E12", "$\\tilde z = z$: it undoes the normalization", "core/test_normalization::test_identity_setting"),
    (
        "E16",
        "that is one example's loss; of $J$ it is divided by $m$",
        "core/test_losses::test_output_gradient_is_the_slope_of_J",
    ),
    ("E20", "as written the minimum is -75, at $w = 10$", "core/test_surfaces::test_the_notes_coefficients"),
    ("E21", "1e-4: $r = -4 \\cdot$ rand, $\\alpha = 10^r$", "core/test_search::test_e21_each_decade_gets_a_quarter"),
    ("E24", "it adds $2\\,n^{[l]}$ numbers for each layer", "scenes/test_batch_norm::test_e24_what_batch_norm_adds"),
    ("E36", "later work finds no such link", "scenes/test_batch_norm::test_z_may_shift_and_learning_still_be_fast"),
    (
        "E39",
        "4.99999999 in double precision, 4.9999886 in single",
        "core/test_autodiff::test_the_courses_first_tensorflow_program",
    ),
):
    claims.held(sentence, by=test)

test_claims, test_nothing_is_unheld = claims.tests()
