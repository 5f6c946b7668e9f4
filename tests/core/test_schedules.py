"""Schedules: the notes' numbers, the equalities between them, PyTorch's, leading axes, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import recorder, traces

from dlcourse import schedules
from dlcourse.schedules import (
    exponential_decay,
    inverse_time_decay,
    one_cycle,
    piecewise,
    power_decay,
    sqrt_decay,
    staircase,
    tenfold_decay,
)

# every schedule at steps where it is defined: name -> f(t)
AT = {
    "inverse_time_decay": lambda t: inverse_time_decay(0.2, t, rate=0.5),
    "exponential_decay": lambda t: exponential_decay(0.2, t, base=0.9),
    "tenfold_decay": lambda t: tenfold_decay(0.2, t, s=20),
    "power_decay": lambda t: power_decay(0.2, t, s=10, c=1.5),
    "sqrt_decay": lambda t: sqrt_decay(0.2, np.asarray(t) + 1, k=0.5),
    "staircase": lambda t: exponential_decay(0.2, staircase(t, 7), base=0.5),
    "piecewise": lambda t: piecewise(t, [10, 30], [0.2, 0.1, 0.05]),
    "one_cycle": lambda t: one_cycle(0.2, t, total=50),
}
by_name = pytest.mark.parametrize("name", AT)
steps = st.floats(0, 1e4)


def test_the_table_of_the_notes():
    """E8: epochs 1..4 give 0.1, 0.0667, 0.05, 0.04 (the notes lost a factor ten three times); epoch 0 gives 0.2."""
    rates = inverse_time_decay(0.2, [1, 2, 3, 4], rate=1.0)
    np.testing.assert_allclose(rates, [0.1, 0.2 / 3, 0.05, 0.04], rtol=1e-15)
    assert rates.round(4).tolist() == [0.1, 0.0667, 0.05, 0.04]
    assert inverse_time_decay(0.2, 0) == 0.2


def test_the_numbers_of_the_book():
    """Syllabus 15.07, 15.08: a half, a third, a fourth, a fifth; a factor of ten every s steps."""
    np.testing.assert_allclose(power_decay(1.0, [20, 40, 60, 80], s=20), [1 / 2, 1 / 3, 1 / 4, 1 / 5], rtol=1e-15)
    np.testing.assert_allclose(tenfold_decay(1.0, [0, 20, 40], s=20), [1, 0.1, 0.01], rtol=1e-15)
    np.testing.assert_allclose(power_decay(1.0, 30, s=10, c=2.0), 1 / 16, rtol=1e-15)


@given(steps, st.floats(1e-3, 10))
def test_inverse_time_decay_is_power_decay(t, rate):
    """Part 3 and E26: c = 1, s = 1/rate; and 1/lr grows by the same amount each epoch, which no exponential does."""
    assert inverse_time_decay(0.2, t, rate) == pytest.approx(power_decay(0.2, t, s=1 / rate, c=1.0), rel=1e-12)
    growth = 1 / inverse_time_decay(1.0, t + 1, rate) - 1 / inverse_time_decay(1.0, t, rate)
    assert growth == pytest.approx(rate, rel=1e-6)


@given(st.floats(0, 100), st.floats(0.5, 0.99))
def test_exponential_decay_is_tenfold_decay(t, base):
    """Part 3: 0.95^t = 0.1^(t/44.89); and the ratio of one epoch to the next is always the base."""
    assert exponential_decay(0.2, t, base) == pytest.approx(tenfold_decay(0.2, t, s=-1 / np.log10(base)), rel=1e-12)
    assert exponential_decay(0.2, t + 1, base) / exponential_decay(0.2, t, base) == pytest.approx(base, rel=1e-12)


def test_the_number_44_89():
    assert round(-1 / np.log10(0.95), 2) == 44.89
    assert tenfold_decay(1.0, 44.89, s=44.89) == pytest.approx(exponential_decay(1.0, 44.89, base=0.95), rel=1e-4)


@given(st.floats(1, 1e4))
def test_sqrt_decay_halves_when_the_epoch_quadruples(t):
    assert sqrt_decay(0.2, 4 * t, k=3.0) == pytest.approx(sqrt_decay(0.2, t, k=3.0) / 2, rel=1e-12)
    assert sqrt_decay(0.2, 1.0, k=3.0) == pytest.approx(0.6)


def test_staircase_drops_at_the_step_itself():
    """Stays for `every` steps, counted from 0; the first drop at t = every. Catches ceil, round and an off by one."""
    np.testing.assert_array_equal(staircase([0, 1, 9, 10, 19, 20], every=10), [0, 0, 0, 1, 1, 2])
    np.testing.assert_array_equal(piecewise([0, 9, 9.5, 10, 29, 30, 99], [10, 30], [3, 2, 1]), [3, 3, 3, 2, 2, 1, 1])


def test_one_cycle_corners():
    """Start, top and end by hand, and half way up and down the mean of both ends; up before the top, down after."""
    rates = one_cycle(0.5, np.arange(101), total=101, rise=41 / 101, start=10, end=100)  # the top is at t = 40
    np.testing.assert_allclose(rates[[0, 40, 100]], [0.05, 0.5, 0.0005], rtol=1e-12)
    np.testing.assert_allclose(rates[[20, 70]], [0.275, 0.25025], rtol=1e-12)
    assert (np.diff(rates[:41]) > 0).all() and (np.diff(rates[40:]) < 0).all()


@by_name
def test_a_list_a_number_and_an_array_agree(name):
    """A plot is one call: the array gives what the loop, which asks for one t at a time, gets."""
    t = np.arange(50)
    rates = AT[name](t)
    assert rates.shape == (50,) and rates.dtype == np.float64
    np.testing.assert_array_equal(AT[name](t.tolist()), rates)
    single = [AT[name](k) for k in range(50)]
    assert all(isinstance(rate, float) for rate in single)
    np.testing.assert_allclose(single, rates, rtol=1e-15)


@by_name
def test_inputs_are_unchanged(name):
    t = np.arange(50.0)
    AT[name](t)
    np.testing.assert_array_equal(t, np.arange(50.0))


@pytest.mark.parametrize(
    "call",
    [
        lambda lr0: inverse_time_decay(lr0, 3, rate=0.5),
        lambda lr0: exponential_decay(lr0, 3),
        lambda lr0: tenfold_decay(lr0, 3, s=20),
        lambda lr0: power_decay(lr0, 3, s=20),
        lambda lr0: sqrt_decay(lr0, 3),
        lambda lr0: one_cycle(lr0, 3, total=50),
        lambda rate: inverse_time_decay(0.1, 3, rate),
        lambda base: exponential_decay(0.1, 3, base),
        lambda s: tenfold_decay(0.1, 3, s),
        lambda c: power_decay(0.1, 3, s=20, c=c),
        lambda k: sqrt_decay(0.1, 3, k),
    ],
)
def test_stacked_equals_looped(call):
    """Three models with their own lr0, or rate, at one time t."""
    values = [0.1, 0.2, 0.9]
    np.testing.assert_allclose(call(np.array(values)), [call(value) for value in values], rtol=1e-15)


@pytest.mark.parametrize(
    "trace", traces("optimizers_and_schedules")["schedules"], ids=lambda t: f"{t['schedule']}-{t['hyper']}"
)
def test_stored_traces_of_pytorch(trace):
    np.testing.assert_allclose(ours(trace["schedule"], trace["hyper"]), trace["rates"], rtol=1e-12, atol=0)


def test_live_against_pytorch():
    pytest.importorskip("torch", reason="PyTorch is not installed; the stored traces stand in for it")
    record = recorder("optimizers_and_schedules")
    for name, hyper, engine, keywords in record.SCHEDULES:
        np.testing.assert_allclose(ours(name, hyper), record.torch_schedule(engine, keywords), rtol=1e-12, err_msg=name)


def ours(name, hyper):
    """Our learning rates for t = 0, ..., 49; a staircase is given to exponential_decay."""
    t, hyper = np.arange(50), dict(hyper)
    if name == "staircase":
        name, t = "exponential_decay", staircase(t, hyper.pop("every"))
    return getattr(schedules, name)(t=t, **hyper)


def test_pieces_may_be_a_single_step_long():
    assert schedules.piecewise([0, 1, 2, 3], [1, 2], [0.3, 0.2, 0.1]).tolist() == [0.3, 0.2, 0.1, 0.1]
    assert schedules.piecewise([0.2, 0.7], [0.5], [2.0, 1.0]).tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    "call, message",
    [
        *[
            (lambda f=f: f(-0.1, 1), r"lr0 must be in \[0, inf\), got -0.1")
            for f in (inverse_time_decay, exponential_decay, sqrt_decay)
        ],
        *[
            (lambda f=f: f(0.1, -1), r"t must be in \[0, inf\), got -1")
            for f in (inverse_time_decay, exponential_decay)
        ],
        (lambda: inverse_time_decay(0.1, [0, np.nan]), "t must be in .* got nan"),
        (lambda: inverse_time_decay(0.1, 1, rate=-1), "rate must be in"),
        (lambda: exponential_decay(0.1, 1, base=0.0), r"base must be in \(0, 1\], got 0.0"),
        (lambda: exponential_decay(0.1, 1, base=1.05), r"base must be in \(0, 1\], got 1.05"),
        (lambda: tenfold_decay(0.1, -1, s=1), "t must be in"),
        (lambda: tenfold_decay(0.1, 1, s=0), r"s must be in \(0, inf\), got 0"),
        (lambda: power_decay(0.1, 1, s=0), r"s must be in \(0, inf\), got 0"),
        (lambda: power_decay(0.1, 1, s=1, c=-1), "c must be in"),
        (lambda: sqrt_decay(0.1, 0), r"t must be in \[1, inf\), got 0; the first epoch is t = 1"),
        (lambda: sqrt_decay(0.1, 1, k=0), "k must be in"),
        (lambda: staircase(-1, 10), "t must be in"),
        (lambda: staircase(1, 0), r"every must be in \[1, inf\), got 0"),
        (lambda: staircase(1, 2.5), "every must be a whole number"),
        (lambda: piecewise(1, [10], [0.1]), "boundaries must rise, and values be one more"),
        (lambda: piecewise(1, [10, 10], [0.1, 0.2, 0.3]), "boundaries must rise"),
        (lambda: piecewise(1, [10], [0.1, -0.2]), "values must be in"),
        (lambda: piecewise(-1, [10], [0.1, 0.2]), "t must be in"),
        (lambda: piecewise(1, [], [0.1]), "boundaries must not be empty"),
        (lambda: one_cycle(0.1, 50, total=50), r"t must be in \[0, 49\], got 50; the cycle has `total` steps"),
        (lambda: one_cycle(-0.1, 0, total=50), "lr_max must be in"),
        (lambda: one_cycle(0.1, 0, total=1), r"total must be in \[2, inf\), got 1"),
        (lambda: one_cycle(0.1, 0, total=50, rise=0.02), r"rise \* total must be in \(1, 50\), got 1"),
        (lambda: one_cycle(0.1, 0, total=50, rise=1.0), r"rise \* total must be in \(1, 50\), got 50"),
        (lambda: one_cycle(0.1, 0, total=50, start=0.5), r"start must be in \[1, inf\), got 0.5"),
        (lambda: one_cycle(0.1, 0, total=50, end=0.0), "end must be in"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "rate, expected",
    [
        (inverse_time_decay(0.0, 3), 0.0),
        (inverse_time_decay(0.2, 3, rate=0), 0.2),
        (inverse_time_decay(0.2, 3), 0.05),
        (exponential_decay(0.2, 0), 0.2),
        (exponential_decay(0.2, 7, base=1.0), 0.2),
        (exponential_decay(0.2, 1), 0.19),
        (power_decay(0.2, 0, s=3), 0.2),
        (power_decay(0.2, 3, s=3, c=0), 0.2),
        (power_decay(0.2, 3, s=3), 0.1),
        (sqrt_decay(0.2, 1), 0.2),
        (staircase(0, 1), 0),
        (staircase(5, 1), 5),
        (piecewise(0, [3], [0.0, 0.1]), 0.0),
        (piecewise(1.7, [1, 1.5, 2], [4, 3, 2, 1]), 2),
        (one_cycle(0.0, 5, total=50), 0.0),
        (one_cycle(0.2, 0, total=2, rise=0.75), 0.2 / 25),
        (one_cycle(0.2, 0, total=50, start=1), 0.2),
        (one_cycle(0.2, 49, total=50, start=1, end=1), 0.2),
    ],
)
def test_the_ends_of_each_range_and_the_defaults(rate, expected):
    """What is allowed is allowed: a check that is too strict would refuse one of these."""
    assert rate == pytest.approx(expected, rel=1e-12)
