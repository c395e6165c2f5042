"""Through real proxies: what goes through them, what doesn't, and what people are told when it fails."""

import json
import socket
import subprocess
from urllib.parse import quote

import pytest
from certificates import Authority
from network_servers import Nginx, RawServer, SocksServer, Squid, free_port
from processes import Emulator
from raw_http import FAST
from support import aws_command, with_credentials

PASSWORD = "p@ss:w%rd/"
# Looks like a key of AWS's own.
REAL_KEY = "AKIAIOSFODNN7EXAMPLE"
REAL_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST, "--no-auth")
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="module")
def tls(server, authority):
    """The emulator behind TLS, as AWS is."""
    with Nginx(server.url, {"good": authority.server("good")}) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def running_squid():
    with Squid() as squid:
        yield squid


@pytest.fixture
def squid(running_squid):
    running_squid.clear()
    return running_squid


@pytest.fixture(scope="module")
def guarded():
    """A proxy that wants a password."""
    with Squid(PASSWORD) as squid:
        yield squid


@pytest.fixture
def call(run, environment, authority):
    """`bedquota list` with credentials, the test's authority, and the variables that it gets."""

    def call(*arguments, command="list", **variables):
        trusted = {"AWS_CA_BUNDLE": str(authority.bundle)}
        return run(command, *arguments, environment=with_credentials(environment) | trusted | variables)

    return call


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def connect(host, port, status):
    return f"CONNECT {host}:{port} {status}"


def test_https_goes_through_a_tunnel(call, run, server, squid, tls):
    """The name is known to the proxy alone."""
    done = call("--output", "json", "--endpoint-url", tls.url("good", "aws.test"), HTTPS_PROXY=squid.url)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Warning") == 0
    seen = squid.requests()
    assert seen and set(seen) == {connect("aws.test", tls.ports["good"], 200)}
    direct = call("--output", "json", "--endpoint-url", server.url)
    assert json.loads(done.stdout) == json.loads(direct.stdout)


def test_the_aws_cli_takes_the_same_way(call, environment, authority, squid, tls):
    """The same variables, and the same line in the proxy's log."""
    url = tls.url("good", "aws.test")
    variables = {"HTTPS_PROXY": squid.url, "AWS_CA_BUNDLE": str(authority.bundle), "AWS_ENDPOINT_URL": url}
    command = [aws_command(), "service-quotas", "list-service-quotas", "--service-code", "bedrock", "--max-items", "1"]
    done = subprocess.run(
        command, env=with_credentials(environment) | variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    theirs = set(squid.requests())
    squid.clear()
    assert call(**variables).returncode == 0
    assert set(squid.requests()) == theirs == {connect("aws.test", tls.ports["good"], 200)}


def test_http_is_forwarded(call, server, squid):
    port = port_of(server.url)
    done = call("--endpoint-url", f"http://aws.test:{port}", HTTP_PROXY=squid.url)
    assert done.returncode == 0, done.stderr
    seen = squid.requests()
    assert seen and all(line == f"POST http://aws.test:{port}/ 200" for line in seen)


def test_a_stream_passes_the_tunnel(call, squid, tls):
    options = ["us.amazon.nova-pro-v1:0", "Hello", "--max-tokens", "50", "--stream"]
    done = call(*options, "--endpoint-url", tls.url("good", "aws.test"), command="invoke", HTTPS_PROXY=squid.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert connect("aws.test", tls.ports["good"], 200) in squid.requests()


def test_lower_case_wins(call, squid, tls):
    url = tls.url("good", "aws.test")
    done = call("--endpoint-url", url, https_proxy=squid.url, HTTPS_PROXY="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    done = call("--endpoint-url", url, https_proxy="", HTTPS_PROXY=squid.url, AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1
    assert done.stderr.startswith("bedquota: The name aws.test can't be resolved; check the network, its DNS and")
    assert len(squid.requests()) >= 1


def test_the_proxy_of_the_other_scheme_and_all_proxy_are_not_used(call, squid, server):
    """As by the AWS CLI."""
    done = call("--endpoint-url", server.url, HTTPS_PROXY=squid.url, ALL_PROXY=squid.url)
    assert done.returncode == 0, done.stderr
    assert squid.requests() == []


@pytest.mark.parametrize("exception", ["localhost", "LOCALHOST", "a.test, localhost", "localhost:{port}", "*"])
def test_no_proxy_excepts_a_host(call, squid, tls, exception):
    options = ["--endpoint-url", tls.url("good")]
    assert call(*options, HTTPS_PROXY=squid.url).returncode == 0
    assert connect("localhost", tls.ports["good"], 200) in squid.requests()
    squid.clear()
    excepted = exception.format(port=tls.ports["good"])
    done = call(*options, HTTPS_PROXY=squid.url, NO_PROXY=excepted)
    assert done.returncode == 0, done.stderr
    assert squid.requests() == []


def test_the_emulator_of_the_same_process_needs_no_proxy(run, environment):
    dead = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy")}
    done = run("list", "--emulator", environment=environment | dead)
    assert done.returncode == 0, done.stderr


class TestSignIn:
    def test_without_a_password(self, call, guarded, tls):
        done = call("--endpoint-url", tls.url("good"), HTTPS_PROXY=guarded.url)
        assert done.returncode == 1
        assert done.stderr == (
            f"bedquota: The proxy 127.0.0.1:{guarded.port} (HTTPS_PROXY) asks for a user and password (HTTP 407); put both, "
            f"percent-encoded, into HTTPS_PROXY: http://USER:PASSWORD@127.0.0.1:{guarded.port}.\n"
        )

    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_with_a_wrong_password(self, call, guarded, tls, server, scheme):
        url = tls.url("good") if scheme == "https" else server.url
        proxy = f"http://user:sesame42@127.0.0.1:{guarded.port}"
        done = call("--endpoint-url", url, "--verbose", **{f"{scheme}_proxy": proxy})
        assert done.returncode == 1
        assert f"(HTTP 407); check both" in done.stderr and f"{scheme}_proxy" in done.stderr
        assert "sesame42" not in done.stderr and "After" not in done.stderr

    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_with_the_password(self, call, guarded, tls, server, scheme):
        url = tls.url("good") if scheme == "https" else server.url
        proxy = f"http://user:{quote(PASSWORD, safe='')}@127.0.0.1:{guarded.port}"
        guarded.clear()
        done = call("--endpoint-url", url, "--verbose", **{f"{scheme.upper()}_PROXY": proxy})
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stderr
        seen = guarded.requests()
        assert seen and all(line.startswith("CONNECT" if scheme == "https" else "POST http://") for line in seen)

    def test_with_a_scheme_that_is_not_supported(self, call, tls):
        reply = b"HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
        with RawServer(reply) as proxy:
            done = call("--endpoint-url", tls.url("good"), HTTPS_PROXY=f"127.0.0.1:{proxy.port}")
        assert done.returncode == 1
        assert "asks for a sign-in by Negotiate or NTLM (HTTP 407), of which only Basic is supported" in done.stderr


class TestFailures:
    @pytest.fixture
    def fails(self, call):
        def fails(url, *words, **variables):
            done = call("--endpoint-url", url, **({"AWS_MAX_ATTEMPTS": "1"} | variables))
            assert done.returncode == 1 and done.stdout == ""
            assert done.stderr.count("\n") == 1
            for word in words:
                assert word in done.stderr
            return done.stderr

        return fails

    def test_a_proxy_that_is_not_there(self, fails):
        fails(
            "https://aws.test",
            f"The proxy 127.0.0.1:9 (HTTPS_PROXY) can't be reached; check its address, or add aws.test to NO_PROXY",
            HTTPS_PROXY="http://user:sesame42@127.0.0.1:9",
        )

    def test_a_proxy_without_an_address(self, fails):
        fails(
            "http://aws.test",
            "The name of the proxy nobody.invalid:80 (HTTP_PROXY) can't be resolved",
            HTTP_PROXY="nobody.invalid",
        )

    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_a_host_that_the_proxy_forbids(self, fails, squid, scheme):
        """Nobody tries again what was refused for good."""
        text = fails(
            f"{scheme}://forbidden.test:8443",
            f"The proxy 127.0.0.1:{squid.port} ({scheme.upper()}_PROXY) doesn't allow connections to forbidden.test:8443 "
            "(HTTP 403)",
            AWS_MAX_ATTEMPTS="3",
            **{f"{scheme.upper()}_PROXY": squid.url},
        )
        assert "After" not in text
        # Squid also notes connections that end without a request, as when one call's refusal ends the other.
        seen = [line for line in squid.requests() if "forbidden.test" in line]
        assert seen
        # The command makes two calls. After a CONNECT that was refused, another one reads the status.
        assert len(seen) <= (4 if scheme == "https" else 2), seen

    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_a_host_that_the_proxy_cannot_reach(self, fails, squid, scheme):
        fails(
            f"{scheme}://aws.test:{free_port()}",
            f"The proxy 127.0.0.1:{squid.port} ({scheme.upper()}_PROXY) can't reach aws.test:",
            "(HTTP 503)",
            **{f"{scheme.upper()}_PROXY": squid.url},
        )

    def test_a_page_in_place_of_a_connection(self, fails):
        page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>Please sign in"
        with RawServer(page) as proxy:
            fails(
                "https://aws.test",
                f"The proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) answers in place of aws.test",
                HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}",
            )

    @pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x01\x02\x03", b"<html>Hello"])
    def test_what_is_no_proxy(self, fails, greeting):
        with RawServer(greeting) as proxy:
            fails(
                "https://aws.test",
                f"The proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) answered with something that isn't HTTP",
                HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}",
            )

    def test_a_proxy_that_says_nothing(self, call):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            proxy = {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "AWS_MAX_ATTEMPTS": "1"}
            done = call("--endpoint-url", "https://aws.test", "--connect-timeout", "0.5", **proxy)
        assert done.returncode == 1
        assert f"No connection through the proxy 127.0.0.1:{port} (HTTPS_PROXY) within 0.5 s" in done.stderr
        assert "(--connect-timeout)" in done.stderr

    @pytest.mark.parametrize(
        "value, words",
        [
            ("https://sesame42@proxy.test", "names a proxy that is itself reached by https, which isn't supported"),
            ("ftp://user:sesame42@proxy.test", "names a proxy of an unknown kind; it takes http:// or socks5://"),
            ("http://user:sesame42@", "is not the address of a proxy; write it like http://proxy.example.com:3128"),
            ("http://user:sesame42@proxy.test:99999", "is not the address of a proxy"),
            ("http://user:sesame42@a proxy", "is not the address of a proxy"),
            ("socks5://user:sesame42@proxy.test", "has a user and password, which aren't supported for SOCKS"),
        ],
    )
    def test_a_variable_that_cannot_be_read(self, fails, value, words):
        """The text may hold a password."""
        text = fails("https://aws.test", f"HTTPS_PROXY {words}", HTTPS_PROXY=value)
        assert "sesame42" not in text

    def test_a_variable_that_is_not_needed(self, call, server):
        assert call("--endpoint-url", server.url, HTTPS_PROXY="ftp://x").returncode == 0


class TestSocks:
    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_names_are_resolved_by_the_proxy(self, call, server, tls, scheme):
        port = tls.ports["good"] if scheme == "https" else port_of(server.url)
        with SocksServer() as proxy:
            variables = {f"{scheme}_proxy": f"socks5h://127.0.0.1:{proxy.port}"}
            done = call("--endpoint-url", f"{scheme}://aws.test:{port}", **variables)
        assert done.returncode == 0, done.stderr
        assert set(proxy.received) == {b"aws.test:%d" % port}

    def test_a_refusal(self, call):
        with SocksServer(refuses=True) as proxy:
            variables = {"HTTPS_PROXY": f"socks5://127.0.0.1:{proxy.port}", "AWS_MAX_ATTEMPTS": "1"}
            done = call("--endpoint-url", "https://aws.test", **variables)
        assert done.returncode == 1
        assert f"The proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) made no connection to aws.test" in done.stderr


class TestPlainHTTP:
    WARNING = "bedquota: Warning: Requests that your AWS keys sign travel over plain http"

    @pytest.mark.parametrize(
        "key, host, options, warned",
        [
            (REAL_KEY, "aws.test", [], True),
            ("ASIAIOSFODNN7EXAMPLE", "aws.test", ["--verbose"], True),
            (REAL_KEY, "aws.test", ["--quiet"], False),
            ("emulator", "aws.test", [], False),
            ("test", "aws.test", [], False),
            (REAL_KEY, "127.0.0.1", [], False),
        ],
    )
    def test_aws_keys_are_warned_of_once(self, run, environment, server, squid, key, host, options, warned):
        url = f"http://{host}:{port_of(server.url)}"
        variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": REAL_SECRET, "AWS_REGION": "us-east-1"}
        done = run("list", "--endpoint-url", url, *options, environment=environment | variables | {"HTTP_PROXY": squid.url})
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stderr.splitlines() if self.WARNING in line]
        assert len(lines) == (1 if warned else 0)
        assert all(line.endswith(f"(endpoint: {url})") for line in lines)
        assert REAL_SECRET not in done.stderr


@pytest.mark.parametrize(
    "variables, start",
    [
        ({}, "bedquota: After 3 attempts: The proxy 127.0.0.1:9 (HTTPS_PROXY) can't be reached"),
        ({"AWS_RETRY_MODE": "legacy"}, "bedquota: After 5 attempts: The proxy"),
        ({"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "2"}, "bedquota: After 2 attempts: The proxy"),
        ({"AWS_MAX_ATTEMPTS": "1"}, "bedquota: The proxy"),
        ({"AWS_MAX_ATTEMPTS": "none"}, 'bedquota: AWS_MAX_ATTEMPTS is "none"; it takes a whole number of attempts from 1.\n'),
        ({"AWS_RETRY_MODE": "eager"}, 'bedquota: AWS_RETRY_MODE is "eager"; it takes legacy, standard or adaptive.\n'),
    ],
    ids=str,
)
def test_attempts(call, variables, start):
    done = call("--endpoint-url", "https://aws.test", HTTPS_PROXY="http://127.0.0.1:9", **variables)
    assert done.returncode == 1 and done.stderr.startswith(start), done.stderr
