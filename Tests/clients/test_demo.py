"""`bedquota demo`: the tour keeps what it promises."""

import re

import pytest
from test_commands import assert_failed


@pytest.fixture(scope="module")
def tour(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tour") / "charts"
    return run("demo", "--directory", str(folder), timeout=120), folder


def figures(text, title):
    """The figures of a row of the table: of boto3's way, of the same through the gateway, and of our client."""
    line = next(line for line in text.splitlines() if line.strip().startswith(title))
    return [float(figure.replace(",", "")) for figure in re.findall(r"[\d,]+(?:\.\d+)?", line)]


def test_the_quota_is_full_and_nobody_is_refused(tour):
    done, _ = tour
    assert done.returncode == 0, done.stderr
    _, *used = figures(done.stdout, "of the quota")
    plain_throttled, *throttled = figures(done.stdout, "attempts throttled")
    plain_given_up, *given_up = figures(done.stdout, "requests given up")
    assert min(used) > 90
    assert max(throttled) < 1 < plain_throttled
    assert max(given_up) == 0 < plain_given_up
    assert min(figures(done.stdout, "requests answered")) > 300


def test_the_charts_are_written(tour):
    done, folder = tour
    for name in ["dashboard.html", "dashboard.svg"]:
        assert str(folder / name) in done.stdout
        text = (folder / name).read_text()
        assert "us.anthropic.claude-sonnet-4" in text and "global.anthropic.claude-sonnet-4" in text


def test_a_folder_that_cannot_be(run):
    assert_failed(run("demo", "--directory", "/dev/null/x"), 1, "/dev/null/x", "--directory")
