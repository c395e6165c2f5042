"""A real proxy and a real TLS server (Debian's squid and nginx) on free ports of this machine."""

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


class Squid(Daemon):
    """Squid, which knows aws.test as this machine, and refuses forbidden.test; with a log of what went through it."""

    program = "squid"
    HELPER = "/usr/lib/squid/basic_ncsa_auth"
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
{access}
"""
    SIGN_IN = """
auth_param basic program {helper} {folder}/users
auth_param basic children 1
auth_param basic realm Tests
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
"""

    def __init__(self, password: str | None = None):
        """With a password, it is for the user `user` alone."""
        # Not pytest's folder, which a daemon that gives up root's rights can't enter.
        self.folder = Path(tempfile.mkdtemp(prefix="bedquota-squid-"))
        self.folder.chmod(0o777)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (self.folder / "hosts").write_text("127.0.0.1 aws.test\n127.0.0.1 localhost\n")
        access = "http_access allow all"
        if password is not None:
            if not Path(self.HELPER).exists():
                pytest.skip(f"{self.HELPER} is missing; it comes with Debian's squid")
            hashed = subprocess.run(
                ["openssl", "passwd", "-apr1", "-stdin"], input=password, capture_output=True, text=True, check=True
            ).stdout
            (self.folder / "users").write_text(f"user:{hashed}")
            access = self.SIGN_IN.format(helper=self.HELPER, folder=self.folder)
        file = self.folder / "squid.conf"
        file.write_text(self.CONFIGURATION.format(port=port, folder=self.folder, access=access))
        self.seen = 0
        super().__init__(["-N", "-f", file], port)

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _lines(self) -> list[str]:
        # Squid writes a line when a request has ended, which is after its client knows.
        time.sleep(0.3)
        log = self.folder / "access.log"
        return log.read_text().splitlines() if log.exists() else []

    def requests(self) -> list[str]:
        """The requests since `clear`, each as `METHOD TARGET STATUS`."""
        return self._lines()[self.seen :]

    def clear(self):
        self.seen = len(self._lines())


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
