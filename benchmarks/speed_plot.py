"""Plot docs/speed.png from results.json: `python benchmarks/speed_plot.py`, a step of `make bench`."""

from pathlib import Path
from statistics import median

import matplotlib as mpl
import record

mpl.use("Agg")
from matplotlib import pyplot

PLOT = Path(__file__).parents[1] / "docs" / "speed.png"


def main() -> None:
    """Plot each row relative to its target: every run as a dot, the median as a line, the stretch goal as a triangle."""
    rows = [(name, run) for name, run in record.read()["speed"].items() if run["target"] is not None][::-1]
    figure, axes = pyplot.subplots(figsize=(11, 0.42 * len(rows) + 1.2))
    for y, (_, run) in enumerate(rows):
        relative = [
            run["target"] / value if run["lower_is_better"] else value / run["target"] for value in run["values"]
        ]
        color = "tab:green" if median(relative) >= 1 else "tab:red"
        axes.plot(relative, [y] * len(relative), "o", color=color, alpha=0.35)
        axes.plot([median(relative)] * 2, [y - 0.3, y + 0.3], color=color, linewidth=3)
        goal = run["target"] / run["stretch_goal"] if run["lower_is_better"] else run["stretch_goal"] / run["target"]
        axes.plot([goal], [y], "^", color="black", fillstyle="none")
    axes.axvline(1, color="grey")
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(range(len(rows)), [name.replace("`", "") for name, _ in rows])
    figure.supxlabel(
        "result relative to the target (1, higher is better): runs as dots, median as a line, stretch goal as a triangle",
        fontsize=10,
    )
    axes.grid(axis="x", alpha=0.3)
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110)


if __name__ == "__main__":
    main()
