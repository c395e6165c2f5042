"""AWS in several Regions: an emulator for each, and in front of them a server that sends each request to the Region it was signed for."""

import collections
import http.client
import json
import re
import shutil
from contextlib import ExitStack
from urllib.parse import urlsplit

from emulator_control import Control
from processes import Emulator
from runtime_calls import RPM_CODE, TPD_CODE, TPM_CODE
from scripted_server import HOP, ScriptedHandler, ScriptedServer

SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")
EAST, WEST, OHIO = "us-east-1", "us-west-2", "us-east-2"


class RegionsHandler(ScriptedHandler):
    def setup(self):
        super().setup()
        self.upstreams = {}

    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def finish(self):
        for connection in self.upstreams.values():
            connection.close()
        super().finish()

    def take(self):
        body = self.read_body()
        region = (SIGNED_FOR.search(self.headers.get("Authorization", "")) or ["", ""])[1]
        url = self.server.urls.get(region)
        if url is None:
            error = {"__type": "UnrecognizedClientException", "message": f"The Region {region} is not enabled."}
            return self.answer(403, error, headers=[("x-amzn-ErrorType", "UnrecognizedClientException")])
        try:
            reply, content = self.ask(url, body)
        except ConnectionRefusedError:
            # Nothing was sent: the Region is away.
            error = {"message": "The Region is away."}
            return self.answer(503, error, headers=[("x-amzn-ErrorType", "ServiceUnavailableException")])
        except (OSError, http.client.HTTPException):
            # It went away with the request: nobody knows what became of it.
            self.upstreams.pop(url, None)
            self.close_connection = True
            self.connection.close()
            return None
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.replies[region, reply.status] += 1
        headers = [pair for pair in reply.getheaders() if pair[0].lower() not in HOP]
        self.answer(reply.status, content, headers=[("Content-Type" if n.lower() == "content-type" else n, v) for n, v in headers])
        return None

    def ask(self, url, body):
        """One connection to each emulator for each of the client's: a new one for each request would be the bottleneck."""
        connection = self.upstreams.get(url)
        if connection is None:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
            connection.connect()
            self.upstreams[url] = connection
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        connection.request(self.command, self.path, body, kept)
        reply = connection.getresponse()
        return reply, reply.read()


class RegionsServer(ScriptedServer):
    """`urls` has the emulators by Region; `replies` counts the replies of models by Region and status."""

    def __init__(self, urls):
        super().__init__(RegionsHandler)
        self.urls = urls
        self.replies = collections.Counter()

    def served(self):
        """The replies that succeeded, by Region."""
        with self.lock:
            return {region: count for (region, status), count in self.replies.items() if status == 200}

    def throttled(self):
        with self.lock:
            return sum(count for (_, status), count in self.replies.items() if status == 429)


class Regions:
    """The built-in account in several Regions, each with a process and quotas of its own."""

    def __init__(self, binary, environment, account, folder, *options, regions=(EAST, WEST, OHIO), without=()):
        """`without` are the Regions that have no profile of Nova Pro."""
        self.binary, self.environment, self.options = binary, environment, options
        self.folders = {region: self.copy(account, folder / region, region, region in without) for region in regions}
        self.closing = ExitStack()
        self.emulators = {}
        for region in regions:
            self.start(region)
        self.aws = self.closing.enter_context(RegionsServer({region: each.url for region, each in self.emulators.items()}))

    @staticmethod
    def copy(account, folder, region, is_without):
        shutil.copytree(account.directory, folder)
        # The ARNs of what is there name the Region.
        for file in folder.iterdir():
            file.write_text(file.read_text().replace(f":{EAST}:", f":{region}:"))
        file = folder / "account.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"region": region}))
        if is_without:
            file = folder / "list-inference-profiles.json"
            page = json.loads(file.read_text())
            page["inferenceProfileSummaries"] = [
                profile for profile in page["inferenceProfileSummaries"] if "nova-pro" not in profile["inferenceProfileId"]]
            file.write_text(json.dumps(page))
        return folder

    def start(self, region):
        options = ("--account", self.folders[region], "--no-auth", "--history", "0", *self.options)
        self.emulators[region] = Emulator(self.binary, self.environment, *options)

    def kill(self, region):
        """Ends the process of a Region in the middle of whatever it does."""
        self.emulators[region].kill()

    def restart(self, region):
        self.start(region)
        self.aws.urls[region] = self.emulators[region].url

    def control(self, region):
        return Control(self.emulators[region].url)

    def quotas(self, tokens, region=None):
        """Sets the tokens per minute of one Region or of all; nothing else binds."""
        for name in [region] if region else self.emulators:
            for code, value in ((RPM_CODE, 1e6), (TPM_CODE, tokens), (TPD_CODE, 1e9)):
                self.control(name).quota(code, value)

    def now(self):
        """The emulators' clock, in seconds."""
        return self.control(EAST)("GET", "clock")["epochSeconds"]

    def in_flight(self):
        return sum(self.control(region).in_flight() for region in self.emulators)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing.close()
        for emulator in self.emulators.values():
            emulator.kill()
