"""Files that commands write: links, modes, pipes, devices, full disks, stdout. Nothing but a regular file is ever replaced."""

import os
import stat
import subprocess
import threading
import time

import pytest
from test_commands import assert_failed

MODEL = "us.amazon.nova-pro-v1:0"
SHORT = ("--emulator", "--quiet", "--hours", "1")
PROBE = ("probe", MODEL, "--emulator", "--quiet", "--yes", "--mode", "steps", "--max-batches", "1", "--requests-per-batch", "1")


def commands(file):
    """Every command with an option for a file that it writes."""
    return {
        "usage": ("usage", MODEL, *SHORT, "--svg", file),
        "dashboard": ("dashboard", MODEL, *SHORT, "--output-file", file),
        "probe": (*PROBE, "--output-file", file),
        "probe's picture": (*PROBE, "--output-file", f"{file}.json", "--svg", file),
    }


COMMANDS = list(commands(""))


@pytest.fixture(params=COMMANDS)
def write(request, run):
    """Runs one command that writes to the given path."""
    return lambda path, **options: run(*commands(str(path))[request.param], **options)


def mode(path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def names(folder) -> set[str]:
    return set(os.listdir(folder))


def test_a_new_file_is_for_its_owner_alone(write, tmp_path):
    file = tmp_path / "new.svg"
    assert write(file).returncode == 0
    assert file.stat().st_size > 100 and mode(file) == 0o600


def test_a_link_stays_and_its_target_keeps_mode_and_owner(write, tmp_path):
    target, link = tmp_path / "target.svg", tmp_path / "link.svg"
    target.write_text("before")
    target.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(target, 12345, 54321)
    before = target.stat()
    link.symlink_to("target.svg")
    assert write(link).returncode == 0
    assert link.is_symlink() and "before" not in target.read_text()
    after = target.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_dangling_link_leads_to_a_new_file(write, tmp_path):
    link = tmp_path / "link.svg"
    link.symlink_to("target.svg")
    assert write(link).returncode == 0
    assert link.is_symlink() and (tmp_path / "target.svg").stat().st_size > 100


def test_a_second_name_of_a_file_stays_the_same_file(write, tmp_path):
    file, other = tmp_path / "one.svg", tmp_path / "other.svg"
    file.write_text("x" * 100_000)
    os.link(file, other)
    assert write(file).returncode == 0
    assert file.samefile(other) and "x" * 100 not in other.read_text()


def test_a_circle_of_links(write, tmp_path):
    (tmp_path / "a.svg").symlink_to("b.svg")
    (tmp_path / "b.svg").symlink_to("a.svg")
    assert_failed(write(tmp_path / "a.svg"), 1, "a.svg", "can't be written")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_device_stays_a_device(run, tmp_path):
    for arguments in commands("/dev/full").values():
        device = os.stat("/dev/full").st_rdev
        arguments = [str(tmp_path / "r.json") if a == "/dev/full.json" else a for a in arguments]
        done = run(*arguments)
        assert done.returncode == 1
        assert done.stderr == "bedquota: /dev/full can't be written: no space left on device.\n"
        assert stat.S_ISCHR(os.stat("/dev/full").st_mode) and os.stat("/dev/full").st_rdev == device


def test_what_a_probe_paid_for_is_printed_if_the_file_fails(run):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    assert '"steps"' in run(*PROBE, "--output-file", "/dev/full").stdout


def test_null_takes_anything(run):
    assert run(*commands("/dev/null")["usage"]).returncode == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_pipe_gets_the_picture(run, tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)

    def read():
        time.sleep(0.3)  # The program waits for its reader.
        got.append(pipe.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    run.output(*commands(pipe)["usage"])
    reader.join(10)
    assert got[0].startswith("<svg") and stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_without_a_reader_is_no_hang(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert_failed(run(*commands(tmp_path / "pipe")["usage"], timeout=30), 1, "nobody reads")


def test_ctrl_c_ends_the_wait_for_a_reader(bedquota, environment, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    arguments = [a for a in commands(tmp_path / "pipe")["usage"] if a != "--quiet"]
    process = subprocess.Popen(
        [bedquota, *map(str, arguments)], env=environment, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    assert "waiting for a reader" in process.stderr.readline()
    process.send_signal(2)
    assert process.wait(5) == 130


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_stdout_gets_the_file_and_nothing_else(run, name):
    for command, head in (("usage", "<svg"), ("dashboard", "<svg"), ("probe", "{")):
        text = run.output(*commands(name)[command])
        assert text.startswith(head) and text.rstrip().endswith({"<svg": "</svg>", "{": "}"}[head])


def test_the_file_behind_stdout_is_not_replaced(bedquota, environment, tmp_path):
    file = tmp_path / "out.svg"
    with file.open("w") as stdout:
        arguments = commands(file)["usage"]
        subprocess.run([bedquota, *map(str, arguments)], env=environment, stdout=stdout, check=True, timeout=60)
    text = file.read_text()
    assert text.startswith("<svg") and text.endswith("</svg>\n")


@pytest.mark.parametrize(
    "arguments",
    [("--svg", "-", "--output", "json"), ("--svg", "x.png"), ("--svg", "x.html"), ("--svg", "")],
)
def test_names_that_fit_no_picture(run, arguments):
    done = run("usage", MODEL, *SHORT, *arguments)
    assert done.returncode == 64 and done.stdout == "" and "--svg" in done.stderr


@pytest.mark.parametrize("name, words", [("folder", "is a folder"), ("folder/", "is a folder"), ("new/", "slash"),
                                         ("file/x.svg", "not a folder"), ("no/x.svg", "no folder"), ("n" * 300 + ".svg", "too long")])
def test_paths_that_lead_nowhere(run, tmp_path, name, words):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("kept")
    before = names(tmp_path)
    assert_failed(run(*commands(f"{tmp_path}/{name}")["usage"]), 1, words)
    assert names(tmp_path) == before and (tmp_path / "file").read_text() == "kept"


def test_a_relative_path(bedquota, environment, tmp_path):
    for name in ("a.svg", "./b.svg"):
        subprocess.run([bedquota, *commands(name)["usage"]], env=environment, cwd=tmp_path, check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
    assert names(tmp_path) == {"a.svg", "b.svg"}


def test_a_full_disk_leaves_the_old_file(run, tmp_path):
    """A limit on the size of files stands for the disk: the write fails in the middle."""
    file = tmp_path / "chart.svg"
    for others in (0, 1):  # Replaced, and written in place.
        file.write_text("before")
        if others:
            os.link(file, tmp_path / "other.svg")
        command = ["bash", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "_", str(run.binary), *map(str, commands(file)["dashboard"])]
        done = subprocess.run(command, env=run.environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert_failed(done, 1, "chart.svg can't be written")
        assert file.read_text() == "before" and not [n for n in names(tmp_path) if n.startswith(".bedquota")]


@pytest.mark.skipif(os.geteuid() != 0 or not hasattr(os, "setresuid"), reason="needs root, to become somebody else")
def test_a_writable_file_in_a_read_only_folder(run, tmp_path):
    """As nobody, who may write the file but make none beside it."""
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    file = folder / "chart.svg"
    file.write_text("before" * 100_000)
    file.chmod(0o666)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)

    def become_nobody():
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)

    done = subprocess.run([run.binary, *map(str, commands(file)["usage"])], env=run.environment, preexec_fn=become_nobody,
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert file.read_text().startswith("<svg") and "before" not in file.read_text() and file.stat().st_uid == 0
    new = subprocess.run([run.binary, *map(str, commands(folder / "new.svg")["usage"])], env=run.environment,
                         preexec_fn=become_nobody, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert_failed(new, 1, "permission denied")
