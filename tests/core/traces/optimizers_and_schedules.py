"""Record 50 steps of PyTorch's and Keras's optimizers and schedules, as an independent engine for the default tests.

    python tests/traces/optimizers_and_schedules.py        writes optimizers_and_schedules.json beside this file

Every optimizer is given the same 50 gradients, so that nothing but the optimizer is compared; entries of very
different size, and one that is exactly zero at first, where a misplaced eps shows.
"""

import json
import random
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
STEPS = 50
THETA = [1.0, -2.0, 0.5, 3.0]

# dlcourse's optimizer and its keywords, PyTorch's class and its keywords
OPTIMIZERS = [
    ("sgd", {"lr": 0.1}, "SGD", {"lr": 0.1}),
    ("heavy_ball", {"lr": 0.05, "beta": 0.9}, "SGD", {"lr": 0.05, "momentum": 0.9}),
    ("momentum", {"lr": 0.5, "beta": 0.75}, "SGD", {"lr": 0.125, "momentum": 0.75}),
    ("nesterov", {"lr": 0.05, "beta": 0.9}, "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("adagrad", {"lr": 0.1}, "Adagrad", {"lr": 0.1, "eps": 1e-8}),
    ("rmsprop", {"lr": 0.01}, "RMSprop", {"lr": 0.01, "alpha": 0.9}),
    ("rmsprop", {"lr": 0.01, "beta": 0.99, "eps": 1e-3}, "RMSprop", {"lr": 0.01, "eps": 1e-3}),
    ("adam", {"lr": 0.01}, "Adam", {"lr": 0.01}),
    (
        "adam",
        {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3},
        "Adam",
        {"lr": 0.1, "betas": [0.8, 0.95], "eps": 1e-3},
    ),
    ("adamw", {"lr": 0.01}, "AdamW", {"lr": 0.01}),
    (
        "adamw",
        {"lr": 0.1, "beta1": 0.8, "weight_decay": 0.3},
        "AdamW",
        {"lr": 0.1, "betas": [0.8, 0.999], "weight_decay": 0.3},
    ),
    # PyTorch warms beta1 up; so large a momentum_decay ends the warming up before the first step
    ("nadam", {"lr": 0.01}, "NAdam", {"lr": 0.01, "momentum_decay": 1e9}),
    (
        "nadam",
        {"lr": 0.1, "beta1": 0.7, "beta2": 0.9, "eps": 1e-3},
        "NAdam",
        {"lr": 0.1, "betas": [0.7, 0.9], "eps": 1e-3, "momentum_decay": 1e9},
    ),
]

# the same for schedules; dlcourse's take t = 0, 1, 2, ...
SCHEDULES = [
    ("exponential_decay", {"lr0": 0.2, "base": 0.95}, "ExponentialLR", {"gamma": 0.95}),
    ("one_cycle", {"lr_max": 0.2, "total": 50}, "OneCycleLR", {"max_lr": 0.2, "total_steps": 50}),
    (
        "one_cycle",
        {"lr_max": 0.2, "total": 50, "rise": 0.45, "start": 10, "end": 100},
        "OneCycleLR",
        {"max_lr": 0.2, "total_steps": 50, "pct_start": 0.45, "div_factor": 10, "final_div_factor": 100},
    ),
    ("staircase", {"lr0": 0.2, "base": 0.1, "every": 20}, "StepLR", {"step_size": 20, "gamma": 0.1}),
    (
        "piecewise",
        {"boundaries": [10, 30], "values": [0.2, 0.1, 0.05]},
        "MultiStepLR",
        {"milestones": [10, 30], "gamma": 0.5},
    ),
]


def gradients():
    """50 gradients: entry 0 about 1, entry 1 about 1000, entry 2 about 1e-4, entry 3 zero for ten steps."""
    rng = random.Random(1)
    return [
        [rng.gauss(0.3, 1), rng.gauss(0, 1000), rng.gauss(1e-4, 1e-4), rng.gauss(0, 1) * (t >= 10)]
        for t in range(STEPS)
    ]


def torch_optimizer(name, keywords):
    """Theta after each step of torch.optim.<name>."""
    import torch

    torch.set_default_dtype(torch.float64)  # otherwise NAdam keeps its product of betas in single precision
    theta = torch.nn.Parameter(torch.tensor(THETA, dtype=torch.float64))
    optimizer, path = getattr(torch.optim, name)([theta], **keywords), []
    for gradient in gradients():
        theta.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        path.append(theta.tolist())
    torch.set_default_dtype(torch.float32)
    return path


def torch_schedule(name, keywords):
    """The learning rate at t = 0, 1, ..., 49 under torch.optim.lr_scheduler.<name>."""
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule, rates = getattr(torch.optim.lr_scheduler, name)(optimizer, **keywords), []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(rates) < STEPS else None
    return rates


def keras_rmsprop():
    """Theta after each step of Keras's RMSprop, which adds eps inside the root; lr is exact in single precision."""
    import tensorflow as tf

    theta = tf.Variable(THETA, dtype=tf.float64)
    optimizer, path = tf.keras.optimizers.RMSprop(learning_rate=0.125, rho=0.75, epsilon=0.5), []
    for gradient in gradients():
        optimizer.apply([tf.constant(gradient, dtype=tf.float64)], [theta])
        path.append(theta.numpy().tolist())
    return path


def main():
    import tensorflow
    import torch

    optimizers = [
        {
            "step": step,
            "hyper": hyper,
            "engine": f"torch.optim.{name}",
            "keywords": keywords,
            "path": torch_optimizer(name, keywords),
        }
        for step, hyper, name, keywords in OPTIMIZERS
    ]
    optimizers.append(
        {
            "step": "rmsprop",
            "hyper": {"lr": 0.125, "beta": 0.75, "eps": 0.5, "eps_inside": True},
            "engine": "keras.optimizers.RMSprop",
            "keywords": {},
            "path": keras_rmsprop(),
        }
    )
    schedules = [
        {
            "schedule": schedule,
            "hyper": hyper,
            "engine": f"torch.optim.lr_scheduler.{name}",
            "keywords": keywords,
            "rates": torch_schedule(name, keywords),
        }
        for schedule, hyper, name, keywords in SCHEDULES
    ]
    FILE.write_text(
        json.dumps(
            {
                "torch": torch.__version__,
                "tensorflow": tensorflow.__version__,
                "theta": THETA,
                "gradients": gradients(),
                "optimizers": optimizers,
                "schedules": schedules,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
