"""Draws the output of `chart-gallery numbers` with matplotlib, and prints one line of JSON for each way to do it.

usage: chart-gallery numbers | matplotlib_bars.py

The figure has a row of two axes for each model, with two stacked series before an area, and is saved as SVG in memory. "stairs" uses
Axes.stairs, the fastest way to draw many bars; "bar" uses Axes.bar, the one that users find first, on fewer rows because it is slow.
Reading the numbers and importing matplotlib are not timed.
"""

import io
import json
import sys
import time

import matplotlib
import numpy

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

BAR_ROWS = 4


def stairs(axes, minutes, first, second):
    edges = numpy.append(minutes, minutes[-1] + 1)
    axes.stairs(first, edges, fill=True, color="#2ca02c", label="Succeeded")
    axes.stairs(first + second, edges, baseline=first, fill=True, color="#d62728", label="Throttled")


def bar(axes, minutes, first, second):
    axes.bar(minutes, first, width=1, align="edge", color="#2ca02c", label="Succeeded")
    axes.bar(
        minutes, second, bottom=first, width=1, align="edge", color="#d62728", label="Throttled"
    )


def draw(rows, bars) -> tuple[float, int]:
    """Milliseconds and bytes of one figure."""
    start = time.perf_counter()
    figure, grid = plt.subplots(len(rows), 2, figsize=(12, 1.9 * len(rows)), squeeze=False)
    for axes_of_row, plots in zip(grid, rows):
        for axes, (minutes, first, second, area) in zip(axes_of_row, plots):
            axes.fill_between(minutes, area, color="#8a8a8a", alpha=0.3)
            bars(axes, minutes, first, second)
            axes.set_ylabel("per min")
    handles, labels = grid[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper left")
    output = io.BytesIO()
    figure.savefig(output, format="svg")
    elapsed = (time.perf_counter() - start) * 1000
    plt.close(figure)
    return elapsed, len(output.getvalue())


def main():
    numbers = numpy.loadtxt(sys.stdin, delimiter=",")
    row_count = int(numbers[:, 0].max()) + 1
    rows = []
    for row in range(row_count):
        of_row = numbers[numbers[:, 0] == row]
        rows.append([of_row[of_row[:, 1] == plot][:, 2:].T for plot in (0, 1)])
    draw(rows[:1], stairs)  # Fonts are looked up once per process.
    for name, bars, count, runs in (("stairs", stairs, row_count, 3), ("bar", bar, BAR_ROWS, 1)):
        drawn = [draw(rows[:count], bars) for _ in range(runs)]
        elapsed = sorted(elapsed for elapsed, _ in drawn)[runs // 2]
        print(json.dumps({"way": name, "rows": count, "ms": round(elapsed, 1), "bytes": drawn[0][1]}))


if __name__ == "__main__":
    main()
