"""The Python wheel: its bytes, where installers put it, and `import bedquota` in programs of their own, in a venv."""

import base64
import csv
import hashlib
import importlib.util
import io
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import venv
import zipfile
from pathlib import Path

import pytest
from emulator_control import eventually
from support import ROOT

BUILD = ROOT / "packaging/python/build_wheel.py"
TAG = f"linux_{platform.machine()}"
VERSION = "0.1.0"
# boto3 and pytest with what they need, and none of the plugins that this Python has, which take seconds to load.
LIBRARIES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3",
             "pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py")
CONVERSE = "converse(modelId='us.amazon.nova-pro-v1:0', messages=[{'role': 'user', 'content': [{'text': 'Hi'}]}], inferenceConfig={'maxTokens': 50})['ResponseMetadata']['HTTPStatusCode']"
# A user's set-up of AWS, each part of which would break a client of the emulator or send it elsewhere.
ELSEWHERE = "http://127.0.0.1:9"
SET_UP = {
    "AWS_PROFILE": "absent",
    "AWS_ACCESS_KEY_ID": "AKIAUSER",
    "AWS_SECRET_ACCESS_KEY": "user",
    "AWS_SESSION_TOKEN": "user",
    "AWS_BEARER_TOKEN_BEDROCK": "user",
    "AWS_ENDPOINT_URL": ELSEWHERE,
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": ELSEWHERE,
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CA_BUNDLE": "/absent.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_RETRY_MODE": "absent",
    "BEDQUOTA_EMULATOR_CREDENTIALS": "user:user",
    "HTTP_PROXY": ELSEWHERE,
    "http_proxy": ELSEWHERE,
}


# Wheels and installations


def built(executable, output, *options, **variables) -> subprocess.CompletedProcess:
    command = [sys.executable, BUILD, "--executable", executable, "--version", VERSION, "--licenses", ROOT / "NOTICE", "--output", output, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ | variables)


def wheel_of(executable, output, *options, **variables) -> Path:
    done = built(executable, output, "--platform-tag", TAG, *options, **variables)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def wheel(bedquota, tmp_path_factory):
    """The wheel of the program; not compressed, because a debug build is large."""
    return wheel_of(bedquota, tmp_path_factory.mktemp("wheel"), "--compression-level", "0")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A wheel whose program prints its arguments and which signals it ignores."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "bedquota").write_text('#!/bin/sh\necho "got $*"\ngrep SigIgn /proc/self/status\nexit 7\n')
    return wheel_of(folder / "bedquota", folder)


def pip(*arguments, **variables):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | variables)
    assert done.returncode == 0, done.stderr


INSTALL = ("install", "--no-deps", "--no-index", "--no-compile")


class Venv:
    """A venv with the wheel, which is never activated."""

    def __init__(self, folder: Path, wheel: Path, environment: dict[str, str]):
        venv.create(folder)
        libraries = folder / "libraries"
        libraries.mkdir()
        for name in LIBRARIES:
            origin = Path(importlib.util.find_spec(name).origin)
            origin = origin.parent if origin.name == "__init__.py" else origin
            (libraries / origin.name).symlink_to(origin)
        self.libraries = {"PYTHONPATH": str(libraries)}
        self.bin = folder / "bin"
        self.python = self.bin / "python"
        self.environment = environment
        pip("--python", self.python, *INSTALL, wheel)

    def start(self, code: str, *, has_libraries=True, variables={}, **settings) -> subprocess.Popen:
        """A program that runs meanwhile."""
        libraries = self.libraries if has_libraries else {}
        return subprocess.Popen(
            [self.python, "-c", textwrap.dedent(code)],
            env=self.environment | libraries | variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings,
        )

    def run(self, code: str, **settings) -> str:
        """What a program prints, which must succeed."""
        process = self.start(code, **settings)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return output


@pytest.fixture(scope="module")
def installed(wheel, environment, tmp_path_factory):
    return Venv(tmp_path_factory.mktemp("venv") / "venv", wheel, environment)


def test_a_wheel_is_as_its_record_says(wheel, bedquota):
    with zipfile.ZipFile(wheel) as archive:
        [record] = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
        assert sorted(row[0] for row in rows) == sorted(archive.namelist())
        for path, digest, size in rows:
            if path != record:
                content = archive.read(path)
                assert size == str(len(content))
                assert digest == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert rows[-1] == [record, "", ""]
        program = archive.getinfo(f"bedquota-{VERSION}.data/scripts/bedquota")
        assert program.external_attr >> 16 == 0o100755 and program.file_size == bedquota.stat().st_size
        metadata = archive.read(f"bedquota-{VERSION}.dist-info/METADATA").decode()
    assert f"\nVersion: {VERSION}\n" in metadata and "\nRequires-Dist:" not in metadata
    assert metadata.endswith((ROOT / "packaging/python/README.md").read_text(encoding="utf-8"))


def test_the_same_files_give_the_same_bytes(tmp_path):
    wheels = []
    for index, mask in enumerate((0o022, 0o077)):
        folder = tmp_path / str(index)
        folder.mkdir()
        (folder / "bedquota").write_text("#!/bin/sh\n")
        os.utime(folder / "bedquota", (index, index))
        before = os.umask(mask)
        try:
            wheels.append(wheel_of(folder / "bedquota", folder, PYTHONHASHSEED=str(index), SOURCE_DATE_EPOCH="1700000000").read_bytes())
        finally:
            os.umask(before)
    assert wheels[0] == wheels[1]
    with zipfile.ZipFile(io.BytesIO(wheels[0])) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
        *files, record = archive.namelist()
        assert files == sorted(files) and record.endswith("/RECORD")


def test_the_tag_is_what_the_program_needs(tmp_path):
    source = tmp_path / "main.c"
    source.write_text("#include <stdio.h>\nint main() { return puts(\"\") < 0; }\n")
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler makes a program with few needs")
    subprocess.run([compiler, source, "-o", tmp_path / "main"], check=True)
    done = built(tmp_path / "main", tmp_path)
    assert done.returncode == 0, done.stderr
    [(minor, machine)] = re.findall(r"-py3-none-manylinux_2_(\d+)_(\w+)\.whl$", done.stdout.strip())
    assert machine == platform.machine() and 17 <= int(minor) <= int(platform.libc_ver()[1].split(".")[1])
    assert built(tmp_path / "main", tmp_path, "--platform-tag", f"manylinux_2_{int(minor) + 1}_{machine}").returncode == 0
    assert "is not true" in built(tmp_path / "main", tmp_path, "--platform-tag", f"manylinux_2_5_{machine}").stderr
    assert "is not true" in built(tmp_path / "main", tmp_path, "--platform-tag", f"manylinux_2_{minor}_riscv64").stderr


# What readelf says of needs, and the tag that follows.
HEAD = "  Machine:                           AArch64\n 0x01 (NEEDED)  Shared library: [libc.so.6]\n"
NEEDS = [
    ("", "manylinux_2_17_aarch64"),
    ("GLIBC_2.9 GLIBC_2.28", "manylinux_2_28_aarch64"),
    ("GLIBC_2.17 GLIBCXX_3.4.28 CXXABI_1.3.11", "manylinux_2_31_aarch64"),
    ("GLIBC_2.34 GCC_3.0", "manylinux_2_34_aarch64"),
    ("GLIBC_2.2 GLIBC_ABI_DT_RELR", "manylinux_2_36_aarch64"),
]


@pytest.fixture(scope="module")
def build_wheel():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("build_wheel", BUILD)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("needs, tag", NEEDS)
def test_a_tag_follows_from_what_is_needed(build_wheel, needs, tag):
    names = "".join(f"  0x0010:   Name: {name}  Flags: none  Version: 2\n" for name in needs.split())
    assert build_wheel.manylinux_tag(f"{HEAD}Version needs section '.gnu.version_r' contains 1 entry:\n{names}") == tag


def test_newer_symbols_than_any_platform_has_give_no_tag(build_wheel):
    with pytest.raises(build_wheel.Problem, match="GLIBCXX_9.9"):
        build_wheel.manylinux_tag(f"{HEAD}Version needs section '.gnu.version_r' contains 1 entry:\n  0x0010:   Name: GLIBCXX_9.9  Flags: none\n")


def test_what_is_no_wheel_is_refused(tmp_path, bedquota):
    def refusal(*arguments, **variables):
        done = built(*arguments, **variables)
        assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    text = tmp_path / "text"
    text.write_text("text")
    assert "is not an ELF file" in refusal(text, tmp_path)
    assert "absent" in refusal(tmp_path / "absent", tmp_path, "--platform-tag", TAG)
    assert "no platform tag" in refusal(text, tmp_path, "--platform-tag", "windows")
    assert "no version" in refusal(text, tmp_path, "--version", "0.1.0-beta")
    if b"libswiftCore.so" in subprocess.run(["readelf", "-d", bedquota], capture_output=True).stdout:
        assert "libswiftCore.so" in refusal(bedquota, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["text"]


def test_the_command_is_the_program_itself(installed, bedquota, run):
    assert (installed.bin / "bedquota").stat().st_size == bedquota.stat().st_size
    for command in ([installed.bin / "bedquota"], [installed.python, "-m", "bedquota"]):
        done = subprocess.run([*command, "--version"], env=installed.environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, run.output("--version"), "")
        assert subprocess.run([*command, "list", "--hours"], env=installed.environment, capture_output=True, timeout=60).returncode == 64


# How the module starts the program, as `python -m bedquota` and by its path.
MODULE = ["-c", "import os, sys; from bedquota._program import find; print(find(), flush=True); os.execv(find(), ['bedquota', *sys.argv[1:]])"]


@pytest.mark.parametrize("how", ["target", "user", "uv"])
def test_the_module_finds_the_program_wherever_it_is_installed(small, tmp_path, environment, how):
    """Without PATH, and not another `bedquota` that is there."""
    python, variables = sys.executable, {}
    if how == "target":
        pip(*INSTALL, "--target", tmp_path / "target", small)
        variables["PYTHONPATH"] = str(tmp_path / "target")
        program = tmp_path / "target/bin/bedquota"
    elif how == "user":
        # A venv has no packages of the user.
        python, variables["PYTHONUSERBASE"] = sys._base_executable, str(tmp_path / "user")
        pip("--python", python, *INSTALL, "--user", "--break-system-packages", small, **variables)
        program = tmp_path / "user/bin/bedquota"
    else:
        venv.create(tmp_path / "venv")
        python = tmp_path / "venv/bin/python"
        uv = [Path(sys.executable).with_name("uv"), "pip", "install", "--offline", "--quiet", "--cache-dir", tmp_path / "cache"]
        subprocess.run([*uv, "--python", python, small], env=environment, check=True, timeout=60)
        program = tmp_path / "venv/bin/bedquota"
    other = tmp_path / "other/bedquota"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho other\n")
    other.chmod(0o755)
    run = {"env": environment | variables | {"PATH": str(other.parent)}, "cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
    done = subprocess.run([python, *MODULE, "a", "b c"], **run)
    assert done.stdout.startswith(f"{program}\ngot a b c\n"), done.stdout + done.stderr
    done = subprocess.run([python, "-m", "bedquota", "a", "b c"], **run | {"env": environment | variables})
    assert done.returncode == 7 and done.stdout.startswith("got a b c\n"), done.stdout + done.stderr
    # Python ignores SIGPIPE; what it becomes must not.
    ignored = int(done.stdout.split()[-1], 16)
    assert not ignored >> (signal.SIGPIPE - 1) & 1


def test_uvx_runs_it(small, tmp_path, environment):
    uvx = [Path(sys.executable).with_name("uv"), "tool", "run", "--offline", "--quiet", "--from", small, "bedquota", "a"]
    folders = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_TOOL_DIR": str(tmp_path / "tools"), "UV_PYTHON": sys.executable}
    done = subprocess.run(uvx, env=environment | folders, capture_output=True, text=True, timeout=60)
    assert done.returncode == 7 and done.stdout.startswith("got a\n"), done.stdout + done.stderr


def test_inside_of_a_zip_file_it_says_what_to_do(small, environment):
    done = subprocess.run([sys.executable, "-m", "bedquota"], env=environment | {"PYTHONPATH": str(small)}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert "not inside a zip file" in done.stderr and "program=" in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_import_needs_nothing(installed):
    """Neither boto3 nor pytest, though they are there."""
    printed = installed.run("""
        import sys
        before = set(sys.modules)
        import bedquota
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(new - set(sys.stdlib_module_names) - {"bedquota"}))
    """)
    assert printed.strip() == "[]"


# Gateways and emulators


def test_a_client_takes_nothing_of_the_users_set_up(installed, tmp_path):
    """Neither of the emulator nor of a gateway. What its caller gives, it takes."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    # Even one that can't be read.
    (folder / "config").write_text(f"[default]\nendpoint_url = {ELSEWHERE}\n[broken\n")
    (folder / "credentials").write_text("[default]\naws_access_key_id = AKIAUSER\naws_secret_access_key = user\n")
    files = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}
    printed = installed.run(
        f"""
        import json, subprocess, sys, urllib.request
        import bedquota
        from botocore.config import Config

        SEEN = []
        def look(request, **_):
            SEEN.append(request.headers["Authorization"].decode())

        with (
            bedquota.emulator(latency=0, tokens_per_second=0) as emulator,
            bedquota.gateway(environment=emulator.environment) as gateway,
            bedquota.gateway(emulator=True) as emulated,
        ):
            for server in (emulator, gateway):
                runtime = server.client()
                runtime.meta.events.register("before-send.*.*", look)
                runtime.{CONVERSE}
            emulator.client("bedrock").list_foundation_models()
            emulator.client("service-quotas").list_service_quotas(ServiceCode="bedrock", MaxResults=1)
            emulator.client("cloudwatch").list_metrics(Namespace="AWS/Bedrock")
            print(emulator.client("sts").get_caller_identity()["Account"])
            child = "import boto3; boto3.client('bedrock-runtime').{CONVERSE}; print(boto3.client('sts').get_caller_identity()['Account'])"
            subprocess.run([sys.executable, "-c", child], env=emulator.environment, check=True)
            child = "import boto3; print(boto3.client('bedrock-runtime').{CONVERSE})"
            subprocess.run([sys.executable, "-c", child], env=emulated.environment, check=True)
            alice = emulated.client(aws_access_key_id="alice", aws_secret_access_key="any", config=Config(user_agent_extra="mine"))
            print(alice.{CONVERSE}, alice.meta.config.user_agent_extra)
            status = urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(emulated.url + "/status")
            print(sorted(caller["name"] for caller in json.load(status)["callers"]))
        print([text.partition("/20")[0] for text in SEEN])
        """,
        variables=SET_UP | files,
    )
    account, of_child, *emulated, seen = printed.splitlines()
    assert emulated == ["200", "200 mine", "['alice', 'me']"]
    assert account == of_child and re.fullmatch(r"\d{12}", account)
    assert seen == "['AWS4-HMAC-SHA256 Credential=emulator', 'AWS4-HMAC-SHA256 Credential=me']"


def test_options_of_the_program_are_parameters(installed, run):
    """Each parameter is an option in the help, and takes effect."""
    signatures = installed.run("""
        import inspect, json
        import bedquota
        print(json.dumps([list(inspect.signature(function).parameters) for function in (bedquota.gateway, bedquota.emulator)]))
    """)
    ours = {"port", "arguments", "environment", "program", "start_seconds"}
    for names, command in zip(json.loads(signatures), ("gateway", "emulate")):
        options = set(re.findall(r"^  --([\w-]+)", run.output(command, "--help"), re.MULTILINE))
        assert {name.replace("_", "-") for name in names if name not in ours} < options
    printed = installed.run("""
        import json
        import bedquota
        with bedquota.emulator(
            deny_model=["us.anthropic.claude-opus-4-7"], fault={"cut": 0.25, "slow": 0.5}, foreign_traffic={"us.amazon.nova-pro-v1:0": 0.5},
            history=0, latency=0, output_tokens=7, reservation_factor="burndown", reserved_capacity={"us.amazon.nova-pro-v1:0": (2000, 500)},
            retry_after=True, s3=".", seed=3, semantics="rolling60", time_scale=2.5, tokens_per_second=0, arguments=["--verbose"],
        ) as emulator:
            emulator.control("clock", advanceSeconds=60)
            emulator.control("faults", drop=1)
            assert emulator.control("faults")["drop"] == 1
            emulator.reset()
            print(json.dumps(emulator.control("state")))
            try:
                emulator.control("faults", cut=2)
            except ValueError as error:
                print(error)
    """, cwd=installed.bin)
    state, refusal = printed.splitlines()
    state = json.loads(state)
    [region] = state["regions"]
    assert state["clock"]["scale"] == 2.5 and state["faults"]["cut"] == 0.25 and state["faults"]["drop"] == 0
    assert (region["semantics"], region["reservationFactor"]) == ("rolling60", "burndown") and region["traffic"] and region["reserved"]
    assert refusal.startswith("faults: ")


def test_several_at_once_in_threads_and_in_asyncio(installed):
    printed = installed.run("""
        import asyncio, bedquota
        from concurrent.futures import ThreadPoolExecutor

        def scale(number):
            with bedquota.emulator(time_scale=number) as emulator:
                return emulator.control("clock")["scale"]

        with ThreadPoolExecutor(3) as pool:
            print(list(pool.map(scale, (2, 3, 4))))

        async def main():
            async with bedquota.emulator() as one, bedquota.emulator() as other:
                return one.url != other.url

        print(asyncio.run(main()))
        try:
            bedquota.emulator().url
        except RuntimeError as error:
            print(error)
    """)
    assert printed == "[2.0, 3.0, 4.0]\nTrue\nThe server runs inside of its `with` block only.\n"


def test_without_boto3_it_says_so(installed):
    printed = installed.run("""
        import bedquota
        with bedquota.emulator() as emulator:
            try:
                emulator.client()
            except ModuleNotFoundError as error:
                print(error)
    """, has_libraries=False)
    assert "pip install boto3" in printed


# Starts that fail


def failure(installed, call, **settings) -> str:
    """What StartError says."""
    return installed.run(f"""
        import bedquota
        try:
            with {call}:
                print("started")
        except bedquota.StartError as error:
            print(error)
    """, **settings)


def test_a_start_that_fails_says_why(installed, tmp_path):
    def script(text):
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return f"program={str(path)!r}"

    assert failure(installed, 'bedquota.emulator(program="/absent/bedquota")') == (
        "bedquota emulate ended with exit code 1 before it served. It said:\n/absent/bedquota: No such file or directory\n")
    assert "exit code 1 before it served. It said:\n/etc/passwd: Permission denied" in failure(installed, 'bedquota.emulator(program="/etc/passwd")')
    lines = failure(installed, f"bedquota.emulator({script('seq 100 >&2; exit 3')})").splitlines()
    assert lines[0] == "bedquota emulate ended with exit code 3 before it served. It said:"
    assert lines[1:] == [str(number) for number in range(81, 101)]
    assert failure(installed, f"bedquota.gateway({script('exit 0')})") == "bedquota gateway ended with exit code 0 before it served. It said nothing.\n"
    sleeper = script("echo $$ > pid; echo I sleep; exec sleep 60")
    said = failure(installed, f"bedquota.emulator({sleeper}, start_seconds=0.5)", cwd=tmp_path)
    assert said == "bedquota emulate did not listen within 0.5 s. It said:\nI sleep\n"
    assert not is_running(int((tmp_path / "pid").read_text()))
    ender = script("echo http://127.0.0.1:9; echo Done. >&2; exit 2")
    assert failure(installed, f"bedquota.gateway({ender})") == "bedquota gateway ended before it was ready. It said:\nDone.\n"
    assert failure(installed, f"bedquota.emulator({ender})").startswith("bedquota emulate doesn't answer: ")


def test_the_program_gets_no_signal_blocked_or_ignored(installed, tmp_path):
    """Python ignores SIGPIPE, and here its thread blocks SIGTERM."""
    program = tmp_path / "program"
    # Not for a shell, which unblocks signals itself.
    program.write_text("""#!/usr/bin/awk -f\nBEGIN { while ((getline < "/proc/self/status") > 0) if (/^Sig(Blk|Ign)/) print; exit }\n""")
    program.chmod(0o755)
    said = installed.run(f"""
        import signal, bedquota
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        try:
            bedquota.emulator(program={str(program)!r}).__enter__()
        except bedquota.StartError as error:
            print(error)
    """)
    blocked, ignored = (int(line.split()[1], 16) for line in said.splitlines()[1:])
    assert not blocked and not ignored >> (signal.SIGPIPE - 1) & 1


def test_the_program_says_why_it_does_not_start(installed):
    assert "fault" in failure(installed, 'bedquota.emulator(fault={"absent": 1})')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for call in (f"bedquota.emulator(port={port})", f"bedquota.gateway(emulator=True, port={port})"):
            said = failure(installed, call)
            assert "exit code 1 before it served" in said and str(port) in said, said


def test_a_gateway_that_is_not_ready_says_what_is_missing(installed):
    said = failure(installed, 'bedquota.gateway(region="us-east-1", start_seconds=1)')
    assert said.startswith("bedquota gateway was not ready within 1 s: ") and "credentials" in said.splitlines()[0]


# Ends


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


BOTH = """
import bedquota, os, signal, sys, threading, time, urllib.request
from contextlib import ExitStack

stack = ExitStack()
gateway, emulator = bedquota.gateway(emulator=True), bedquota.emulator()
def start():
    for server in (gateway, emulator):
        print(stack.enter_context(server).pid, flush=True)
"""
ENDS = {
    "killed": "start(); os.kill(os.getpid(), signal.SIGKILL)",
    "terminated": "start(); os.kill(os.getpid(), signal.SIGTERM)",
    "replaced": "start(); os.execv('/bin/true', ['true'])",
    "killed in spite of a fork that lives on": "start(); os.fork() or (os.close(1), os.close(2), time.sleep(5), os._exit(0)); os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.mark.parametrize("how", ENDS)
def test_nothing_outlives_the_process(installed, how):
    process = installed.start(BOTH + ENDS[how])
    output, errors = process.communicate(timeout=30)
    pids = [int(line) for line in output.split()]
    assert len(pids) == 2, errors
    eventually(lambda: not any(map(is_running, pids)), "the servers have ended", seconds=5)


def test_a_process_that_ends_lets_the_gateway_finish(installed):
    """Without the end of the block, too: it is told to end before it would be killed."""
    printed = installed.run("""
        import bedquota, logging, sys
        logging.basicConfig(level=logging.INFO, stream=sys.stdout)
        gateway = bedquota.gateway(emulator=True).__enter__()
        print(gateway.pid, flush=True)
    """)
    [pid] = re.findall(r"^\d+$", printed, re.MULTILINE)
    assert "No more connections are accepted" in printed and not is_running(int(pid))


def test_who_does_not_end_it(installed):
    """The end of the thread that started it, a fork that leaves the block, and Ctrl-C for the terminal's processes."""
    printed = installed.run(BOTH + """
thread = threading.Thread(target=start)
thread.start()
thread.join()
if os.fork() == 0:
    stack.close()
    sys.exit()
os.wait()
signal.signal(signal.SIGINT, lambda *_: print("interrupted"))
os.killpg(0, signal.SIGINT)
time.sleep(0.3)
with stack:
    print(urllib.request.urlopen(gateway.url + "/readyz").status)
    print(emulator.control("clock")["scale"])
""", start_new_session=True)
    assert printed.split()[2:] == ["interrupted", "200", "1.0"]


def test_what_does_not_end_is_killed(installed, tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\ntrap '' INT TERM\necho http://127.0.0.1:9\nwhile :; do sleep 0.1; done\n")
    program.chmod(0o755)
    printed = installed.run(f"""
        import logging, time, bedquota
        from bedquota import _process, _server
        logging.basicConfig(format="%(levelname)s %(message)s", stream=__import__("sys").stdout)
        _process.STOP_SECONDS = 0.3
        _server.Emulator._await_ready = lambda *_: None
        with bedquota.emulator(program={str(program)!r}) as emulator:
            print(emulator.pid)
    """)
    pid, warning = printed.splitlines()
    assert not is_running(int(pid)) and warning.startswith("WARNING bedquota emulate did not end")


def test_a_gateway_finishes_what_has_begun(installed):
    printed = installed.run("""
        import bedquota, json, threading, time, urllib.request

        def call(url):
            body = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}).encode()
            request = urllib.request.Request(f"{url}/model/us.amazon.nova-pro-v1:0/converse", body, {"Authorization": "Bearer me"})
            with urllib.request.urlopen(request) as reply:
                print(json.load(reply)["output"]["message"]["role"])

        with bedquota.emulator(latency=1, tokens_per_second=0) as emulator:
            with bedquota.gateway(environment=emulator.environment) as gateway:
                thread = threading.Thread(target=call, args=[gateway.url])
                thread.start()
                while not any(meter["inFlight"] for meter in emulator.control("state")["regions"][0]["meters"]):
                    time.sleep(0.01)
            thread.join()
    """)
    assert printed == "assistant\n"


# pytest, and the pages

TESTS = """
import os
import subprocess
import sys

import boto3
import pytest

# A default session from before, with the user's credentials.
boto3.setup_default_session(aws_access_key_id="AKIAUSER", aws_secret_access_key="user", region_name="eu-west-1")
BEFORE = dict(os.environ)
URLS = set()


def test_one(bedrock_emulator):
    URLS.add(bedrock_emulator.url)
    bedrock_emulator.control("quotas", code="L-CE33604C", value=7)
    assert value() == 7
    assert bedrock_emulator.control("clock")["scale"] == 5
    assert "AWS_PROFILE" not in os.environ and os.environ["MINE"] == "kept"
    subprocess.run([sys.executable, "-c", "import boto3; boto3.client('bedrock').list_foundation_models()"], check=True)


def test_two_is_as_new(bedrock_emulator):
    URLS.add(bedrock_emulator.url)
    assert value() == 400_000 and len(URLS) == 1


@pytest.mark.bedrock_emulator(fault={"internal-server-error": 1})
class TestMarked:
    def test_three(self, bedrock_emulator):
        assert bedrock_emulator.url not in URLS
        assert bedrock_emulator.control("faults")["internal-server-error"] == 1

    @pytest.mark.bedrock_emulator(fault={})
    def test_four(self, bedrock_emulator):
        assert bedrock_emulator.control("faults")["internal-server-error"] == 0


def test_five_has_its_environment_back():
    ours = ("PYTEST_CURRENT_TEST",)
    assert {n: v for n, v in os.environ.items() if n not in ours} == {n: v for n, v in BEFORE.items() if n not in ours}
    assert boto3.DEFAULT_SESSION.get_credentials().access_key == "AKIAUSER"


def value():
    return boto3.client("service-quotas").get_service_quota(ServiceCode="bedrock", QuotaCode="L-CE33604C")["Quota"]["Value"]
"""


def pytest_run(installed, folder, text, **variables):
    (folder / "test_it.py").write_text(text)
    command = [installed.python, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", "test_it.py"]
    return subprocess.run(command, cwd=folder, env=installed.environment | installed.libraries | variables, capture_output=True, text=True, timeout=120)


def test_the_fixture(installed, tmp_path):
    (tmp_path / "config").write_text(f"[profile user]\nregion = eu-west-1\nendpoint_url = {ELSEWHERE}\n")
    user = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "user", "AWS_ENDPOINT_URL": ELSEWHERE}
    (tmp_path / "conftest.py").write_text("import pytest\n@pytest.fixture(scope='session')\ndef bedrock_emulator_options():\n    return {'time_scale': 5}\n")
    done = pytest_run(installed, tmp_path, TESTS, MINE="kept", **user)
    assert done.returncode == 0 and "5 passed" in done.stdout, done.stdout + done.stderr


PAGES = [(ROOT / page).read_text(encoding="utf-8") for page in ("docs/python.md", "packaging/python/README.md")]
# Some are on both pages.
EXAMPLES = list(dict.fromkeys(example for page in PAGES for example in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)))
TESTS_OF_PAGES = [example for example in EXAMPLES if "def test_" in example]


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example not in TESTS_OF_PAGES])
def test_an_example_runs_as_it_stands(installed, example):
    assert installed.run(example).split()


def test_the_tests_of_the_pages_pass(installed, tmp_path):
    tests = "\n\n".join(TESTS_OF_PAGES)
    done = pytest_run(installed, tmp_path, tests)
    assert done.returncode == 0 and f"{tests.count('def test_')} passed" in done.stdout, done.stdout + done.stderr


def test_the_commands_of_the_page(installed, run):
    """Those that need no package index and no build."""
    [block] = [text for text in re.findall(r"^```sh\n(.*?)^```", PAGES[0], re.DOTALL | re.MULTILINE) if "bedquota --version\n" in text]
    path = {"PATH": f"{installed.bin}:{installed.environment['PATH']}"}
    done = subprocess.run(["bash", "-euc", block], env=installed.environment | path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(run.output("--version")) and "L-CE33604C" in done.stdout
