"""AWS as two accounts: STS that issues credentials of roles, and an emulator for each account, which a request reaches by its key."""

import json
import re
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timezone
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from emulator_control import Control, eventually
from processes import Emulator, Gateway
from recording_upstream import ask
from runtime_calls import MESSAGES, OPTIONS, RPM_CODE, TPD_CODE, TPM_CODE
from scripted_server import ScriptedHandler, ScriptedServer
from support import with_credentials

SIGNED = re.compile(r"Credential=([^/]+)/")
OWN = "own"
ROLE = "arn:aws:iam::222222222222:role/bedrock"
LAB = "222222222222"
DENIAL = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::111111111111:user/gateway is not "
    "authorized to perform: sts:AssumeRole on resource: {role}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)
GRANT = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>secret-of-{key}"
    "</SecretAccessKey><SessionToken>token-of-{key}</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult>"
    "</AssumeRoleResponse>"
)


class AccountsHandler(ScriptedHandler):
    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body = self.read_body()
        key = (SIGNED.search(self.headers.get("Authorization", "")) or ["", ""])[1]
        form = dict(parse_qsl(body.decode(errors="replace"))) if b"AssumeRole" in body else {}
        if form.get("Action") == "AssumeRole":
            return self.assume(form, key)
        account, session, end = self.server.grants.get(key, (OWN, "", None))
        if end and time.time() > end:
            self.server.expired += 1
            error = {"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}
            return self.answer(403, error, headers=[("x-amzn-ErrorType", "ExpiredTokenException")])
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.invoked.append((account, session))
        self.relay(self.server.emulators[account], body)

    def assume(self, form, key):
        server, name = self.server, form["RoleSessionName"]
        with server.lock:
            server.assumed.append(form | {"key": key})
            number = len(server.assumed)
        if server.denies(name):
            return self.answer(403, DENIAL.format(role=escape(form["RoleArn"])).encode(), headers=[("Content-Type", "text/xml")])
        time.sleep(server.pause)
        end = time.time() + server.lifetime
        grant = f"ASIA{number}"
        with server.lock:
            server.grants[grant] = (form["RoleArn"].split(":")[4], name, end)
        date = datetime.fromtimestamp(end, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.answer(200, GRANT.format(key=grant, end=date).encode(), headers=[("Content-Type", "text/xml")])


class AccountsServer(ScriptedServer):
    """`emulators` are the URLs of emulators that check no signatures, by account: `own`, or 12 digits.

    `assumed` has the calls of AssumeRole, `invoked` the account and the session of each request to a model.
    """

    def __init__(self, emulators: dict[str, str]):
        super().__init__(AccountsHandler)
        self.emulators = emulators
        self.assumed: list[dict[str, str]] = []
        self.invoked: list[tuple[str, str]] = []
        self.grants: dict[str, tuple[str, str, float]] = {}
        # Requests that were signed with credentials that had ended.
        self.expired = 0
        self.denies = lambda session: False
        # How long STS takes, and how long its credentials last, in seconds.
        self.pause = 0.0
        self.lifetime = 3_600.0

    def sessions(self) -> list[str]:
        with self.lock:
            return [call["RoleSessionName"] for call in self.assumed]

    def taken(self) -> list[tuple[str, str]]:
        """The requests to models since the last call."""
        with self.lock:
            taken, self.invoked = self.invoked, []
            return taken


class TwoAccounts:
    """A gateway in front of an account of its own and of one whose role it assumes."""

    def __init__(self, binary, environment, configuration: str, rpm=(1e6, 1e6), denies=None, **settings):
        self.closing = ExitStack()
        try:
            self.emulators = [Emulator(binary, environment, *OPTIONS, "--no-auth") for _ in rpm]
            for emulator, quota in zip(self.emulators, rpm, strict=True):
                self.closing.callback(emulator.kill)
                for code, value in ((RPM_CODE, quota), (TPM_CODE, 1e9), (TPD_CODE, 1e9)):
                    Control(emulator.url).quota(code, value)
            self.aws = AccountsServer(dict(zip((OWN, LAB), (each.url for each in self.emulators), strict=True)))
            self.aws.denies = denies or self.aws.denies
            vars(self.aws).update(settings)
            self.closing.enter_context(self.aws)
            self.gateway = Gateway(binary, with_credentials(environment), self.aws.url, configuration=configuration)
            self.closing.callback(self.gateway.kill)
        except BaseException:
            self.closing.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing.close()

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.gateway.url + path, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_ready(self):
        eventually(lambda: self.page("/readyz")[0] == 200, "the gateway is ready")
        return self

    def account(self, name: str) -> dict:
        return next(account for account in json.loads(self.page("/status")[1])["accounts"] if account["name"] == name)

    def pools(self) -> dict[str, dict]:
        """The pools in use by account; a test uses one model."""
        return {pool["account"]: pool for pool in json.loads(self.page("/status")[1])["pools"]}

    def ask(self, model: str, caller="alice", wait="60s") -> tuple[int, str]:
        """The status and the body of a reply."""
        headers = [("Authorization", f"Bearer {caller}"), ("Content-Type", "application/json"), ("x-bedquota-max-wait", wait)]
        body = json.dumps({"messages": MESSAGES, "inferenceConfig": {"maxTokens": 50}}).encode()
        status, _, reply = ask(self.gateway.url, f"/model/{model}/converse", headers, body)
        return status, reply.decode()

    def ask_all(self, *questions: tuple) -> list[tuple[int, str]]:
        """Asks at the same time."""
        with ThreadPoolExecutor(len(questions)) as pool:
            return list(pool.map(lambda question: self.ask(*question), questions))

    def reload(self, configuration: str):
        with open(self.gateway.file.name, "w", encoding="utf-8") as file:
            file.write(configuration)
        self.gateway.process.send_signal(signal.SIGHUP)
