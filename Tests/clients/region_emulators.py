"""AWS as several Regions: an emulator for each, which a request reaches by the Region of its signature."""

import collections
import http.client
import json
import re
import select
import shutil
from contextlib import ExitStack
from urllib.parse import urlsplit

from emulator_control import Control
from processes import Emulator
from runtime_calls import RPM_CODE, TPD_CODE, TPM_CODE
from scripted_server import HOP, ScriptedHandler, ScriptedServer

SIGNED_FOR = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/")
EAST, WEST, OHIO = "us-east-1", "us-west-2", "us-east-2"


class RegionsHandler(ScriptedHandler):
    def setup(self):
        super().setup()
        self.upstreams = {}

    def finish(self):
        for connection in self.upstreams.values():
            connection.close()
        super().finish()

    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body = self.read_body()
        region = (SIGNED_FOR.search(self.headers.get("Authorization", "")) or ["", ""])[1]
        url = self.server.urls.get(region)
        if url is None:
            return self.fail(403, "UnrecognizedClientException", f"The Region {region} is not enabled.")
        try:
            upstream = self.upstream(url)
        except ConnectionRefusedError:
            # What the front of a service says whose back is away.
            return self.fail(503, "ServiceUnavailableException", "The service is unable to process your request.")
        is_call = self.path.startswith("/model/")
        if is_call:
            with self.server.lock:
                self.server.invoked.append(region)
        try:
            status = self.pass_on(upstream, body)
        except (OSError, http.client.HTTPException):
            # It broke, and nobody knows whether it was served.
            self.upstreams.pop(url).close()
            self.close_connection = True
            return None
        if is_call:
            with self.server.lock:
                self.server.replies[region, status] += 1
        return None

    def fail(self, status, code, message):
        return self.answer(status, {"message": message}, headers=[("x-amzn-ErrorType", code)])

    def upstream(self, url):
        """One connection to each emulator for each of the client's: a new one for each request would be the bottleneck."""
        connection = self.upstreams.get(url)
        # A connection whose emulator has ended can be read: there is its end.
        if connection and select.select([connection.sock], [], [], 0)[0]:
            connection.close()
            connection = None
        if connection is None:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
            connection.connect()
            self.upstreams[url] = connection
        return connection

    def pass_on(self, upstream, body):
        """The reply piece by piece, as it comes."""
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        upstream.request(self.command, self.path, body, kept)
        reply = upstream.getresponse()
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := reply.read1(65_536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        if reply.length:
            raise http.client.IncompleteRead(b"")
        # Otherwise the connection takes no further request.
        reply.close()
        self.wfile.write(b"0\r\n\r\n")
        return reply.status


class RegionsServer(ScriptedServer):
    """`urls` are those of emulators that check no signatures, by Region. Of requests to models, `invoked` has the Regions that they went
    to, and `replies` counts the whole replies by Region and status."""

    def __init__(self):
        super().__init__(RegionsHandler)
        self.urls: dict[str, str] = {}
        self.invoked: list[str] = []
        self.replies = collections.Counter()

    def taken(self) -> list[str]:
        """The requests to models since the last call."""
        with self.lock:
            taken, self.invoked = self.invoked, []
            return taken

    def served(self) -> dict[str, int]:
        """The replies that succeeded, by Region."""
        with self.lock:
            return {region: count for (region, status), count in self.replies.items() if status == 200}

    def throttled(self) -> int:
        with self.lock:
            return sum(count for (_, status), count in self.replies.items() if status == 429)


class RegionEmulators:
    """An emulator for each Region, with quotas of its own, and in front of them `aws`. `folders` are account folders by Region."""

    def __init__(self, binary, environment, folders: dict, *options):
        self.folders, self.again = folders, (binary, environment, options)
        self.emulators: dict[str, Emulator] = {}
        self.closing = ExitStack()
        self.closing.callback(self.kill_all)
        self.aws = self.closing.enter_context(RegionsServer())
        try:
            for region in folders:
                self.start(region)
        except BaseException:
            self.closing.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing.close()

    def start(self, region: str):
        """Starts the emulator of a Region, or starts it again."""
        binary, environment, options = self.again
        emulator = Emulator(binary, environment, "--account", str(self.folders[region]), "--no-auth", "--history", "0", *options)
        self.emulators[region] = emulator
        self.aws.urls[region] = emulator.url

    def kill(self, region: str):
        """Ends the emulator of a Region in the middle of whatever it does."""
        self.emulators[region].kill()

    def kill_all(self):
        for emulator in self.emulators.values():
            if emulator.process.poll() is None:
                emulator.kill()

    def control(self, region: str) -> Control:
        return Control(self.emulators[region].url)

    def set_quotas(self, region: str, **changed):
        """Sets the quotas of a Region, named by their codes; others don't bind."""
        for code, value in {RPM_CODE: 1e6, TPM_CODE: 1e9, TPD_CODE: 1e9, **changed}.items():
            self.control(region).quota(code, value)

    def now(self) -> float:
        """The emulators' clock, in seconds."""
        return self.control(next(iter(self.emulators)))("GET", "clock")["epochSeconds"]

    def in_flight(self) -> int:
        return sum(self.control(region).in_flight() for region in self.emulators)


def region_accounts(directory, folder, regions, without=()) -> dict:
    """Copies of an account folder, one for each Region; those in `without` have no profile of Nova Pro."""
    folders = {}
    for region in regions:
        folders[region] = folder / region
        shutil.copytree(directory, folders[region])
        # The ARNs of what is there name the Region.
        for file in folders[region].iterdir():
            file.write_text(file.read_text().replace(f":{EAST}:", f":{region}:"))
        change(folders[region] / "account.json", lambda account, region=region: account | {"region": region})
        if region in without:
            change(folders[region] / "list-inference-profiles.json", without_nova_pro)
    return folders


def change(file, body):
    file.write_text(json.dumps(body(json.loads(file.read_text()))))


def without_nova_pro(page: dict) -> dict:
    kept = [profile for profile in page["inferenceProfileSummaries"] if "nova-pro" not in profile["inferenceProfileId"]]
    return page | {"inferenceProfileSummaries": kept}
