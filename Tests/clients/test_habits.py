"""Habits of the AWS CLI: relative times, a pager, completion, and its options that don't exist here."""

import json
import signal
import subprocess
from datetime import UTC, datetime

import pytest
from account_server import PROFILE, AccountServer
from support import with_credentials
from terminals import on_terminal
from test_commands import assert_failed

MODEL = "us.amazon.nova-pro-v1:0"


def window(run, *options):
    """Start and end of a window in seconds before now."""
    [report] = json.loads(run.output("usage", MODEL, "--emulator", "--output", "json", *options))
    now = datetime.now(UTC)
    return [(now - datetime.fromisoformat(report[name])).total_seconds() for name in ("start", "end")]


@pytest.mark.parametrize("options, start, end", [
    (["--start", "-2h"], 7_200, 0), (["--start=-90m"], 5_400, 0), (["--start", "-1h30m", "--end", "-45m"], 5_400, 2_700),
    (["--start", "-2D", "--end", "now"], 172_800, 0), (["--start", "-1w", "--end", "-6d"], 604_800, 518_400),
    (["--hours", "1", "--end", "-3h"], 14_400, 10_800), (["--hours", "0.5", "--end", "now"], 1_800, 0),
    (["--start", "-1.5h"], 5_400, 0), (["--start", "-3600s"], 3_600, 0),
], ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_times_may_be_relative(run, options, start, end):
    # Windows begin and end with whole periods, and a minute may pass meanwhile.
    assert window(run, *options) == [pytest.approx(start, abs=180), pytest.approx(end, abs=180)]


@pytest.mark.parametrize("options, words", [
    (["--start", "-2x"], "-2h"), (["--start", "-h"], "-2h"), (["--start", "2h"], "-2h"), (["--start", "-2h-3m"], "-2h"),
    (["--start", "-9999999h"], "-2h"), (["--start", "-999999w"], "455"), (["--start", "-1h", "--end", "-2h"], "before the end"),
    (["--hours", "1", "--start", "-1h"], "--hours can't be combined with --start"), (["--end", "-1h"], "--end needs --start or --hours"),
], ids=" ".join)
def test_times_that_make_no_window(run, options, words):
    assert_failed(run("usage", MODEL, "--emulator", *options), 64, words)


@pytest.fixture
def pager(tmp_path):
    """A pager that keeps what it gets."""
    script = tmp_path / "pager with blanks"
    script.write_text(f"#!/bin/sh\necho \"LESS=$LESS\" > '{tmp_path}/less'\nexec cat > '{tmp_path}/paged'\n")
    script.chmod(0o755)
    return script


def paged(pager):
    file = pager.parent / "paged"
    return file.read_text() if file.exists() else None


LISTING = ["list", "--emulator", "--family", "nova", "--quiet"]


@pytest.mark.parametrize("variable", ["AWS_PAGER", "PAGER"])
def test_a_pager_gets_what_a_terminal_would(bedquota, environment, pager, variable):
    plain = on_terminal([bedquota, *LISTING], environment, 120)
    # The environment of tests turns pagers off.
    environment = {name: value for name, value in environment.items() if name != "AWS_PAGER"}
    shown = on_terminal([bedquota, *LISTING], environment, 120, **{variable: f"'{pager}'"})
    assert (shown.code, shown.text.strip()) == (0, "")
    assert "\x1b[" in paged(pager) and paged(pager).strip() == plain.raw.replace("\r\n", "\n").split("\r\x1b[K")[-1].strip()
    assert (pager.parent / "less").read_text() == "LESS=FRX\n"


def test_aws_pager_counts_before_pager(bedquota, environment, pager):
    done = on_terminal([bedquota, *LISTING], environment, 120, AWS_PAGER=f"'{pager}'", PAGER="false")
    assert done.code == 0 and "Nova Pro" in paged(pager)


@pytest.mark.parametrize("variables", [{"AWS_PAGER": "", "PAGER": "P"}, {"AWS_PAGER": "cat"}, {"AWS_PAGER": "P", "TERM": "dumb"}], ids=str)
def test_no_pager(bedquota, environment, pager, variables):
    variables = {name: f"'{pager}'" if value == "P" else value for name, value in variables.items()}
    done = on_terminal([bedquota, *LISTING], environment, 120, **variables)
    assert done.code == 0 and "Nova Pro" in done.text and paged(pager) is None


def test_no_pager_into_a_pipe(run, environment, pager):
    assert "Nova Pro" in run.output(*LISTING, environment=environment | {"AWS_PAGER": f"'{pager}'"}) and paged(pager) is None


def test_a_pager_that_does_not_exist(bedquota, environment):
    done = on_terminal([bedquota, *[word for word in LISTING if word != "--quiet"]], environment, 120, AWS_PAGER="no-such-pager")
    assert done.code == 0 and "Nova Pro" in done.text and "set AWS_PAGER or PAGER" in " ".join(done.words)


def test_a_pager_that_is_left_early(bedquota, environment):
    done = on_terminal([bedquota, "list", "--emulator", "--quiet"], environment, 120, AWS_PAGER="head -n 2")
    assert done.code == 0 and len([line for line in done.lines if line.strip()]) == 2


def test_ctrl_c_is_heard_again_after_the_pager(bedquota, environment, pager):
    environment = with_credentials(environment)
    with AccountServer(DescribeAlarms={"MetricAlarms": []}, PutMetricAlarm={}) as account:
        command = [bedquota, "alarms", "apply", PROFILE, "--endpoint-url", account.url]
        done = on_terminal(command, environment, 120, until=b"Continue? [y/N] ", AWS_PAGER=f"'{pager}'")
    assert done.code in (130, -signal.SIGINT) and "new" in paged(pager) and account.requests["PutMetricAlarm"] == 0


def test_check_keeps_its_exit_code_behind_a_pager(bedquota, environment, pager):
    done = on_terminal([bedquota, "check", "us.nobody.knows-this-v1:0", "--emulator"], environment, 120, AWS_PAGER=f"'{pager}'")
    assert done.code == 3 and paged(pager).startswith("BEDROCK QUOTA UNKNOWN")


def test_wide_tables_keep_each_row_on_a_line(bedquota, run, environment):
    narrow = on_terminal([bedquota, *LISTING], environment, 60)
    wide = on_terminal([bedquota, *LISTING, "--wide"], environment, 60)
    assert [line.rstrip() for line in wide.lines] == [line.rstrip() for line in (run.output(*LISTING)).split("\n")] != narrow.lines


def completions(bedquota, environment, *words):
    """What a shell asks for when the user presses Tab behind the last word."""
    command = [bedquota, "---completion", "list", "--", words[-1], str(len(words)), "0"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30).stdout.split()


def test_profiles_and_regions_are_completed(bedquota, environment, tmp_path):
    (tmp_path / "config").write_text("[default]\n[profile production]\n[profile sand box]\nregion=us-east-1\n[sso-session x]\n")
    (tmp_path / "credentials").write_text("[keys]\n")
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    assert {"default", "production", "keys"} <= set(completions(bedquota, environment | files, "list", "--profile"))
    (tmp_path / "config").write_text("not a config file")
    assert completions(bedquota, environment | files, "list", "--profile") == []
    assert {"us-east-1", "eu-central-1", "us-gov-west-1"} <= set(completions(bedquota, environment, "list", "--region"))


@pytest.mark.parametrize("arguments, words", [
    (["--query", "quotas[0]"], "--output json | jq"), (["--no-cli-pager"], "AWS_PAGER="), (["--max-items", "3"], "Every page"),
    (["--page-size=3"], "Every page"), (["--no-paginate"], "Every page"), (["--starting-token", "x"], "Every page"),
    (["--debug"], "--verbose"), (["--color", "off"], "--no-color"), (["--no-sign-request"], "--emulator"),
    (["--cli-input-json", "{}"], "leave it out"), (["--generate-cli-skeleton"], "leave it out"),
    (["--cli-auto-prompt"], "--generate-completion-script"), (["--output", "text"], "csv"), (["--output", "yaml"], "json"),
], ids=" ".join)
def test_options_of_the_aws_cli_that_are_not_here(run, arguments, words):
    assert_failed(run("list", *arguments), 64, words)
