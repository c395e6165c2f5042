"""Debian's Prometheus with a configuration of a test, and its HTTP API."""

import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from emulator_control import eventually
from network_servers import Daemon, free_port


def promtool(*arguments, folder=None) -> subprocess.CompletedProcess:
    path = shutil.which("promtool")
    if path is None:
        pytest.skip("promtool is not installed; it comes with Debian's prometheus")
    return subprocess.run([path, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=60)


class Prometheus(Daemon):
    """Prometheus with the text of a configuration, ready; files that it names relatively are looked for in `folder`."""

    program = "prometheus"

    def __init__(self, configuration: str, folder: Path):
        self.data = Path(tempfile.mkdtemp(prefix="bedquota-prometheus-"))
        file = folder / "prometheus-of-the-test.yml"
        file.write_text(configuration)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        try:
            super().__init__(
                [f"--config.file={file}", f"--storage.tsdb.path={self.data}/data", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
                port,
            )
        except BaseException:
            self._clear()
            raise

    def _wait(self):
        """It listens before it is ready, when it has replayed its log."""
        super()._wait()
        eventually(lambda: self.page("/-/ready")[0] == 200, "Prometheus is ready")

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self._clear()

    def _clear(self):
        shutil.rmtree(self.data, ignore_errors=True)

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def call(self, path: str, **parameters):
        """The data of a reply of the API, which must be a success without warnings."""
        status, text = self.page(f"/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}")
        reply = json.loads(text)
        assert status == 200 and reply["status"] == "success", f"{parameters}: {reply.get('error')}"
        assert not reply.get("warnings"), f"{parameters}: {reply['warnings']}"
        return reply["data"]

    def query(self, expression: str) -> list[dict]:
        """The series of an instant query, each with `metric` and `value`."""
        data = self.call("query", query=expression)
        assert data["resultType"] == "vector", expression
        return data["result"]

    def targets(self) -> dict[str, dict]:
        """The targets that are scraped, by their jobs."""
        return {target["labels"]["job"]: target for target in self.call("targets", state="active")["activeTargets"]}
