"""Charts as SVG: data -> coordinates, which the template chart.svg.j2 draws. Knows no page and no evaluation.

Colors have a contrast of at least 3 on white and on dark gray, text and axes have the color of the text around them, and
lines differ in their dashes too. Everything is a presentation attribute, so a page without its styles shows them as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 380, 290
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 12, 46  # margins
COLORS = ("#3b7dd8", "#c2571a", "#2e8b57", "#9a5fd0", "#b8438a", "#7a7a7a")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2")
MAX_SERIES = len(COLORS)

Format = Callable[[float], str]


def percent(value: float) -> str:
    return f"{100 * value:.0f}%"


@dataclass(frozen=True)
class Series:
    """One line of a chart, and whether its points have marks."""

    name: str
    points: Sequence[tuple[float, float]]
    has_marks: bool = False


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A drawn line: the `points` attribute of a polyline, marks, color and dashes."""

    name: str
    points: str
    marks: Sequence[tuple[str, str]]
    color: str
    dashes: str


@dataclass(frozen=True)
class Bar:
    """A drawn bar with the ends of an interval."""

    x: str
    y: str
    width: str
    height: str
    center: str
    low: str
    high: str
    label: str
    is_reliable: bool


@dataclass(frozen=True)
class Chart:
    """A chart with all coordinates computed.

    Attributes:
        id: unique on the page.
        description: what there is to see, for those who do not see it.
        diagonal: whether equal values are marked by a line.
    """

    id: str
    title: str
    description: str
    x_label: str
    y_label: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()
    diagonal: bool = False
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Axis:
    """The range of an axis and its ticks."""

    low: float
    high: float
    ticks: Sequence[float]
    format: Format = percent


UNIT = Axis(0.0, 1.0, (0, 0.2, 0.4, 0.6, 0.8, 1.0))


def fit_axis(values: Sequence[float], format_tick: Format = percent, *, from_zero: bool = True) -> Axis:
    """An axis whose ticks are at round numbers around the values."""
    low, high = (0.0 if from_zero else min(values)), max(values)
    span = max(high - low, 1e-6)
    step = next(
        size * 10.0**exponent
        for exponent in range(-6, 9)
        for size in (1, 2, 5)
        if span / (size * 10.0**exponent) <= 5.5
    )
    first = int(low // step)
    last = max(int(-(-high // step)), first + 1)
    return Axis(first * step, last * step, [k * step for k in range(first, last + 1)], format_tick)


def line_chart(
    key: str,
    title: str,
    description: str,
    *,
    x_label: str,
    y_label: str,
    series: Sequence[Series],
    x: Axis = UNIT,
    y: Axis = UNIT,
    diagonal: bool = False,
) -> Chart:
    """A chart of at most MAX_SERIES lines."""
    lines = []
    for index, each in enumerate(series[:MAX_SERIES]):
        points = [(_to_x(x, a), _to_y(y, b)) for a, b in each.points]
        lines.append(
            Line(
                each.name,
                " ".join(f"{a},{b}" for a, b in points),
                points if each.has_marks else (),
                COLORS[index],
                DASHES[index],
            )
        )
    return Chart(
        key, title, description, x_label, y_label, _ticks(x, _to_x), _ticks(y, _to_y), lines, diagonal=diagonal
    )


def bar_chart(
    key: str,
    title: str,
    description: str,
    *,
    x_label: str,
    y_label: str,
    bars: Sequence[tuple[str, float, tuple[float, float], bool]],
) -> Chart:
    """A chart of fractions, each a bar with its label, its value, its interval, and whether it is of more than a few texts."""
    room = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    drawn = []
    for index, (label, value, (low, high), is_reliable) in enumerate(bars):
        left = LEFT + room * (index + 0.15)
        top = TOP + (HEIGHT - TOP - BOTTOM) * (1 - value)
        drawn.append(
            Bar(
                x=f"{left:.1f}",
                y=f"{top:.1f}",
                width=f"{0.7 * room:.1f}",
                height=f"{HEIGHT - BOTTOM - top:.1f}",
                center=f"{left + 0.35 * room:.1f}",
                low=_to_y(UNIT, low),
                high=_to_y(UNIT, high),
                label=label,
                is_reliable=is_reliable,
            )
        )
    ticks = [Tick(float(bar.center), bar.label) for bar in drawn]
    return Chart(key, title, description, x_label, y_label, ticks, _ticks(UNIT, _to_y), bars=drawn)


def _ticks(axis: Axis, place: Callable[[Axis, float], str]) -> list[Tick]:
    return [Tick(float(place(axis, value)), axis.format(value)) for value in axis.ticks]


def _to_x(axis: Axis, value: float) -> str:
    return f"{LEFT + (WIDTH - LEFT - RIGHT) * (value - axis.low) / (axis.high - axis.low):.1f}"


def _to_y(axis: Axis, value: float) -> str:
    return f"{TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - axis.low) / (axis.high - axis.low)):.1f}"
