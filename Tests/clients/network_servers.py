"""Real proxies and a real TLS server (Debian's squid, tinyproxy and nginx) on free ports of this machine."""

import base64
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

START_SECONDS = 30
SBIN = "/usr/sbin:/usr/local/sbin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """A program from Debian that runs in the foreground until the test ends."""

    program: str

    def __init__(self, arguments, port):
        path = shutil.which(self.program) or shutil.which(self.program, path=SBIN)
        if path is None:
            pytest.skip(f"{self.program} is not installed; scripts/test installs it")
        self.port = port
        self.process = subprocess.Popen(
            [path, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self._wait()
        except BaseException:
            self.process.kill()
            raise

    def _wait(self):
        until = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                pytest.fail(f"{self.program} ended at once:\n{self.process.stdout.read()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < until, f"{self.program} doesn't listen"
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class LoggedProxy(Daemon):
    """A proxy with a log of the requests that went through it."""

    def __init__(self, configuration: str, arguments):
        # Not pytest's folder, which a daemon that gives up root's rights can't enter.
        self.folder = Path(tempfile.mkdtemp(prefix="bedquota-proxy-"))
        self.folder.chmod(0o777)
        self.log = self.folder / "access.log"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        file = self.folder / "proxy.conf"
        file.write_text(configuration.format(port=port, folder=self.folder))
        super().__init__([argument.format(file=file) for argument in arguments], port)

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)

    def requests(self) -> list[str]:
        """The requests so far, each as `METHOD TARGET STATUS`."""
        raise NotImplementedError

    def clear(self):
        self.seen = len(self._lines())

    seen = 0

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


class Squid(LoggedProxy):
    """Squid, which knows aws.test as this machine, and refuses forbidden.test."""

    program = "squid"
    CONFIGURATION = """
http_port 127.0.0.1:{port}
visible_hostname proxy.test
pid_filename {folder}/squid.pid
logformat short %rm %ru %>Hs
access_log stdio:{folder}/access.log short
logfile_rotate 0
buffered_logs off
cache_log {folder}/cache.log
cache deny all
cache_mem 8 MB
max_filedescriptors 1024
hosts_file {folder}/hosts
dns_nameservers 127.0.0.1
dns_timeout 2 seconds
connect_timeout 3 seconds
shutdown_lifetime 0 seconds
acl forbidden dstdomain forbidden.test
http_access deny forbidden
http_access allow all
"""

    def __init__(self):
        # Squid reads its hosts as it starts.
        configuration = self.CONFIGURATION.replace("hosts_file {folder}/hosts", "hosts_file " + self._hosts())
        super().__init__(configuration, ["-N", "-f", "{file}"])

    def _hosts(self) -> str:
        self.hosts = tempfile.NamedTemporaryFile("w", prefix="bedquota-hosts-")
        self.hosts.write("127.0.0.1 aws.test\n127.0.0.1 localhost\n")
        self.hosts.flush()
        Path(self.hosts.name).chmod(0o644)
        return self.hosts.name

    def requests(self) -> list[str]:
        # Squid writes a line when a request has ended, which is after its client knows.
        time.sleep(0.3)
        return self._lines()[self.seen :]


class TinyProxy(LoggedProxy):
    """Tinyproxy with Basic authentication."""

    program = "tinyproxy"
    USER, PASSWORD = "us er", "p@ss:w%rd/"
    CONFIGURATION = """
Port {port}
Listen 127.0.0.1
Timeout 60
LogFile "{folder}/access.log"
LogLevel Connect
MaxClients 50
Allow 127.0.0.1
BasicAuth "user" "p@ss:w%rd/"
"""

    def __init__(self):
        super().__init__(self.CONFIGURATION, ["-d", "-c", "{file}"])

    def requests(self) -> list[str]:
        lines = self._lines()[self.seen :]
        return [line.partition("Request (file descriptor")[2] for line in lines if "Request (file" in line]


class Nginx(Daemon):
    """nginx before an HTTP server: one port with TLS for each kind of certificate."""

    program = "nginx"

    def __init__(self, backend: str, certificates: dict, protocols: dict | None = None):
        self.folder = Path(tempfile.mkdtemp(prefix="bedquota-nginx-"))
        self.folder.chmod(0o755)
        self.ports = {}
        servers = ""
        for kind, (chain, key) in certificates.items():
            self.ports[kind] = free_port()
            allowed = (protocols or {}).get(kind, "TLSv1.2 TLSv1.3")
            servers += f"""
  server {{
    listen 127.0.0.1:{self.ports[kind]} ssl;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    ssl_protocols {allowed};
    ssl_ciphers DEFAULT@SECLEVEL=0;
    location / {{
      proxy_pass {backend};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_buffering off;
      client_max_body_size 32m;
    }}
  }}"""
        file = self.folder / "nginx.conf"
        file.write_text(
            f"""
daemon off;
pid {self.folder}/nginx.pid;
error_log {self.folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {self.folder}/access.log;
  client_body_temp_path {self.folder}/body;
  proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi;
  uwsgi_temp_path {self.folder}/uwsgi;
  scgi_temp_path {self.folder}/scgi;
{servers}
}}
"""
        )
        super().__init__(["-c", file, "-e", self.folder / "error.log"], next(iter(self.ports.values())))

    def url(self, kind: str, host="localhost") -> str:
        return f"https://{host}:{self.ports[kind]}"

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)


class RawServer:
    """Answers each connection with fixed bytes after the first ones have arrived; counts and keeps what came."""

    def __init__(self, answer: bytes):
        self.answer = answer
        self.received: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                self.received.append(connection.recv(65_536))
                connection.sendall(self.answer)
            except OSError:
                pass


class SocksServer(RawServer):
    """A SOCKS 5 proxy (RFC 1928) that knows aws.test as this machine; keeps the names that it was asked for."""

    def __init__(self, refuses=False):
        super().__init__(b"")
        self.refuses = refuses

    def _answer(self, connection):
        with connection:
            connection.settimeout(10)
            stream = connection.makefile("rb")
            stream.read(stream.read(2)[1])
            connection.sendall(b"\x05\x00")
            kind = stream.read(4)[3]
            host = stream.read(stream.read(1)[0]) if kind == 3 else socket.inet_ntoa(stream.read(4)).encode()
            port = int.from_bytes(stream.read(2))
            self.received.append(host + b":%d" % port)
            if self.refuses:
                connection.sendall(b"\x05\x02\x00\x01" + bytes(6))
                return
            with socket.create_connection(("127.0.0.1", port)) as target:
                connection.sendall(b"\x05\x00\x00\x01" + bytes(6))
                back = threading.Thread(target=self._copy, args=(target, connection), daemon=True)
                back.start()
                self._copy(connection, target)
                back.join(10)

    @staticmethod
    def _copy(source, sink):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()
