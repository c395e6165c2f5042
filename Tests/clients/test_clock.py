"""A machine whose clock is off: requests are signed with AWS's time, and people are told once."""

import http.client
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest
from processes import Emulator
from raw_http import FAST
from scripted_server import ScriptedHandler, ScriptedServer
from support import with_credentials

BASIC = "%Y%m%dT%H%M%SZ"
MINUTES_5 = timedelta(minutes=5)


class Handler(ScriptedHandler):
    """Checks the time of a signature as AWS does, in AWS's words, and lets an emulator that checks nothing answer."""

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.read_body()
        now = datetime.now(timezone.utc) + self.server.ahead
        date = self.headers["x-amz-date"]
        signed = datetime.strptime(date, BASIC).replace(tzinfo=timezone.utc)
        self.server.dates.append(signed)
        if signed < now - MINUTES_5:
            words = f"Signature expired: {date} is now earlier than {now - MINUTES_5:{BASIC}} ({now:{BASIC}} - 5 min.)"
        elif signed > now + MINUTES_5:
            words = f"Signature not yet current: {date} is still later than {now + MINUTES_5:{BASIC}} ({now:{BASIC}} + 5 min.)"
        else:
            return self.forward(body)
        self.answer(403, {"__type": "InvalidSignatureException", "message": words})

    def forward(self, body):
        connection = http.client.HTTPConnection(self.server.backend, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        reply = connection.getresponse()
        self.answer(reply.status, reply.read(), [("Content-Type", reply.headers["Content-Type"])])
        connection.close()


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--no-auth")
    yield server
    assert server.stop() == 0


@pytest.fixture
def aws(emulator):
    with ScriptedServer(Handler) as server:
        server.backend = urlsplit(emulator.url).netloc
        server.dates = []
        yield server


COMMANDS = [["list"], ["invoke", "us.amazon.nova-pro-v1:0", "Hello", "--max-tokens", "20"]]
SKEWS = [
    (timedelta(hours=1), "60 minutes behind AWS's"),
    (timedelta(minutes=-20), "20 minutes ahead of AWS's"),
    (timedelta(days=3), "3 days behind AWS's"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("ahead, words", SKEWS)
def test_a_clock_that_is_off_is_corrected_and_named(run, environment, aws, command, ahead, words):
    aws.ahead = ahead
    environment = with_credentials(environment)
    done = run(*command, "--endpoint-url", aws.url, environment=environment)
    assert done.returncode == 0, done.stderr
    warning = (
        "bedquota: Warning: This machine's clock is off. Requests are signed with AWS's time instead; set the clock. "
        f"(clock: {words})"
    )
    lines = [line for line in done.stderr.splitlines() if "clock" in line]
    assert lines == [warning]
    now = datetime.now(timezone.utc) + ahead
    # The last requests have the right time at once.
    assert abs(aws.dates[-1] - now) < MINUTES_5
    quiet = run(*command, "--quiet", "--endpoint-url", aws.url, environment=environment)
    assert quiet.returncode == 0 and "clock" not in quiet.stderr


def test_a_right_clock_is_not_spoken_of(run, environment, aws):
    aws.ahead = timedelta(minutes=4)
    done = run("list", "--endpoint-url", aws.url, environment=with_credentials(environment))
    assert done.returncode == 0 and "clock" not in done.stderr


def test_other_refusals_are_not_taken_for_the_clocks(run, environment, bedquota):
    """The emulator's clock is right, and the secret is not."""
    emulator = Emulator(bedquota, environment, *FAST)
    try:
        wrong = with_credentials(environment, secret="wrong")
        done = run("list", "--endpoint-url", emulator.url, environment=wrong)
        assert done.returncode == 1
        assert "Check the secret access key" in done.stderr and "clock" not in done.stderr
    finally:
        assert emulator.stop() == 0
