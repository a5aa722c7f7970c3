"""Draw docs/speed.png out of results.json: `python benchmarks/speed_picture.py`, a step of `make bench`."""

from pathlib import Path
from statistics import median

import matplotlib as mpl
import record

mpl.use("Agg")
from matplotlib import pyplot

PICTURE = Path(__file__).parents[1] / "docs" / "speed.png"


def main() -> None:
    """Each row as how many times its bar it reaches: every pair a dot, the median a line, the aim a triangle."""
    rows = [(what, row) for what, row in record.read()["speed"].items() if row["bar"] is not None][::-1]
    figure, panel = pyplot.subplots(figsize=(11, 0.42 * len(rows) + 1.2))
    for place, (_, row) in enumerate(rows):
        times = [row["bar"] / each if row["at_most"] else each / row["bar"] for each in row["figures"]]
        color = "tab:green" if median(times) >= 1 else "tab:red"
        panel.plot(times, [place] * len(times), "o", color=color, alpha=0.35)
        panel.plot([median(times)] * 2, [place - 0.3, place + 0.3], color=color, linewidth=3)
        aim = row["bar"] / row["aim"] if row["at_most"] else row["aim"] / row["bar"]
        panel.plot([aim], [place], "^", color="black", fillstyle="none")
    panel.axvline(1, color="grey")
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.set_yticks(range(len(rows)), [what.replace("`", "") for what, _ in rows])
    figure.supxlabel("times as good as the bar (1); each run a dot, the median a line, the aim a triangle", fontsize=10)
    panel.grid(axis="x", alpha=0.3)
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
