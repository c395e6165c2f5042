"""Which hosts NO_PROXY excepts: the same as for Python, and so for botocore, and networks as for requests."""

import os
import random
import subprocess

import pytest
import requests.utils
from botocore.utils import get_environ_proxies

PROXY = "proxy.test:3128"


@pytest.fixture(scope="module")
def ours(bedquota, environment):
    """Whether each URL is reached without a proxy."""
    tool = bedquota.with_name("sigv4-tool")

    def ours(urls, **variables):
        proxies = {"HTTP_PROXY": f"http://{PROXY}", "HTTPS_PROXY": f"http://{PROXY}"}
        lines = "".join(f"{url}\n" for url in urls)
        done = subprocess.run(
            [tool, "proxies"], input=lines, capture_output=True, text=True, timeout=60, env=environment | proxies | variables
        )
        assert done.returncode == 0, done.stderr
        answers = done.stdout.split()
        assert len(answers) == len(urls) and set(answers) <= {"direct", PROXY}
        return [answer == "direct" for answer in answers]

    return ours


def botocores(monkeypatch, urls, no_proxy):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{PROXY}")
    monkeypatch.setenv("HTTP_PROXY", f"http://{PROXY}")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    return [not get_environ_proxies(url) for url in urls]


URLS = [
    "https://bedrock.us-east-1.amazonaws.com",
    "https://amazonaws.com",
    "https://notamazonaws.com",
    "https://bedrock.us-east-1.amazonaws.com:8443",
    "http://localhost",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://10.1.2.3",
    "http://10.1.2.3:80",
    "https://BEDROCK.example.COM",
    "https://example.com.evil.test",
    "http://[::1]:8080",
]
LISTS = [
    "",
    "*",
    " * ",
    ",",
    "amazonaws.com",
    ".amazonaws.com",
    "..amazonaws.com",
    "AmazonAWS.com",
    "us-east-1.amazonaws.com",
    "bedrock.us-east-1.amazonaws.com",
    "bedrock.us-east-1.amazonaws.com:8443",
    "amazonaws.com:8443",
    "localhost",
    "localhost,127.0.0.1",
    " localhost , 10.1.2.3 ",
    "localhost:8080",
    "localhost:9090",
    "127.0.0.1:8080",
    "10.1.2",
    "1.2.3",
    "com",
    "example.com",
    "example.com.",
    "localhost amazonaws.com",
]


@pytest.mark.parametrize("no_proxy", LISTS)
def test_a_table_gives_what_botocore_does(ours, monkeypatch, no_proxy):
    theirs = botocores(monkeypatch, URLS, no_proxy)
    assert dict(zip(URLS, ours(URLS, NO_PROXY=no_proxy))) == dict(zip(URLS, theirs))


def test_random_lists_give_what_botocore_does(ours, monkeypatch):
    seed = int(os.environ.get("BEDQUOTA_SEED") or random.SystemRandom().randrange(2**32))
    print(f"BEDQUOTA_SEED={seed}")
    rng = random.Random(seed)
    labels = ["a", "b", "aa", "example", "test", "com"]

    def name():
        return ".".join(rng.choices(labels, k=rng.randint(1, 3)))

    for _ in range(60):
        entries = [rng.choice(["", "."]) + name() + rng.choice(["", "", ":1", ":8080"]) for _ in range(3)]
        urls = [f"{rng.choice(['http', 'https'])}://{name()}{rng.choice(['', ':1', ':8080'])}" for _ in range(20)]
        no_proxy = rng.choice([",", ", "]).join(entries)
        assert ours(urls, NO_PROXY=no_proxy) == botocores(monkeypatch, urls, no_proxy), no_proxy


NETWORKS = ["10.0.0.0/8", "10.1.2.3/32", "10.1.2.0/25", "10.1.2.128/25", "192.168.0.0/16,10.0.0.0/8", "0.0.0.0/0", "10.1.2.3", "10.1.2.4"]


@pytest.mark.parametrize("no_proxy", NETWORKS)
def test_networks_give_what_requests_does(ours, monkeypatch, no_proxy):
    """botocore knows no networks."""
    urls = [f"http://{host}{port}" for host in ["10.1.2.3", "10.1.2.200", "11.0.0.1", "192.168.7.7"] for port in ["", ":8080"]]
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    theirs = [requests.utils.should_bypass_proxies(url, None) for url in urls]
    if no_proxy == "0.0.0.0/0":
        # requests takes a network of all addresses for an invalid one.
        theirs = [True] * len(urls)
    assert ours(urls, NO_PROXY=no_proxy) == theirs


@pytest.mark.parametrize(
    "no_proxy, url, is_direct",
    [
        ("fd00::/8", "http://[fd12::1]:8080", True),
        ("fd00::/8", "http://[fe80::1]:8080", False),
        ("::1", "http://[::1]:8080", True),
        ("[::1]", "http://[0:0:0:0:0:0:0:1]", True),
        ("[::1]:8080", "http://[::1]:8080", True),
        ("[::1]:8080", "http://[::1]:9090", False),
        ("10.0.0.0/8", "http://host-10.test", False),
        ("*.example.com", "https://a.example.com", True),
        ("*.example.com", "https://aexample.com", False),
        ("a.test, *", "https://b.test", False),
        ("example.com:443", "https://example.com", True),
        ("example.com:80", "https://example.com", False),
    ],
)
def test_what_botocore_does_not_know(ours, no_proxy, url, is_direct):
    assert ours([url], NO_PROXY=no_proxy) == [is_direct]


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTPS_PROXY": "http://proxy.test:3128"},
        {"https_proxy": "http://other.test:1", "HTTPS_PROXY": "http://proxy.test:3128"},
        {"https_proxy": "", "HTTPS_PROXY": "http://proxy.test:3128"},
        {"HTTP_PROXY": "http://proxy.test:3128"},
        {"HTTP_PROXY": "http://proxy.test:3128", "REQUEST_METHOD": "GET"},
        {"http_proxy": "http://proxy.test:3128", "REQUEST_METHOD": "GET"},
        {"ALL_PROXY": "http://proxy.test:3128"},
        {"HTTPS_PROXY": "http://proxy.test:3128", "no_proxy": "", "NO_PROXY": "*"},
        {"HTTPS_PROXY": "http://proxy.test:3128", "no_proxy": "b.test", "NO_PROXY": "a.test"},
        {"HTTPS_PROXY": "proxy.test:3128", "HTTP_PROXY": "//proxy.test:8080"},
        {"HTTPS_PROXY": "http://user:p%40ss@proxy.test:3128"},
    ],
    ids=lambda variables: " ".join(f"{name}={value}" for name, value in variables.items()),
)
def test_variables_are_read_as_botocore_reads_them(bedquota, environment, monkeypatch, variables):
    urls = ["https://a.test", "http://a.test", "https://b.test"]
    tool = bedquota.with_name("sigv4-tool")
    done = subprocess.run(
        [tool, "proxies"], input="\n".join(urls) + "\n", capture_output=True, text=True, timeout=60, env=environment | variables
    )
    assert done.returncode == 0, done.stderr
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for url, mine in zip(urls, done.stdout.split(), strict=True):
        theirs = get_environ_proxies(url).get(url.partition(":")[0], "direct")
        assert mine == theirs.rpartition("//")[2].rpartition("@")[2], url
