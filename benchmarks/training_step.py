"""How long one training step takes, cost included: dlcourse beside four other engines, in one run.

    python benchmarks/training_step.py [--rounds 15] [--strict]

Every engine trains the same network from the same start with Adam in float64. The runs are interleaved, so that a busy
moment of the machine hits all of them, and the median over the rounds counts. All of it is done twice, in processes of
their own: with one thread, and with as many as each engine takes by default. With --strict the exit status is 1 when
a target is missed. Engines that are not installed are named. scikit-learn draws its own start, the others must agree
on the cost after 50 steps.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import warnings
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice

import numpy as np

from dlcourse.initializers import initialize
from dlcourse.losses import binary_cross_entropy
from dlcourse.network import Net, backward, cost_and_grad, forward
from dlcourse.optimizers import adam
from dlcourse.parameters import pack, unpack
from dlcourse.training import descend

LR, STACK = 0.01, 8
MOONS, DIGITS = Net((2, 10, 5, 1)), Net((64, 64, 32, 10), output="softmax")
TARGETS = [  # (who is compared, with what it is compared, the ratio of their times must be at least)
    ("PyTorch eager", "dlcourse", 6.0),
    ("scikit-learn", "dlcourse", 4.5),
    ("dictionary style", "dlcourse", 1.5),
    ("JAX jitted scan", "dlcourse", 1 / 2.5),
    (f"JAX vmapped, stack of {STACK}, each", f"dlcourse, stack of {STACK}, each", 1 / 1.4),
    ("PyTorch eager, digits", "dlcourse, digits", 3.0),
]


def problem(net, m, seed=0):
    """Features and labels for a net: is the product of two features positive, one label in ten flipped; or classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(net.layer_dims[0], m))
    if net.output == "softmax":
        return X, np.eye(net.layer_dims[-1])[:, rng.integers(net.layer_dims[-1], size=m)]
    return X, 1.0 * ((X[:1] * X[1:2] > 0) ^ (rng.random((1, m)) < 0.1))


# The engines. Each takes (net, theta, X, Y) and gives run(n): do n more steps, return the last cost.


def with_dlcourse(net, theta, X, Y):
    """The loop as a notebook writes it: theta (P,), or (K, P) for a stack."""
    path = descend(partial(cost_and_grad, net, X=X, Y=Y), theta, adam, lr=LR)
    return lambda n: [J for _, J in islice(path, n)][-1]


def with_dictionaries(net, theta, X, Y):
    """The course's own style: a dictionary of parameters, a list of caches, a loop over layers in each function."""
    parameters = {name: value.copy() for name, value in unpack(theta, net.shapes).items()}
    v = {name: np.zeros(value.shape) for name, value in parameters.items()}
    s = {name: np.zeros(value.shape) for name, value in parameters.items()}
    L, m, clock = len(parameters) // 2, X.shape[1], {"t": 0}

    def forward_all():
        caches, A = [], X
        for layer in range(1, L + 1):
            A_prev = A
            Z = np.dot(parameters["W" + str(layer)], A_prev) + parameters["b" + str(layer)]
            if layer < L:
                A = np.maximum(0, Z)
            elif net.output == "softmax":
                T = np.exp(Z - np.max(Z, axis=0, keepdims=True))
                A = T / np.sum(T, axis=0, keepdims=True)
            else:
                A = 1 / (1 + np.exp(-Z))
            caches.append((A_prev, Z))
        return A, caches

    def compute_cost(A):
        if net.output == "softmax":
            return -1 / m * np.sum(Y * np.log(A))
        return -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))

    def backward_all(A, caches):
        gradients, dZ = {}, A - Y
        for layer in range(L, 0, -1):
            A_prev, _ = caches[layer - 1]
            gradients["dW" + str(layer)] = 1 / m * np.dot(dZ, A_prev.T)
            gradients["db" + str(layer)] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
            if layer > 1:
                dA = np.dot(parameters["W" + str(layer)].T, dZ)
                dZ = np.array(dA, copy=True)
                dZ[caches[layer - 2][1] <= 0] = 0
        return gradients

    def update(gradients, beta1=0.9, beta2=0.999, eps=1e-8):
        clock["t"] += 1
        for name in parameters:
            grad = gradients["d" + name]
            v[name] = beta1 * v[name] + (1 - beta1) * grad
            v_corrected = v[name] / (1 - beta1 ** clock["t"])
            s[name] = beta2 * s[name] + (1 - beta2) * np.square(grad)
            s_corrected = s[name] / (1 - beta2 ** clock["t"])
            parameters[name] = parameters[name] - LR * v_corrected / (np.sqrt(s_corrected) + eps)

    def run(n):
        for _ in range(n):
            A, caches = forward_all()
            with np.errstate(divide="ignore", invalid="ignore"):  # log 0, where A has rounded to 0 or 1
                cost = compute_cost(A)
            update(backward_all(A, caches))
        return cost

    return run


def with_pytorch(net, theta, X, Y):
    """PyTorch as its tutorials write it: nn.Sequential, a loss from logits, torch.optim.Adam; eager."""
    import torch

    dims, p = net.layer_dims, unpack(theta, net.shapes)
    layers = []
    for layer in range(1, net.L + 1):
        linear = torch.nn.Linear(dims[layer - 1], dims[layer], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(p[f"W{layer}"].copy()))
            linear.bias.copy_(torch.tensor(p[f"b{layer}"].ravel()))
        layers += [linear, torch.nn.ReLU()] if layer < net.L else [linear]
    model, X = torch.nn.Sequential(*layers), torch.tensor(X.T.copy())
    softmax = net.output == "softmax"
    Y = torch.tensor(Y.argmax(axis=0)) if softmax else torch.tensor(Y.T.copy())
    loss = torch.nn.CrossEntropyLoss() if softmax else torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)

    def run(n):
        for _ in range(n):
            optimizer.zero_grad()
            J = loss(model(X), Y)
            J.backward()
            optimizer.step()
            cost = J.item()
        return cost

    return run


def with_scikit_learn(net, theta, X, Y):
    """MLPClassifier's own loop, the whole set as one batch, no penalty, no shuffling; it draws its own start."""
    from sklearn.neural_network import MLPClassifier

    def run(n):
        model = MLPClassifier(
            net.layer_dims[1:-1],
            alpha=0.0,
            batch_size=X.shape[1],
            learning_rate_init=LR,
            max_iter=n,
            n_iter_no_change=n + 1,
            tol=0.0,
            shuffle=False,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that n steps did not converge
            return model.fit(X.T, Y[0]).loss_

    return run


def with_jax(net, theta, X, Y):
    """The step written with jax.numpy and jax.grad, n steps compiled into one lax.scan; vmapped for theta (K, P)."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y, shapes = jnp.asarray(X), jnp.asarray(Y), net.shapes

    def cost(theta):
        A, start = X, 0
        for name, (rows, columns) in shapes.items():
            part = theta[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
            if name.startswith("W"):
                Z = part @ A
            else:
                Z = Z + part
                A = jax.nn.relu(Z)  # its slope at 0 is 0, as ours and PyTorch's; of jnp.maximum it is 1/2
        return jnp.mean(jnp.logaddexp(0, Z) - Y * Z)

    def step(carry, _):
        theta, v, s, t = carry
        J, grad = jax.value_and_grad(cost)(theta)
        t, v, s = t + 1, 0.9 * v + 0.1 * grad, 0.999 * s + 0.001 * grad**2
        theta = theta - LR * (v / (1 - 0.9**t)) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)
        return (theta, v, s, t), J

    def scan(carry, n):
        return jax.lax.scan(step, carry, length=n)

    def start(theta):
        return theta, jnp.zeros_like(theta), jnp.zeros_like(theta), 0.0

    theta = jnp.asarray(theta)
    one = theta.ndim == 1
    state = {"carry": start(theta) if one else jax.vmap(start)(theta)}
    compiled = {}

    def run(n):
        if n not in compiled:
            compiled[n] = jax.jit(partial(scan, n=n) if one else jax.vmap(partial(scan, n=n)))
        state["carry"], J = compiled[n](state["carry"])
        return np.asarray(J)[..., -1]

    return run


def measure(rounds):
    """{engine: microseconds for a step, ...} and what else one process can say."""
    try:
        import torch

        if os.environ.get("OMP_NUM_THREADS") == "1":
            torch.set_num_threads(1)
    except ImportError:
        pass
    rng, (X, Y) = np.random.default_rng(0), problem(MOONS, 300)
    theta = initialize(MOONS.shapes, rng=rng)
    stack = initialize(MOONS.shapes, rng=rng, stack=(STACK,))
    X_digits, Y_digits = problem(DIGITS, 64)
    theta_digits = initialize(DIGITS.shapes, rng=rng)
    entrants = {
        "dlcourse": (with_dlcourse, (MOONS, theta, X, Y), 1),
        "dictionary style": (with_dictionaries, (MOONS, theta, X, Y), 1),
        "PyTorch eager": (with_pytorch, (MOONS, theta, X, Y), 1),
        "scikit-learn": (with_scikit_learn, (MOONS, theta, X, Y), 1),
        "JAX jitted scan": (with_jax, (MOONS, theta, X, Y), 1),
        f"dlcourse, stack of {STACK}, each": (with_dlcourse, (MOONS, stack, X, Y), STACK),
        f"JAX vmapped, stack of {STACK}, each": (with_jax, (MOONS, stack, X, Y), STACK),
        "dlcourse, digits": (with_dlcourse, (DIGITS, theta_digits, X_digits, Y_digits), 1),
        "dictionary style, digits": (with_dictionaries, (DIGITS, theta_digits, X_digits, Y_digits), 1),
        "PyTorch eager, digits": (with_pytorch, (DIGITS, theta_digits, X_digits, Y_digits), 1),
    }
    runs, missing, first, costs = {}, [], {}, {}
    for name, (engine, arguments, models) in entrants.items():
        try:
            run = engine(*arguments)
            began = time.perf_counter()
            costs[name] = np.asarray(run(50))
            first[name] = time.perf_counter() - began
        except ImportError as error:
            missing.append(f"{name}: {error}")
        else:
            runs[name] = run, models
    for name in costs:
        partner = f"dlcourse{name[name.index(',') :]}" if "," in name else "dlcourse"
        if name != "scikit-learn":
            np.testing.assert_allclose(costs[name], costs[partner], rtol=1e-6, err_msg=f"{name} differs")
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (run, models) in runs.items():
            times[name].append(clock(run, 200 if name == "scikit-learn" else 50) / models)
    return {
        "times": {name: float(np.median(values)) for name, values in times.items()},
        "missing": missing,
        "compiling": {name: first[name] for name in first if name.startswith("JAX")},
        "parts": parts(theta, X, Y, rounds),
        "growth": growth(rounds),
    }


def clock(run, n):
    """Microseconds for one of n steps."""
    began = time.perf_counter()
    run(n)
    return (time.perf_counter() - began) / n * 1e6


def parts(theta, X, Y, rounds):
    """Where the time of one step goes, each part called alone; the rest is the loop around them."""

    def repeated(call):
        def run(n):
            for _ in range(n):
                call()

        return run

    (_, grad), (_, cache) = cost_and_grad(MOONS, theta, X, Y), forward(MOONS, theta, X)
    _, state = adam(theta, grad, lr=LR)
    calls = {
        "step in the loop": with_dlcourse(MOONS, theta, X, Y),
        "cost_and_grad": repeated(lambda: cost_and_grad(MOONS, theta, X, Y)),
        "- forward": repeated(lambda: forward(MOONS, theta, X)),
        "- - of it unpack": repeated(lambda: unpack(theta, MOONS.shapes)),
        "- binary_cross_entropy": repeated(lambda: binary_cross_entropy(cache["Z3"], Y)),
        "- backward": repeated(lambda: backward(MOONS, Y, cache)),
        "- - of it pack": repeated(lambda: pack(unpack(grad, MOONS.shapes), MOONS.shapes)),
        "adam": repeated(lambda: adam(theta, grad, state, lr=LR)),
        "the 8 matrix products alone": repeated(lambda: products(cache)),
    }
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, run in calls.items():
            times[name].append(clock(run, 200))
    return {name: float(np.median(values)) for name, values in times.items()}


def products(c):
    """What no numpy code of this network can do without: three products forward, five backward."""
    c["W1"] @ c["A0"], c["W2"] @ c["A1"], c["W3"] @ c["A2"]
    c["W2"].mT @ c["Z2"], c["W3"].mT @ c["Z3"]
    c["Z1"] @ c["A0"].mT, c["Z2"] @ c["A1"].mT, c["Z3"] @ c["A2"].mT


def growth(rounds):
    """Microseconds for a step (for each model of a stack) as width, examples and stack grow, one at a time."""
    cases = [("width", n, (2, n, n, 1), 300, ()) for n in (5, 10, 20, 40, 80, 160, 320)]
    cases += [("examples", m, (2, 10, 5, 1), m, ()) for m in (30, 100, 300, 1000, 3000, 10_000)]
    cases += [("stack", K, (2, 10, 5, 1), 300, (K,)) for K in (1, 2, 4, 8, 16, 32, 64)]
    rows = []
    for what, value, layer_dims, m, models in cases:
        net = Net(layer_dims)
        theta = initialize(net.shapes, rng=np.random.default_rng(0), stack=models)
        run = with_dlcourse(net, theta, *problem(net, m))
        n = 1 + int(20_000 / clock(run, 5))  # about 20 ms for each round
        times = [clock(run, n) / (models[0] if models else 1) for _ in range(max(3, rounds // 3))]
        rows.append((what, value, float(np.median(times))))
    return rows


def in_a_process_of_its_own(threads, rounds):
    """Measure with threads "1" or "default": the libraries read these variables only when they are loaded."""
    env = dict(os.environ)
    if threads == "1":
        env |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        env["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    output = subprocess.run(
        [sys.executable, __file__, "--measure", "--rounds", str(rounds)],
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    return json.loads(output.splitlines()[-1])


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def report(results):
    """Print everything as Markdown; return the targets that were missed."""
    one, default = results
    packages = []
    for name in ("numpy", "torch", "scikit-learn", "jax"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} not installed")
    print(
        f"Python {platform.python_version()}, {', '.join(packages)}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; microseconds a step.\n"
    )
    print("2-10-5-1 ReLU on 300 points, one full-batch Adam step; digits: 64-64-32-10, 64 examples.\n")
    table(
        ["engine", "one thread", "default threads"],
        [(name, *(f"{result['times'][name]:.0f}" for result in results)) for name in one["times"]],
    )
    for name, seconds in one["compiling"].items():
        print(f"{name}: the first call, which compiles, took {seconds:.1f} s ({default['compiling'][name]:.1f} s).")
    for line in one["missing"]:
        print(f"Not measured: {line}")
    print("\nTargets (time of the first / time of the second; at least so much):\n")
    rows, missed = [], []
    for engine, ours, bound in TARGETS:
        if engine not in one["times"]:
            rows.append((engine, ours, f"{bound:.2f}", "not measured", "not measured", ""))
            continue
        ratios = [result["times"][engine] / result["times"][ours] for result in results]
        met = min(ratios) >= bound
        missed += [] if met else [engine]
        rows.append((engine, ours, f"{bound:.2f}", *(f"{r:.2f}" for r in ratios), "met" if met else "MISSED"))
    table(["engine", "against", "at least", "one thread", "default threads", ""], rows)
    print("Where a step's time goes:\n")
    table(
        ["part", "one thread", "default threads"],
        [(name, *(f"{result['parts'][name]:.1f}" for result in results)) for name in one["parts"]],
    )
    print("As one thing grows (for each model, where it is the stack):\n")
    table(
        ["grows", "to", "one thread", "default threads"],
        [
            (what, value, f"{us:.0f}", f"{us_default:.0f}")
            for (what, value, us), (_, _, us_default) in zip(one["growth"], default["growth"], strict=True)
        ],
    )
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.rounds)))
        return 0
    missed = report([in_a_process_of_its_own(threads, arguments.rounds) for threads in ("1", "default")])
    return 1 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
