"""The controls of a live figure: sliders, even or in log10, in log10(1 - beta), over powers of two; choices; switches.

They are ipywidgets, with a name, a unit and a readout that reads well; arrow keys move them.
"""

import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets

from dlcourse.live.by_hand import ByHand

DECADE = (1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.3, 3.6, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9)

ECHO = 1.0  # seconds: so long a value that Python has set may come back from the page
SYMBOLS = {  # of the text, for what has another name in code
    "lr": "α",
    "lr0": "α₀",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "gamma": "γ",
    "lambd": "λ",
}


class Scale(widgets.SelectionSlider):
    """A slider over round values; takes any other value between its ends as well. even: of what its values are even."""

    def __init__(self, values, start, read, unit="", even=np.log10):
        self.low, self.high, self.unit, self.even = min(values), max(values), unit, even
        self.read = lambda value: f"{read(value)} {unit}".strip()
        values = sorted({*values, start})
        super().__init__(options=[(self.read(v), v) for v in values], value=start, continuous_update=True)


class _OnGrid:
    """A slider whose value is always low + k * step, in the kernel as in the browser, which snaps to it by itself.

    Else a value between two positions would come back from the page as another one, and train a second time.
    """

    min: float
    max: float
    step: float

    def snapped(self, value: float) -> float:
        """The nearest position, in as many digits as the step has; the low end counts first."""
        k = round((value - self.min) / self.step)
        return type(self.step)(round(self.min + k * self.step, _digits(self.step) + _digits(self.min)))

    def notify_change(self, change):
        """Python's own moves are remembered for a moment, see `set_state`."""
        if change["name"] == "value" and "value" not in self._property_lock:
            self._told = [*self._lately(), (time.monotonic(), change["new"])]
        super().notify_change(change)

    def _lately(self):
        return [told for told in getattr(self, "_told", []) if time.monotonic() - told[0] < ECHO]

    def set_state(self, sync_data):
        """From the page. What Python has said comes back, where the page's last digit is another: when it comes, Python
        may have said more since, as in a drag of a handle; such an echo moves nothing."""
        back = "value" in sync_data and self.snapped(sync_data["value"])
        if "value" in sync_data and any(back == value for _, value in self._lately()):
            sync_data = {key: value for key, value in sync_data.items() if key != "value"}
        super().set_state(sync_data)

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        proposal["value"] = self.snapped(proposal["value"])
        return super()._validate_value(proposal)

    def _should_send_property(self, key, value):
        """The page's own value is not sent back for a difference of rounding: that would overtake its next move."""
        sent = self._property_lock.get(key) if key == "value" else None
        rounding = sent is not None and abs(value - sent) < 1e-6 * self.step
        return not rounding and super()._should_send_property(key, value)


class FloatSlider(_OnGrid, widgets.FloatSlider):
    """An even slider over numbers."""


class IntSlider(_OnGrid, widgets.IntSlider):
    """An even slider over whole numbers."""


def _digits(step):
    """How many decimals a step has: 0.05 has two."""
    return max(0, -Decimal(repr(float(step))).normalize().as_tuple().exponent)


def _fits(step, *distances):
    """Is each distance a whole number of steps?"""
    return all(abs(d / step - round(d / step)) < 1e-6 for d in distances)


def _round_step(low, high, start):
    """The longest of 1, 2 and 5 times a power of ten that gives 50 positions or more and reaches start and high."""
    power = int(np.ceil(np.log10(high - low)))
    steps = [float(f"{digit}e{k}") for k in range(power, power - 6, -1) for digit in (5, 2, 1)]
    fitting = [s for s in steps if s <= (high - low) / 50 * (1 + 1e-9) and _fits(s, high - low, start - low)]
    if not fitting:
        raise ValueError(
            f"slider({low}, {high}, start={start}) has no round step that reaches start and high; give step="
        )
    return fitting[0]


def admit(control: widgets.Widget, value) -> None:
    """Make `value` a position of a Scale that does not have it yet. The slider jumps to its first: set the value next."""
    values = [position for _, position in control.options] if isinstance(control, Scale) else [value]
    if value not in values:
        control.options = [(control.read(v), v) for v in sorted([*values, value])]


def _within(name, low, high, start):
    if not low < high:
        raise ValueError(f"{name} needs low < high, got {low} and {high}")
    if not low <= start <= high:
        raise ValueError(f"{name} must start between {low} and {high}, got {start}")


def _decades(low, high, digits=DECADE):
    exponents = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [value for k in exponents for digit in digits if low < (value := float(f"{digit}e{k}")) < high]


def log_slider(low: float, high: float, start: float, unit: str = "", digits: Sequence[float] = DECADE) -> Scale:
    """A slider that is even in log10: for learning rates and lambda. digits: its positions in each decade.

    >>> log_slider(1e-4, 1.0, start=0.01).value
    0.01
    """
    if not low > 0:
        raise ValueError(f"log_slider needs low > 0, got {low}; zero has no logarithm")
    _within("log_slider", low, high, start)
    values = [low, *_decades(low, high, digits), high]
    return Scale(values, start, lambda v: f"{v:.{4 if v >= 1000 else 3}g}".replace("e-0", "e-"), unit)


def powers_of_two(low: int, high: int, start: int, unit: str = "") -> Scale:
    """A slider over low, the powers of two above it, and high: for batch sizes.

    >>> [value for _, value in powers_of_two(1, 6, start=4).options]
    [1, 2, 4, 6]
    """
    _within("powers_of_two", low, high, start)
    return Scale([low, *(2**k for k in range(int(high).bit_length()) if low < 2**k < high), high], start, str, unit)


def one_minus_log(low: float, high: float, start: float, unit: str = "") -> Scale:
    """A slider that is even in log10(1 - beta): 0.9, 0.99 and 0.999 lie equally far apart.

    >>> one_minus_log(0.5, 0.999, start=0.98).label
    '0.980'
    """
    if not high < 1:
        raise ValueError(f"one_minus_log needs high < 1, got {high}; the logarithm is that of 1 - beta")
    _within("one_minus_log", low, high, start)
    values = [low, *(round(1 - rest, 12) for rest in _decades(1 - high, 1 - low)), high]

    def read(beta):
        text = f"{beta:.{max(2, int(np.ceil(-np.log10(1 - beta) - 1e-9)) + 1)}f}"  # two digits of 1 - beta
        return text if float(text) == round(beta, 9) else f"{beta:.9g}"

    return Scale(values, start, read, unit, even=lambda beta: np.log10(1 - np.asarray(beta)))


def slider(low: float, high: float, start: float, step: float | None = None, unit: str = "") -> FloatSlider | IntSlider:
    """An even slider; over whole numbers if all that is given is whole. Start and high lie on its grid, low + k * step.

    step: 1, 2 or 5 times a power of ten is chosen if none is given.

    >>> slider(1, 50, start=10).value
    10
    >>> tenth = slider(-4.0, 4.0, start=1.0)
    >>> tenth.value = 0.333
    >>> tenth.step, tenth.value
    (0.1, 0.3)
    """
    _within("slider", low, high, start)
    whole = all(isinstance(v, (int, np.integer)) for v in (low, high, start, step or 1))
    kind = IntSlider if whole else FloatSlider
    step = step or (1 if whole else _round_step(low, high, start))
    if not _fits(step, high - low, start - low):
        raise ValueError(
            f"slider({low}, {high}, start={start}) has its start or high between two positions of step {step}"
        )
    digits = "d" if whole else f".{max(_digits(step), _digits(low))}f"
    control = kind(min=low, max=high, step=step, value=start, readout_format=digits)
    control.unit = unit
    return control


def choice(options: Iterable[str] | dict[str, Any], start=None) -> widgets.ToggleButtons | widgets.Dropdown:
    """One of a few: buttons for up to four, else a list. options: names, or {name: value}.

    >>> choice(["relu", "tanh"]).value
    'relu'
    """
    options = dict(options) if isinstance(options, dict) else {str(option): option for option in options}
    kind = widgets.ToggleButtons if sum(map(len, options)) <= 32 and len(options) <= 4 else widgets.Dropdown
    control = kind(options=list(options.items()), value=next(iter(options.values())) if start is None else start)
    if kind is widgets.ToggleButtons:
        control.style.button_width = "auto"
    return control


def switch(start: bool = False) -> widgets.Checkbox:
    """On or off.

    >>> switch(True).value
    True
    """
    return widgets.Checkbox(value=bool(start), indent=False)


def control_for(name: str, given) -> widgets.Widget:
    """The control that a plain value stands for."""
    if isinstance(given, widgets.ValueWidget) or (isinstance(given, widgets.Widget) and given.has_trait("value")):
        control = given
        for part in (given.layout, getattr(given, "style", None), given):  # a lab closed since may have closed it too
            if part is not None and part.comm is None:
                part.open()
    elif isinstance(given, (bool, np.bool_)):
        control = switch(bool(given))
    elif isinstance(given, (list, tuple, dict)) and given and all(isinstance(v, str) for v in given):
        control = choice(given)
    elif isinstance(given, tuple) and len(given) == 3:
        control = slider(*given)
    else:
        raise ValueError(
            f"{name}={given!r} is no control: give (low, high, start), a list of names, True or False, "
            "log_slider(low, high, start), or a widget"
        )
    if not control.description:
        control.description = f"{SYMBOLS[name]}  {name}" if name in SYMBOLS else name.replace("_", " ")
    unit = getattr(control, "unit", "")
    if unit and not isinstance(control, Scale):
        control.description += f" ({unit})"
    if hasattr(control, "style"):
        control.style.description_width = "initial"
    return control


def positions(control: widgets.Widget) -> list:
    """Where a control can stand, in order."""
    if isinstance(control, _OnGrid):
        count = round((control.max - control.min) / control.step) + 1
        return [control.snapped(control.min + k * control.step) for k in range(count)]
    return list(getattr(control, "_options_values", [control.value]))


def nearest(control: widgets.Widget, value):
    """The position of a control that lies nearest to `value`, at its ends for what lies beyond them."""
    if isinstance(control, _OnGrid):
        return control.snapped(min(max(value, control.min), control.max))
    if isinstance(control, Scale):
        values = [position for _, position in control.options]
        value = min(max(value, control.low), control.high)
        return values[int(np.argmin(np.abs(control.even(np.array(values)) - control.even(value))))]
    return value


def check_value(where: str, name: str, control: widgets.Widget, value) -> None:
    """One sentence if `control` cannot take `value`: beyond its ends, or for an even slider between two positions."""
    if isinstance(control, Scale):
        fits, allowed = control.low <= value <= control.high, f"from {control.low:g} to {control.high:g}"
    elif hasattr(control, "min") and hasattr(control, "max"):
        fits, allowed = control.min <= value <= control.max, f"from {control.min:g} to {control.max:g}"
        if fits and isinstance(control, _OnGrid) and not _fits(control.step, value - control.min):
            fits, allowed = False, f"{allowed} in steps of {control.step:g}"
    elif hasattr(control, "_options_values"):
        fits, allowed = value in control._options_values, "one of " + ", ".join(map(str, control._options_values))
    elif isinstance(control, ByHand):
        fits, allowed = not (problem := control.problem(value)), problem
    else:
        fits, allowed = True, ""
    if not fits:
        raise ValueError(f"{where} sets {name} to {value!r}; allowed is {allowed}")
