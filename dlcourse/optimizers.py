"""One step of each optimizer: theta, gradient and memory in; theta and memory out.

Every optimizer is a pure function  step(theta, grad, state=None, *, lr, ...) -> (theta, state):
* theta (P,) and grad (P,); any leading axes are separate models;
* state is a tuple, all that the optimizer remembers; None is the start, with averages of zero. Inputs never change;
* lr, beta, ... are numbers, or arrays with one entry for each model: lr (K,) with theta (K, P).
The loop that repeats a step, and owns the schedule of lr, is `training.descend`.
"""

import numpy as np

from dlcourse._check import fits, flag, in_range, numeric

RANGES = {
    "lr": "[0, inf)",
    "beta": "[0, 1)",
    "beta1": "[0, 1)",
    "beta2": "[0, 1)",
    "eps": "(0, inf)",
    "weight_decay": "[0, inf)",
}


def _ready(theta, grad, **hyper):
    """Theta, the gradient and the hyper-parameters, checked; an array (K,) of these becomes (K, 1)."""
    theta, grad = numeric("theta", theta, ndim=0), numeric("grad", grad)
    if theta.shape != grad.shape:
        raise ValueError(f"grad must have the shape of theta, {theta.shape}, got {grad.shape}")
    ready = [theta, grad]
    for name, value in hyper.items():
        value = in_range(name, value, RANGES[name])
        ready.append(value if isinstance(value, (int, float)) else _per_model(name, value, theta))
    return ready


def _per_model(name, value, theta):
    """value (K,) -> (K, 1), so that it meets theta (K, P) model by model."""
    try:
        return np.broadcast_to(value, theta.shape[:-1])[..., None]
    except ValueError:
        raise ValueError(
            f"{name} must be a number or have one entry for each model, theta's leading axes "
            f"{theta.shape[:-1]}, got shape {value.shape}"
        ) from None


def _memory(state, theta, **start):
    """What the optimizer remembers, `start` in the first step; the memory of another optimizer does not fit."""
    if state is None or (isinstance(state, (tuple, list)) and not state):
        return tuple(start.values())
    if not isinstance(state, (tuple, list)) or len(state) != len(start):
        raise ValueError(f"state must be None or what this optimizer returned, ({', '.join(start)}), got {state!r:.60}")
    memory = []
    for name, value in zip(start, state):
        if type(value) is not int or value < 0:  # as Adam's t is
            value = fits("state", value, theta.shape)
            if len(start) == 1 and name == "s" and value.min() < 0:
                raise ValueError("state must be averages of squares, not negative; this is another optimizer's")
        memory.append(value)
    return memory


def sgd(theta, grad, state=None, *, lr):
    """Gradient descent:  theta := theta - lr * grad.

    Called stochastic or mini-batch descent when grad comes from a part of the examples: the step is the same.
    Shapes: theta, grad (P,); leading axes are separate models. lr (the course's alpha) >= 0. No memory: state is ().
    Errors: ValueError for a gradient of another shape, and for lr out of range.
    Source: Course 1, week 2; Course 2, week 2, mini-batch gradient descent.

    >>> sgd([1.0, 2.0], [10.0, -10.0], lr=0.1)[0].tolist()
    [0.0, 3.0]
    """
    theta, grad, lr = _ready(theta, grad, lr=lr)
    _memory(state, theta)
    return theta - lr * grad, ()


def momentum(theta, grad, state=None, *, lr, beta=0.9):
    """Step along the average of the past gradients, the course's momentum:

        v := beta * v + (1 - beta) * grad,    theta := theta - lr * v,    v = 0 at the start (not corrected).

    The first step is only (1 - beta) of a plain one; beta = 0 is plain descent. PyTorch, Keras and the book use
    `heavy_ball`, which is this one with lr_heavy = (1 - beta) * lr.
    Shapes: theta, grad (P,); leading axes are separate models. lr >= 0, beta in [0, 1); state (v,).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Course 2, week 2, gradient descent with momentum.

    >>> momentum([0.0], [1.0], lr=1.0, beta=0.9)[0].round(6).tolist()
    [-0.1]
    """
    theta, grad, lr, beta = _ready(theta, grad, lr=lr, beta=beta)
    (v,) = _memory(state, theta, v=0.0)
    v = beta * v + (1 - beta) * grad
    return theta - lr * v, (v,)


def heavy_ball(theta, grad, state=None, *, lr, beta=0.9):
    """Momentum without the factor (1 - beta), a ball that rolls and is braked:

        v := beta * v + grad,    theta := theta - lr * v,    v = 0 at the start.

    On a constant slope v grows to grad / (1 - beta): for beta = 0.9, ten plain steps at once (terminal velocity).
    PyTorch's SGD(momentum=beta); the book's m is -lr * v. The same path as `momentum` with lr_heavy = (1 - beta) * lr.
    Shapes: theta, grad (P,); leading axes are separate models. lr >= 0, beta in [0, 1); state (v,).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Polyak 1964; Sutskever et al. 2013, equations 1 and 2; book notes on momentum.

    >>> heavy_ball([0.0], [1.0], (10.0,), lr=1.0, beta=0.9)[0].round(6).tolist()     # 0.9 * 10 + 1 = 10, for ever
    [-10.0]
    """
    theta, grad, lr, beta = _ready(theta, grad, lr=lr, beta=beta)
    (v,) = _memory(state, theta, v=0.0)
    v = beta * v + grad
    return theta - lr * v, (v,)


def nesterov(theta, grad, state=None, *, lr, beta=0.9):
    """Momentum that looks ahead: the gradient is taken where the ball is about to be.

        v := beta * v + grad,    theta := theta - lr * (beta * v + grad),    v = 0 at the start.

    Here theta IS the point ahead, so that grad at theta is all it needs: PyTorch's SGD(nesterov=True), heavy-ball
    scale. The book holds the ball itself,  w = theta + lr * beta * v,  and asks for the gradient at w - lr * beta * v;
    with a constant lr the two tell the same story.
    Shapes: theta, grad (P,); leading axes are separate models. lr >= 0, beta in [0, 1); state (v,).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Nesterov 1983; Sutskever et al. 2013, equations 3 and 4; book notes on Nesterov.

    >>> nesterov([0.0], [1.0], lr=1.0, beta=0.9)[0].tolist()
    [-1.9]
    """
    theta, grad, lr, beta = _ready(theta, grad, lr=lr, beta=beta)
    (v,) = _memory(state, theta, v=0.0)
    v = beta * v + grad
    return theta - lr * (beta * v + grad), (v,)


def adagrad(theta, grad, state=None, *, lr, eps=1e-8):
    """Shorter steps along the steep axes, by all the gradients so far:

        s := s + grad^2,    theta := theta - lr * grad / (sqrt(s) + eps),    s = 0 at the start.

    The sum s only grows, so the steps die out, often before the minimum: `rmsprop` forgets instead.
    Shapes: theta, grad (P,); leading axes are separate models. lr >= 0, eps > 0 (outside the root, as in PyTorch,
    whose default is 1e-10); state (s,).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Duchi, Hazan and Singer 2011, JMLR 12; book notes on AdaGrad.

    >>> adagrad([0.0, 0.0], [3.0, -0.01], lr=0.5)[0].round(5).tolist()
    [-0.5, 0.5]
    """
    theta, grad, lr, eps = _ready(theta, grad, lr=lr, eps=eps)
    (s,) = _memory(state, theta, s=0.0)
    s = s + grad**2
    return theta - lr * grad / (np.sqrt(s) + eps), (s,)


def rmsprop(theta, grad, state=None, *, lr, beta=0.9, eps=1e-8, eps_inside=False):
    """Divide each entry of the gradient by its own recent size:

        s := beta * s + (1 - beta) * grad^2,    theta := theta - lr * grad / (sqrt(s) + eps),    s = 0 at the start.

    beta is the course's beta2. As published there is no eps. Outside the root: the course, PyTorch (whose beta is
    0.99); inside, sqrt(s + eps): the book, d2l, optax, here with eps_inside=True. Outside eps is like inside eps^2.
    Shapes: theta, grad (P,); leading axes are separate models. lr >= 0, beta in [0, 1), eps > 0; state (s,).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Hinton, Coursera lecture 6e; Course 2, week 2, RMSprop.

    >>> rmsprop([0.0, 0.0], [3.0, -0.01], lr=1.0, beta=0.75)[0].round(5).tolist()   # 1 / sqrt(1 - 0.75) = 2
    [-2.0, 2.0]
    """
    theta, grad, lr, beta, eps = _ready(theta, grad, lr=lr, beta=beta, eps=eps)
    (s,) = _memory(state, theta, s=0.0)
    s = beta * s + (1 - beta) * grad**2
    root = np.sqrt(s + eps) if flag("eps_inside", eps_inside) else np.sqrt(s) + eps
    return theta - lr * grad / root, (s,)


def adam(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adaptive moment estimation: momentum's average over RMSprop's, both corrected for their start at zero:

        theta := theta - lr * v_hat / (sqrt(s_hat) + eps),    v_hat = v / (1 - beta1^t),    s_hat = s / (1 - beta2^t).

    v, s are the paper's m, v. eps is outside the root, as in the paper and PyTorch; TensorFlow adds it to the
    uncorrected sqrt(s) (the paper's eps-hat), Géron's book puts it inside the root.
    Shapes: theta, grad (P,); leading axes: separate models. lr >= 0, beta1, beta2 in [0, 1), eps > 0; state (t, v, s).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Kingma and Ba, arXiv 1412.6980, algorithm 1; Course 2, week 2, Adam.

    >>> adam([0.0, 0.0], [3.0, -0.01], lr=0.1)[0].round(6).tolist()      # first step: lr, whatever the gradient
    [-0.1, 0.1]
    """
    theta, grad, lr, beta1, beta2, eps = _ready(theta, grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    t, v, s = _memory(state, theta, t=0, v=0.0, s=0.0)
    t = t + 1
    v = beta1 * v + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    v_hat = v / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return theta - lr * v_hat / (np.sqrt(s_hat) + eps), (t, v, s)


def adamw(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01, decay_mask=1.0):
    """Adam with weight decay beside it, not inside the gradient:  Adam's theta - lr * weight_decay * theta.

    L2 in the cost passes through Adam's division and shrinks all weights about alike; this decay does not.
    weight_decay >= 0 acts as lambda/m of the cost does in plain descent. decay_mask, 1 or 0 for each entry, says which
    decay: `parameters.mask(shapes, ["W1", "W2"])` leaves the biases out. The paper has a schedule eta where we, like
    PyTorch, have lr before weight_decay.
    Shapes: theta, grad, decay_mask (P,); leading axes are separate models. lr, beta1, beta2, eps, state: as in `adam`.
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2.

    >>> adamw([1.0, 1.0], [0.0, 0.0], lr=0.1, weight_decay=0.5, decay_mask=[1.0, 0.0])[0].tolist()
    [0.95, 1.0]
    """
    after_adam, state = adam(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    theta, grad, lr, weight_decay = _ready(theta, grad, lr=lr, weight_decay=weight_decay)
    return after_adam - lr * weight_decay * _decays(decay_mask, theta) * theta, state


def _decays(decay_mask, theta):
    """The mask as an array that fits theta; 0 and 1 are the ends, a part in between decays in part."""
    return fits("decay_mask", in_range("decay_mask", decay_mask, "[0, 1]"), theta.shape)


def nadam(theta, grad, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam with Nesterov's look ahead: v_hat becomes next step's share of v plus today's share of grad,

        v_hat = beta1 * v / (1 - beta1^(t+1)) + (1 - beta1) * grad / (1 - beta1^t),    the rest as in `adam`.

    beta1 is constant here; Dozat also warms it up, which PyTorch does by default (its momentum_decay=0.004).
    Shapes: theta, grad (P,); leading axes: separate models. lr >= 0, beta1, beta2 in [0, 1), eps > 0; state (t, v, s).
    Errors: ValueError for a gradient of another shape, and for a hyper-parameter out of range.
    Source: Dozat 2016, Incorporating Nesterov Momentum into Adam; book notes on optimizers.

    >>> nadam([0.0], [1.0], lr=1.0, beta1=0.5)[0].round(6).tolist()      # 0.5 * 0.5 / 0.75 + 0.5 / 0.5 = 4/3
    [-1.333333]
    """
    theta, grad, lr, beta1, beta2, eps = _ready(theta, grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    t, v, s = _memory(state, theta, t=0, v=0.0, s=0.0)
    t = t + 1
    v = beta1 * v + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    v_hat = beta1 * v / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return theta - lr * v_hat / (np.sqrt(s_hat) + eps), (t, v, s)
