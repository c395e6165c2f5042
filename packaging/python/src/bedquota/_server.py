"""The gateway and the emulator as context managers."""

from __future__ import annotations

import atexit
import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from typing import Any, Mapping, Sequence, TypeVar

from . import _boto3, _program
from ._process import Process

READY_PAUSE_SECONDS = 0.02
REPLY_SECONDS = 10
# Not through a proxy that the environment names.
_web = urllib.request.build_opener(urllib.request.ProxyHandler({}))

AnyServer = TypeVar("AnyServer", bound="Server")


class Server:
    """A server in a process of its own, from the beginning of a `with` or `async with` block to its end."""

    _stops_by = signal.SIGTERM
    _key: str
    _secret: str

    def __init__(
        self, command: Sequence[str], *, program: _program.AnyPath | None, start_seconds: float, environment: Mapping[str, str] | None = None
    ):
        self._command = command
        self._program = program
        self._start_seconds = start_seconds
        self._given_environment = environment
        self._process: Process | None = None
        self._url = ""
        self._region: str | None = None
        self._session: Any = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        self._running()
        return self._url

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._running().pid

    @property
    def region(self) -> str | None:
        """The AWS Region that its clients sign for; None if it isn't known."""
        return self._region

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a child process whose SDKs shall use this server: all of it, as `subprocess.run(env=…)` takes it."""
        raise NotImplementedError

    def client(self, service: str = "bedrock-runtime", **settings: Any) -> Any:
        """A boto3 client of this server. `settings` are those of `boto3.client`; nothing comes from the environment and AWS's files.

        Raises ModuleNotFoundError if boto3 isn't installed.
        """
        self._running()
        with self._lock:
            # Making clients is not safe in several threads; using them is.
            if self._session is None:
                self._session = _boto3.session()
            return _boto3.client(
                self._session, service, url=self._url, region=self._region, key=self._key, secret=self._secret, settings=settings
            )

    @property
    def _own_environment(self) -> Mapping[str, str]:
        """That of the server itself."""
        return os.environ if self._given_environment is None else self._given_environment

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("The server runs inside of its `with` block only.")
        return self._process

    def _await_ready(self, process: Process, deadline: float) -> None:
        """Waits until it serves, and learns its Region."""
        raise NotImplementedError

    def __enter__(self: AnyServer) -> AnyServer:
        if self._process is not None:
            raise RuntimeError("The server runs already.")
        deadline = time.monotonic() + self._start_seconds
        program = os.fspath(self._program) if self._program is not None else _program.find()
        process = Process([program, *self._command], self._own_environment)
        try:
            self._url = process.url(self._start_seconds)
            self._await_ready(process, deadline)
        except BaseException as error:
            process.stop(signal.SIGKILL)
            if isinstance(error, OSError):
                raise process.failure(f"doesn't answer: {error}") from error
            raise
        self._process = process
        atexit.register(self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    async def __aenter__(self: AnyServer) -> AnyServer:
        import asyncio

        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        import asyncio

        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        atexit.unregister(self._stop)
        process, self._process = self._process, None
        if process is not None:
            process.stop(self._stops_by)


class Gateway(Server):
    """A gateway of this process; `bedquota.gateway` makes it."""

    # As Ctrl-C: it finishes what has begun, but doesn't wait for a load balancer to notice, as on SIGTERM.
    _stops_by = signal.SIGINT
    # A gateway without keys takes any credentials, and their id for the caller's name.
    _key = "me"
    _secret = "any"

    def __init__(self, *args: Any, region: str | None, is_emulated: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._asked_region = region
        self._is_emulated = is_emulated

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, with the variables by which boto3 and other AWS SDKs, anthropic and openai find the gateway.

        AWS credentials stay as they are, because the child may need them for other services. Only if the gateway is emulated, they
        are made up and nothing else of the user's AWS set-up stays.
        """
        url = self.url
        found = {
            **_on_this_machine(self._own_environment),
            **(_credentials(self._key, self._secret) if self._is_emulated else {}),
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
            "ANTHROPIC_BEDROCK_BASE_URL": url,
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": self._key,
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": self._key,
        }
        if self._region:
            found |= {"AWS_REGION": self._region, "AWS_DEFAULT_REGION": self._region}
        return found

    @property
    def _own_environment(self) -> Mapping[str, str]:
        given = super()._own_environment
        return _without_aws(given) if self._is_emulated else given

    def _await_ready(self, process: Process, deadline: float) -> None:
        while (missing := self._missing()) is not None:
            if process.has_ended():
                raise process.failure("ended before it was ready")
            if time.monotonic() >= deadline:
                raise process.failure(f"was not ready within {self._start_seconds:g} s: {missing}")
            time.sleep(READY_PAUSE_SECONDS)
        self._region = self._asked_region or self._default_region()

    def _missing(self) -> str | None:
        """Why it is not ready; None if it is."""
        try:
            with _web.open(f"{self._url}/readyz", timeout=REPLY_SECONDS):
                return None
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode("utf-8", "replace").strip()
        except OSError as error:
            return str(error)

    def _default_region(self) -> str | None:
        try:
            with _web.open(f"{self._url}/status", timeout=REPLY_SECONDS) as reply:
                return str(json.load(reply)["accounts"][0]["regions"][0]["region"])
        except urllib.error.HTTPError:
            # Its configuration shows the status to administrators alone.
            environment = self._own_environment
            return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")


class Emulator(Server):
    """An emulator of this process; `bedquota.emulator` makes it."""

    _key = "emulator"
    _secret = "emulator"

    @property
    def _own_environment(self) -> Mapping[str, str]:
        """This process's without AWS's settings, and without other credentials than the emulator's own."""
        return {name: value for name, value in _without_aws(os.environ).items() if name != "BEDQUOTA_EMULATOR_CREDENTIALS"}

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment without its AWS settings, and with those by which SDKs find the emulator.

        AWS's files are replaced by empty ones: no profile, no role, no credentials of the user.
        """
        url, region = self.url, self._region or ""
        return {
            **_on_this_machine(self._own_environment),
            **_credentials(self._key, self._secret),
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "ANTHROPIC_BEDROCK_BASE_URL": url,
            "ANTHROPIC_BASE_URL": f"{url}/anthropic",
            "ANTHROPIC_API_KEY": self._secret,
            "OPENAI_BASE_URL": f"{url}/openai/v1",
            "OPENAI_API_KEY": self._secret,
        }

    def control(self, call: str, **members: Any) -> Any:
        """A call of the control API, which docs/emulator.md lists: `control("state")`, `control("clock", advanceSeconds=60)`.

        With members it changes, without it shows. Raises ValueError with the emulator's message if it refuses.
        """
        return self._control(call, members or None)

    def reset(self) -> None:
        """Restores the start: full quotas, the faults and the clock of the options, no scripted replies, no metrics of requests."""
        self._control("reset", {})

    def _control(self, call: str, body: dict[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{call}", data, {"Content-Type": "application/json"})
        try:
            with _web.open(request, timeout=REPLY_SECONDS) as reply:
                return json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"{call}: {error.read().decode('utf-8', 'replace').strip()}") from None

    def _await_ready(self, process: Process, deadline: float) -> None:
        with _web.open(f"{self._url}/_emulator/state", timeout=REPLY_SECONDS) as reply:
            self._region = str(json.load(reply)["regions"][0]["region"])


def _without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def _credentials(key: str, secret: str) -> dict[str, str]:
    """Credentials beside which an SDK finds nothing else: no profile and no role."""
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _on_this_machine(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which clients reach 127.0.0.1 without a proxy."""
    found = dict(environment)
    names = found.get("no_proxy") or found.get("NO_PROXY")
    if names != "*":
        found["no_proxy"] = found["NO_PROXY"] = f"{names},127.0.0.1" if names else "127.0.0.1"
    return found
