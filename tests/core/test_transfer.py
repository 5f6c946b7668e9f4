"""Transfer: reused layers are the trained ones, frozen entries do not move under any optimizer, thawed ones do."""

from functools import partial
from itertools import islice

import numpy as np
import pytest

from dlcourse import optimizers
from dlcourse.initializers import initialize
from dlcourse.network import Net, accuracy, cost_and_grad, forward
from dlcourse.optimizers import adam, adamw, momentum, nadam, sgd
from dlcourse.parameters import mask, unpack
from dlcourse.training import descend, last
from dlcourse.transfer import good_and_bad, reuse, train_only

OPTIMIZERS = {
    name: getattr(optimizers, name)
    for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "nadam")
}
each = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)

RNG = np.random.default_rng(0)
NET = Net((3, 4, 2, 1), activation="tanh")
X, Y = RNG.normal(size=(3, 20)), (RNG.random((1, 20)) < 0.5) * 1.0
OBJECTIVE = partial(cost_and_grad, NET, X=X, Y=Y)
THETA = initialize(NET.shapes, rng=RNG) + 0.1
TOP = mask(NET.shapes, ["W3", "b3"])


def run(step, theta=THETA, steps=6, **hyper):
    """The theta after `steps` steps, the memory, and nothing else."""
    state = None
    for _ in range(steps):
        theta, state = step(theta, OBJECTIVE(theta)[1], state, lr=0.05, **hyper)
    return theta, state


@each
def test_frozen_entries_stay_exactly(optimizer):
    """From memory zero, bit for bit; adamw's weight decay too. And the others do move."""
    theta, _ = run(train_only, optimizer=optimizer, mask=TOP)
    assert (theta[TOP == 0] == THETA[TOP == 0]).all()
    assert (theta[TOP == 1] != THETA[TOP == 1]).all()


@each
def test_frozen_entries_stay_even_with_memory_of_old_steps(optimizer):
    """Freezing in the midst of training: an old momentum must not carry frozen weights on."""
    theta, state = run(optimizer)
    frozen = theta
    for _ in range(4):
        theta, state = train_only(theta, OBJECTIVE(theta)[1], state, optimizer=optimizer, mask=TOP, lr=0.05)
    assert (theta[TOP == 0] == frozen[TOP == 0]).all()
    assert (theta[TOP == 1] != frozen[TOP == 1]).all()


@each
def test_a_mask_of_ones_is_the_optimizer_itself(optimizer):
    """The museum: unfreeze that freezes. With all ones every entry trains, exactly as without."""
    thawed, state = run(train_only, optimizer=optimizer, mask=np.ones(len(THETA)))
    plain, plain_state = run(optimizer)
    np.testing.assert_array_equal(thawed, plain)
    for ours, theirs in zip(state, plain_state):
        np.testing.assert_array_equal(ours, theirs)
    assert (run(train_only, theta=plain, optimizer=optimizer, mask=np.ones(len(THETA)))[0] != plain).all()


@each
def test_trained_entries_take_the_steps_of_the_smaller_problem(optimizer):
    """Freezing is training a smaller model: what moves, moves as if the frozen entries were constants."""
    theta, _ = run(train_only, optimizer=optimizer, mask=TOP)
    top, state = THETA[TOP == 1], None
    for _ in range(6):
        whole = THETA.copy()
        whole[TOP == 1] = top
        top, state = optimizer(top, OBJECTIVE(whole)[1][TOP == 1], state, lr=0.05)
    np.testing.assert_allclose(theta[TOP == 1], top, rtol=1e-14)


def test_no_memory_is_kept_of_frozen_entries():
    """So that thawing starts them afresh, not with a jump gathered while they stood still."""
    _, (t, v, s) = run(train_only, optimizer=adam, mask=TOP)
    assert (v[TOP == 0] == 0).all() and (s[TOP == 0] == 0).all() and (v[TOP == 1] != 0).all()


@pytest.mark.parametrize("optimizer", [adam, adamw, nadam], ids=lambda optimizer: optimizer.__name__)
def test_a_thawed_entry_does_not_leap(optimizer):
    """After 1000 frozen steps a constant gradient moves it as at a first start: Adam by lr in each step.

    Counting t for what stood still left v and s at zero with their correction over: 2.5 lr in the first step, 5.2 later.
    """
    state, theta, fresh, first = None, np.zeros(2), np.zeros(2), None
    hyper = {"lr": 0.01} | ({"weight_decay": 0.0} if optimizer is adamw else {})
    for _ in range(1000):
        theta, state = train_only(theta, [3.0, 3.0], state, optimizer=optimizer, mask=[0, 1], **hyper)
    for _ in range(10):
        before = theta
        theta, state = train_only(theta, [3.0, 3.0], state, optimizer=optimizer, mask=[1, 1], **hyper)
        fresh, first = optimizer(fresh, [3.0, 3.0], first, **hyper)
        assert theta[0] == pytest.approx(fresh[0], rel=1e-12)
        if optimizer is not nadam:
            assert before - theta == pytest.approx([0.01, 0.01], rel=1e-6)


def test_thawing_against_pytorch():
    """Freeze, thaw, freeze again: PyTorch counts its steps for each parameter."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; the law above stands in for it")
    one, two = (torch.tensor([v], dtype=torch.float64, requires_grad=True) for v in (1.0, -2.0))
    engine = torch.optim.Adam([one, two], lr=0.05)
    theta, state = np.array([1.0, -2.0]), None
    for t in range(60):
        free = [float(t < 5 or 25 <= t < 45), 1.0]
        engine.zero_grad()
        ((one - 3) ** 4 + (two * one) ** 2).sum().backward()
        if not free[0]:
            one.grad = None
        grad = [4 * (theta[0] - 3) ** 3 + 2 * theta[0] * theta[1] ** 2, 2 * theta[1] * theta[0] ** 2]
        theta, state = train_only(theta, grad, state, optimizer=adam, mask=free, lr=0.05)
        engine.step()
        np.testing.assert_allclose(theta, [one.item(), two.item()], rtol=1e-12)


def test_weight_decay_alone_would_move_frozen_entries():
    """Why the gradient's mask is not enough: adamw decays what has no gradient. decay_mask of the rest still acts."""
    naive, _ = adamw(THETA, TOP * OBJECTIVE(THETA)[1], lr=0.05)
    assert (naive[TOP == 0] != THETA[TOP == 0]).any()
    without, _ = train_only(THETA, OBJECTIVE(THETA)[1], optimizer=adamw, mask=TOP, lr=0.05, weight_decay=0.0)
    with_decay, _ = train_only(THETA, OBJECTIVE(THETA)[1], optimizer=adamw, mask=TOP, lr=0.05, weight_decay=0.5)
    np.testing.assert_allclose((without - with_decay)[TOP == 1], 0.05 * 0.5 * THETA[TOP == 1], rtol=1e-9)


def test_an_infinite_gradient_of_a_frozen_entry_does_no_harm():
    theta, (v,) = train_only([1.0, 1.0], [np.inf, 1.0], optimizer=momentum, mask=[0, 1], lr=0.5, beta=0.0)
    assert theta.tolist() == [1.0, 0.5] and np.isfinite(v).all()


def test_it_is_a_step_for_descend():
    theta, J = last(descend(OBJECTIVE, THETA, train_only, optimizer=adam, mask=TOP, lr=0.01), 50)
    assert (theta[TOP == 0] == THETA[TOP == 0]).all() and J < OBJECTIVE(THETA)[0]


def test_stacked_equals_looped():
    thetas = initialize(NET.shapes, rng=np.random.default_rng(1), stack=(3,))
    masks = np.stack([TOP, 1 - TOP, np.ones_like(TOP)])
    for m, rows in ((TOP, [TOP] * 3), (masks, masks)):
        together = list(islice(descend(OBJECTIVE, thetas, train_only, optimizer=adam, mask=m, lr=0.01), 4))[-1][0]
        for k, row in enumerate(rows):
            alone = list(islice(descend(OBJECTIVE, thetas[k], train_only, optimizer=adam, mask=row, lr=0.01), 4))[-1][0]
            np.testing.assert_allclose(together[k], alone, rtol=1e-12)
    one, many = (reuse(t, NET.shapes, thetas, NET.shapes, ["W1"]) for t in (THETA, np.stack([THETA] * 3)))
    np.testing.assert_array_equal(one, many)
    np.testing.assert_array_equal(one, [reuse(THETA, NET.shapes, theta, NET.shapes, ["W1"]) for theta in thetas])
    one_start = reuse(thetas, NET.shapes, THETA, NET.shapes, ["W1", "b1"])
    np.testing.assert_array_equal(one_start[2], reuse(thetas[2], NET.shapes, THETA, NET.shapes, ["W1", "b1"]))


def test_reuse_takes_the_named_and_leaves_the_rest():
    """Catches a copy by position: the nets differ behind layer 1, so W2 starts elsewhere and is shaped otherwise."""
    other = Net((3, 4, 5, 2), activation="tanh", output="softmax")
    fresh = initialize(other.shapes, rng=np.random.default_rng(2))
    theta = unpack(reuse(THETA, NET.shapes, fresh, other.shapes, ["W1", "b1"]), other.shapes)
    for name in other.shapes:
        expected = unpack(THETA, NET.shapes) if name in ("W1", "b1") else unpack(fresh, other.shapes)
        np.testing.assert_array_equal(theta[name], expected[name])
    np.testing.assert_array_equal(reuse(THETA, NET.shapes, fresh, other.shapes, []), fresh)
    shuffled = dict(reversed(NET.shapes.items()))  # another order of the same parts
    theta = reuse(THETA, NET.shapes, np.zeros(len(THETA)), shuffled, list(NET.shapes))
    for name in NET.shapes:
        np.testing.assert_array_equal(unpack(theta, shuffled)[name], unpack(THETA, NET.shapes)[name])


def test_a_reused_layer_computes_the_same_features():
    other = Net((3, 4, 1), activation="tanh")
    theta = reuse(THETA, NET.shapes, initialize(other.shapes, rng=RNG), other.shapes, ["W1", "b1"])
    np.testing.assert_array_equal(forward(other, theta, X)[1]["A1"], forward(NET, THETA, X)[1]["A1"])


def test_inputs_are_not_modified():
    theta, grad, frozen = THETA.copy(), np.ones_like(THETA), TOP.copy()
    train_only(theta, grad, optimizer=sgd, mask=frozen, lr=0.1)
    reuse(theta, NET.shapes, theta, NET.shapes, ["W1"])
    assert (theta == THETA).all() and (grad == 1).all() and (frozen == TOP).all()


@pytest.mark.parametrize("block", [1, 3, 8])
def test_bad_records_have_one_block_from_another_record(block):
    """Numbers n_x * example + row tell where each entry came from: same row, one other record, neighbouring rows."""
    data = np.arange(8)[:, None] + 8.0 * np.arange(50)
    records, labels = good_and_bad(data, block, np.random.default_rng(0))
    assert records.shape == (8, 100) and labels.shape == (1, 100)
    np.testing.assert_array_equal(records[:, labels[0] == 1], data)
    starts = set()
    for k, bad in enumerate(records[:, labels[0] == 0].T):
        assert (bad % 8 == np.arange(8)).all()  # each entry in its own row
        foreign = np.flatnonzero(bad != data[:, k])
        assert len(foreign) == block and (np.diff(foreign) == 1).all()
        assert len(set(bad[foreign] // 8)) == 1
        starts.add(foreign[0])
    assert starts == set(range(9 - block))  # every place is used, the last one too


def test_the_notes_word_pairs():
    """21.03, 21.04: "The dog sleeps" => "The dog they": one word, from another sentence, at the same place."""
    sentences = np.array([["The", "dog", "sleeps"], ["Here", "are", "they"], ["Customer", "called", "FB"]]).T
    records, labels = good_and_bad(sentences, 1, np.random.default_rng(0))
    assert [" ".join(r) for r in records[:, :3].T] == ["The dog sleeps", "Here are they", "Customer called FB"]
    bad = records[:, labels[0] == 0]
    assert ((bad != sentences).sum(axis=0) == 1).all()
    assert all(word in sentences[row] for row in range(3) for word in bad[row])
    seen = {" ".join(r) for seed in range(30) for r in good_and_bad(sentences, 1, np.random.default_rng(seed))[0].T}
    assert {"The dog they", "Customer are FB"} <= seen


def test_records_in_which_nothing_changed_are_not_called_bad():
    """Catches label noise: with few different values a block often meets its equal."""
    data = np.random.default_rng(0).integers(0, 2, (3, 200))
    records, labels = good_and_bad(data, 1, np.random.default_rng(1))
    assert 250 < labels.size < 350 and (labels[0] == 1).sum() == 200
    constant = np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]])  # in row 1 nothing can change
    records, labels = good_and_bad(np.tile(constant, 20), 1, np.random.default_rng(1))
    assert (records[1] == 5).all() and 60 < labels.size < 120


def test_the_same_rng_the_same_records():
    a, b = (good_and_bad(X, 2, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(a[0], b[0])
    assert (good_and_bad(X, 2, np.random.default_rng(8))[0] != a[0]).any()


def test_it_can_be_learned_only_together():
    """Smoke: rows x and x^2 belong together; a net with a hidden layer tells good from bad, a single unit cannot."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (1, 300))
    records, labels = good_and_bad(np.concatenate([x, x**2 - 1.3]), 1, rng)
    scores = []
    for net in (Net((2, 12, 1), activation="tanh"), Net((2, 1))):
        objective = partial(cost_and_grad, net, X=records, Y=labels)
        theta, _ = last(descend(objective, initialize(net.shapes, rng=rng), adam, lr=0.03), 600)
        scores.append(accuracy(net, theta, records, labels))
    assert scores[0] > 0.85 > 0.65 > scores[1]


def test_two_records_are_enough_and_each_draws_its_own_partner():
    X, Y = good_and_bad(np.array([[1.0, 2.0]]), block=1, rng=np.random.default_rng(0))
    assert X.tolist() == [[1.0, 2.0, 2.0, 1.0]] and Y.tolist() == [[1, 1, 0, 0]]
    X, _ = good_and_bad(np.arange(40.0)[None, :], block=1, rng=np.random.default_rng(0))
    assert len(np.unique((X[0, 40:] - X[0, :40]) % 40)) > 5  # not one shift for all


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: reuse(THETA, NET.shapes, THETA, NET.shapes, ["W9"]),
            "names must be parameters .* 'W9': None and None",
        ),
        (lambda: reuse(THETA, NET.shapes, np.zeros(2), {"W1": (1, 2)}, ["W1"]), r"got 'W1': \(4, 3\) and \(1, 2\)"),
        (lambda: reuse(THETA, NET.shapes, np.zeros(2), {"W0": (1, 2)}, ["W1"]), r"got 'W1': \(4, 3\) and None"),
        (lambda: reuse(THETA[1:], NET.shapes, THETA, NET.shapes, ["W1"]), "theta must end in"),
        (lambda: reuse(THETA * np.nan, NET.shapes, THETA, NET.shapes, ["W1"]), "theta_from must be finite"),
        (lambda: train_only(THETA, THETA, optimizer=sgd, mask=TOP[1:], lr=0.1), r"mask must fit shape \(29,\)"),
        (lambda: train_only(THETA, THETA, optimizer=sgd, mask=TOP * 0.5, lr=0.1), "mask must be of 0 and 1"),
        (lambda: train_only(THETA, THETA, optimizer=sgd, mask=TOP * np.nan, lr=0.1), "mask must be of 0 and 1"),
        (lambda: train_only(THETA, THETA, optimizer=sgd, mask=1.0, lr=0.1), "mask must be of 0 and 1"),
        (lambda: train_only(THETA, THETA, optimizer=sgd, mask=TOP, lr=-1.0), "lr must be in"),
        (lambda: good_and_bad(np.ones((3, 1)), 1, RNG), "at least 2 records"),
        (lambda: good_and_bad(np.ones(3), 1, RNG), "X must have shape"),
        (lambda: good_and_bad(np.ones((3, 4)), 1, RNG), "records that differ"),
        (lambda: good_and_bad(X, 0, RNG), r"block must be in \[1, inf\), got 0"),
        (lambda: good_and_bad(X, 4, RNG), r"block must be in \[1, 3\], got 4"),
        (lambda: good_and_bad(X, 1.5, RNG), "block must be a whole number"),
        (lambda: good_and_bad(X * np.nan, 1, RNG), "X must be finite"),
        (lambda: good_and_bad(X, 1, 0), "rng must be a random generator"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
