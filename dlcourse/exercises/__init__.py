"""Exercises that say which mistake you made:  check("ewa", my_ewa).

To add an exercise, write it into the file of its topic here (one without an underscore; its EXERCISES are found). Each
catalogued mistake is a small function that really makes it; the first line of its docstring names the mistake, the rest
is the hint: the right idea, but never the code.

    def weights_swapped(x, beta):
        \"\"\"The two weights are swapped.

        beta is the share of the old average that stays.
        \"\"\"
        ...the wrong computation...

    EXERCISES = (Exercise("ewa", "Write my_ewa(x, beta): ...", reference=averages.ewa_series,
                          cases=(case(x, 0.9), ...), fresh=draw, mistakes=(weights_swapped, ...)),)

Cases go from small to large; each mistake must show in one of them, and differ from the other mistakes in one.
fresh=draw takes an rng and gives one case more; at each check five are drawn, so that no table of answers is right.
What is not called once, but step by step, says how: run=steps for optimizers.

tests/exercises/test_every_exercise.py tests every catalogue it finds: the reference is right, each mistake gets its own
hint, and there are four or more. The jury in tests/exercises/test_<topic>.py holds what learners write: at the least 8
right answers and 15 wrong ones, 12 of these named. The notebook's cell asks: exercises.check("ewa", my_ewa).
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from textwrap import fill

from dlcourse.exercises._engine import Exercise, Result, diagnose


def catalogue() -> dict[str, Exercise]:
    """{name: exercise}, from every file of this folder.

    >>> "ewa" in catalogue()
    True
    """
    files = [file.name for file in iter_modules(__path__) if not file.name.startswith("_")]
    return {exercise.name: exercise for file in files for exercise in import_module(f"{__name__}.{file}").EXERCISES}


def check(name: str, function: Callable | None = None, seed: int | None = None) -> Result:
    """Try your function on small cases and print what it gets right, or which mistake it makes.

    name is the exercise, as in check("ewa", my_ewa); without a function the task is printed. The result has
    .right (True or False) and .text (what was printed). Besides fixed cases some are drawn at random; where such a one
    decides, the text says the seed that draws it again.

    Nothing is raised from your code, and it is stopped after some seconds, or when it takes a gigabyte. Only a single
    call into a library that never comes back is waited for, and what ends Python itself (os._exit) ends it.

    >>> result = check("bias_correction", lambda average, beta, t: average / (1 - beta**t))  # doctest: +ELLIPSIS
    Right: your function agrees with averages.bias_correction on all ... cases. Compare with averages.bias_correction??
    """
    exercises = catalogue()
    if not isinstance(name, str):
        result = Result(False, 'The name of the exercise comes first: check("ewa", my_ewa).')
    elif name not in exercises:
        result = Result(False, f"There is no exercise {name!r}. The exercises are: {', '.join(exercises)}.")
    elif not (seed is None or isinstance(seed, int) and seed >= 0):
        result = Result(False, "The seed must be a whole number from 0, such as the text of a check names.")
    elif function is None:
        result = Result(False, exercises[name].task)
    else:
        result = diagnose(exercises[name], function, seed)
    for line in result.text.splitlines():
        print(line if line.startswith(" ") else fill(line, 110))
    return result
