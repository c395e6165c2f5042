#!/usr/bin/env python3
"""Writes the Python wheel that carries the program.

usage: build_wheel.py --executable FILE --version VERSION --licenses FILE --output DIR [--platform-tag TAG]

The executable becomes a script of the wheel (`bedquota-VERSION.data/scripts/bedquota`), not a file of the package. So installers put the
program itself on PATH, and no Python starts before it; src/bedquota/_program.py finds it there. The metadata come from pyproject.toml.

Without --platform-tag, the tag is the oldest manylinux whose libraries have all that the executable needs. A given manylinux tag must
not promise more than that; linux_x86_64 promises nothing, and is for this machine alone.

The same files, version and SOURCE_DATE_EPOCH (1980 without it) give the same bytes, with the same zlib. Needs Python 3.11 and readelf.
Exit codes: 0 done, and the wheel's path is printed; 1 with the reason.
"""

import argparse
import base64
import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")

# glibc's own libraries, and the others that every manylinux platform has.
GLIBC = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libutil.so.1"}
LOADERS = {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
OTHERS = {"libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"}
# The newest versions of symbols in those others, by the glibc of the platform: auditwheel 6.8, manylinux-policy.json, where x86_64 and
# aarch64 differ the older.
OTHERS_NEWEST = {
    (2, 17): {"GLIBCXX": "3.4.19", "CXXABI": "1.3.7", "GCC": "4.7.0", "ZLIB": "1.2.5.2"},
    (2, 24): {"GLIBCXX": "3.4.22", "CXXABI": "1.3.10", "GCC": "4.7.0", "ZLIB": "1.2.5.2"},
    (2, 27): {"GLIBCXX": "3.4.24", "CXXABI": "1.3.11", "GCC": "7.0.0", "ZLIB": "1.2.9"},
    (2, 31): {"GLIBCXX": "3.4.28", "CXXABI": "1.3.12", "GCC": "7.0.0", "ZLIB": "1.2.9"},
    (2, 34): {"GLIBCXX": "3.4.29", "CXXABI": "1.3.13", "GCC": "7.0.0", "ZLIB": "1.2.9"},
    (2, 35): {"GLIBCXX": "3.4.30", "CXXABI": "1.3.13", "GCC": "11.0", "ZLIB": "1.2.9"},
    (2, 39): {"GLIBCXX": "3.4.33", "CXXABI": "1.3.15", "GCC": "14.0.0", "ZLIB": "1.2.12"},
}
MACHINES = {"Advanced Micro Devices X86-64": "x86_64", "AArch64": "aarch64"}


class Problem(Exception):
    """One sentence for the user."""


# The platform


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def readelf(executable: Path) -> str:
    """Its header, the libraries that it needs, and the versions of their symbols."""
    command = ["readelf", "--wide", "--file-header", "--dynamic", "--version-info", executable]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    except FileNotFoundError:
        raise Problem("readelf is not installed; it is part of binutils") from None
    if "Machine:" not in done.stdout:
        raise Problem(f"{executable} is not an ELF file")
    return done.stdout


def manylinux_tag(elf: str) -> str:
    """The tag of the oldest platform on which the executable runs, from what readelf says of it."""
    machine = re.search(r"Machine: +(.+)", elf)[1].strip()
    if machine not in MACHINES:
        raise Problem(f"no tag is known for the machine {machine}")
    libraries = set(re.findall(r"\(NEEDED\) .*\[(.+)\]", elf))
    if strange := libraries - GLIBC - LOADERS - OTHERS:
        raise Problem(f"the executable needs {', '.join(sorted(strange))}, which not every machine has; link it with --static-swift-stdlib")
    # Only what is needed of others counts, not what it defines itself.
    needed = re.findall(r"Name: ([A-Z]+)_([0-9.]+|ABI_DT_RELR)", elf.partition("Version needs section")[2])
    glibc = max([(2, 17), *((2, 36) if version == "ABI_DT_RELR" else numbers(version)[:2] for name, version in needed if name == "GLIBC")])
    others = [(name, version) for name, version in needed if name != "GLIBC"]
    for platform, newest in OTHERS_NEWEST.items():
        if all(name in newest and numbers(version) <= numbers(newest[name]) for name, version in others):
            return f"manylinux_{'_'.join(map(str, max(glibc, platform)))}_{MACHINES[machine]}"
    raise Problem(f"no manylinux platform has all of {', '.join(f'{name}_{version}' for name, version in sorted(set(others)))}")


def check_tag(tag: str, executable: Path):
    """Refuses a manylinux tag that promises more than the executable holds."""
    if not re.fullmatch(r"(manylinux_\d+_\d+|linux)_\w+", tag):
        raise Problem(f"{tag} is no platform tag such as manylinux_2_35_x86_64 or linux_x86_64")
    if tag.startswith("linux"):
        return
    true = manylinux_tag(readelf(executable))
    versions = [numbers(".".join(one.split("_")[1:3])) for one in (tag, true)]
    if tag.split("_")[3:] != true.split("_")[3:] or versions[0] < versions[1]:
        raise Problem(f"the executable runs on {true}, so the tag {tag} is not true")


# The files


def metadata(project: dict, version: str, licenses: list[str]) -> str:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"Author: {', '.join(author['name'] for author in project['authors'])}",
        f"License-Expression: {project['license']}",
        *(f"License-File: {name}" for name in licenses),
        f"Keywords: {','.join(project['keywords'])}",
        *(f"Classifier: {classifier}" for classifier in project["classifiers"]),
        f"Requires-Python: {project['requires-python']}",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (HERE / project["readme"]).read_text(encoding="utf-8")


def entry_points(project: dict) -> str:
    groups = (f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in found.items()) for group, found in project["entry-points"].items())
    return "\n".join(groups)


def contents(arguments, tag: str) -> dict[str, bytes]:
    """All files of the wheel but its record."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"{project['name']}-{arguments.version}"
    licenses = {"LICENSE": ROOT / "LICENSE", "NOTICE": ROOT / "NOTICE", "THIRD-PARTY": arguments.licenses}
    files = {f"bedquota/{path.name}": path.read_bytes() for path in (HERE / "src/bedquota").iterdir() if path.suffix == ".py" or path.name == "py.typed"}
    files |= {f"{name}.dist-info/licenses/{license}": path.read_bytes() for license, path in licenses.items()}
    files |= {
        f"{name}.data/scripts/bedquota": arguments.executable.read_bytes(),
        f"{name}.dist-info/METADATA": metadata(project, arguments.version, sorted(licenses)).encode(),
        f"{name}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: bedquota build_wheel.py\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n".encode(),
        f"{name}.dist-info/entry_points.txt": entry_points(project).encode(),
    }
    return files


def record(files: dict[str, bytes], itself: str) -> bytes:
    def digest(content: bytes) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

    lines = [f"{path},sha256={digest(content)},{len(content)}" for path, content in sorted(files.items())]
    return "".join(f"{line}\n" for line in [*lines, f"{itself},,"]).encode()


def write(path: Path, files: dict[str, bytes], level: int):
    # A zip file knows no time before 1980.
    date = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), 315_532_800))[:6]
    method = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    # Under another name until it is whole.
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date)
            info.create_system = 3  # Unix, whatever writes it
            info.external_attr = (0o100755 if ".data/scripts/" in name else 0o100644) << 16
            archive.writestr(info, content, method, level)
    part.replace(path)


def build(arguments) -> Path:
    if not VERSION.fullmatch(arguments.version):
        raise Problem(f"{arguments.version} is no version as PyPI takes it, such as 0.1.0 or 0.2.0rc1")
    if arguments.platform_tag:
        check_tag(arguments.platform_tag, arguments.executable)
    tag = arguments.platform_tag or manylinux_tag(readelf(arguments.executable))
    files = dict(sorted(contents(arguments, tag).items()))
    itself = f"bedquota-{arguments.version}.dist-info/RECORD"
    files[itself] = record(files, itself)
    arguments.output.mkdir(parents=True, exist_ok=True)
    path = arguments.output / f"bedquota-{arguments.version}-py3-none-{tag}.whl"
    write(path, files, arguments.compression_level)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--executable", type=Path, required=True, help="the program")
    parser.add_argument("--version", required=True, help="the version of the program")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the folder for the wheel")
    parser.add_argument("--platform-tag", metavar="TAG", help="such as manylinux_2_35_x86_64 (default: the oldest that is true)")
    parser.add_argument("--licenses", type=Path, required=True, metavar="FILE", help="the texts that `scripts/sbom --licenses` prints")
    parser.add_argument("--compression-level", type=int, choices=range(10), default=9, metavar="N", help="0 (stored) to 9 (default)")
    try:
        print(build(parser.parse_args()))
    except (Problem, OSError) as problem:
        sys.exit(f"build_wheel.py: {problem}.")


if __name__ == "__main__":
    main()
