"""`bedquota demo`: the tour keeps what it promises."""

import re

import pytest
from test_commands import assert_failed


@pytest.fixture(scope="module")
def tour(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tour") / "charts"
    return run("demo", "--directory", str(folder), timeout=120), folder


def figures(text, title):
    """Both clients' figures of a row of the table."""
    line = next(line for line in text.splitlines() if line.strip().startswith(title))
    return [float(figure.replace(",", "")) for figure in re.findall(r"[\d,]+(?:\.\d+)?", line)]


def test_the_quota_is_full_and_nobody_is_refused(tour):
    done, _ = tour
    assert done.returncode == 0, done.stderr
    plain_use, our_use = figures(done.stdout, "of the quota")
    plain_throttled, our_throttled = figures(done.stdout, "attempts throttled")
    assert our_use > 90
    assert our_throttled < 1 < plain_throttled
    assert figures(done.stdout, "requests given up")[1] == 0
    assert figures(done.stdout, "requests answered")[1] > 300


def test_the_charts_are_written(tour):
    done, folder = tour
    for name in ["dashboard.html", "dashboard.svg"]:
        assert str(folder / name) in done.stdout
        text = (folder / name).read_text()
        assert "us.anthropic.claude-sonnet-4" in text and "global.anthropic.claude-sonnet-4" in text


def test_a_folder_that_cannot_be(run):
    assert_failed(run("demo", "--directory", "/dev/null/x"), 1, "/dev/null/x", "--directory")
