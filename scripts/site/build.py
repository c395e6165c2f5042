"""Builds the site of scripts/docs: puts its pages together in one folder, and lets Sphinx and furo draw them.

The folder mirrors the repository, so links between guides hold as they stand. Only links to what is no page there are changed:
README.md is the front page, a folder's README stands for the folder, a DocC catalog is a page of a library.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import commands
import libraries
import links

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")

# The pages beside the guides, commands and libraries, and the order of the guides. A guide that is not named here follows the others.
PROJECT = ["CHANGELOG", "CONTRIBUTING", "SECURITY", "Examples/README", "Benchmarks/README"]
GUIDES = ["gateway", "gateway-configuration", "gateway-operation", "run", "quotas", "usage", "probe", "emulator", "moving-from"]


def guides(root: Path) -> list[str]:
    """The pages of docs/, without their ending."""
    there = sorted(file.stem for file in (root / "docs").glob("*.md"))
    return [f"docs/{name}" for name in sorted(there, key=lambda name: (GUIDES.index(name) if name in GUIDES else len(GUIDES), name))]


def put_together(root: Path, folder: Path):
    """Copies what is written by hand, with its pictures and the files that it links to."""
    by_hand = [*(root / "docs").rglob("*.md"), *(root / f"{name}.md" for name in ["README", *PROJECT])]
    for source in filter(Path.exists, by_hand):
        name = source.relative_to(root).with_suffix("").as_posix()
        text = LINK.sub(lambda link: address(root, folder, source, link[1]) + (link[2] or ""), source.read_text(encoding="utf-8"))
        target = folder / ("index.md" if name == "README" else f"{name}.md")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def add_navigation(root: Path, folder: Path):
    """The list of all pages, below the text of the front page, where it is not shown."""
    sections = {
        "Guides": guides(root),
        "Reference": ["docs/commands/index", "libraries/index"],
        "Design": [f"docs/design/{file.stem}" for file in sorted((root / "docs/design").glob("*.md"))],
        "Project": PROJECT,
    }
    with (folder / "index.md").open("a", encoding="utf-8") as index:
        for caption, pages in sections.items():
            there = [page for page in pages if (folder / f"{page}.md").exists()]
            index.write("\n".join(["\n```{toctree}", ":hidden:", f":caption: {caption}", *there, "```\n"]))


def address(root: Path, folder: Path, source: Path, target: str) -> str:
    """A link's address in the site; a file that is no page is copied, and can be downloaded there."""
    file = (source.parent / target).resolve()
    if file.suffix == ".docc":
        return os.path.relpath(root / f"libraries/{file.stem.lower()}.md", source.parent)
    if file.is_dir() and (file / "README.md").exists():
        file = file / "README.md"
    if file == root / "README.md":
        file = root / "index.md"
    elif file.is_file() and file.is_relative_to(root):
        copy = folder / file.relative_to(root)
        if not copy.exists() and file.suffix != ".md":
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    else:
        # Sphinx says where it is missing.
        return target
    return os.path.relpath(file, source.parent)


def draw(folder: Path, output: Path, doctrees: Path):
    """Sphinx; what it warns of, such as a dead link, is named by the file that it is in."""
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-j", "auto", "-b", "html", "-c", HERE, "-d", doctrees, folder, output],
        capture_output=True, encoding="utf-8",
    )
    text = done.stderr.replace(f"{folder}/index.md", "README.md").replace(f"{folder}/", "")
    if done.returncode != 0:
        raise libraries.Problem(text.strip())
    # Notes of Sphinx for itself.
    for name in (".buildinfo", "objects.inv"):
        (output / name).unlink(missing_ok=True)
    shutil.rmtree(output / "_sources", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    parser.add_argument("--program", type=Path, help="bedquota; without it, the site has no reference of commands")
    parser.add_argument("--no-libraries", action="store_true", help="leave the libraries out")
    parser.add_argument("--output", type=Path, required=True, help="the folder of the site, which is made anew")
    parser.add_argument("--check", action="store_true", help="find dead links")
    arguments = parser.parse_args()
    root, output = arguments.root.resolve(), arguments.output.resolve()
    if output.exists() and any(output.iterdir()) and not (output / "searchindex.js").exists():
        sys.exit(f"scripts/docs: {arguments.output} holds something else than a site; name another folder.")
    try:
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary).resolve()
            pages = work / "pages"
            put_together(root, pages)
            if arguments.program:
                commands.write_pages(arguments.program.resolve(), pages / "docs/commands")
            if not arguments.no_libraries:
                public = libraries.extract_symbols(root, libraries.modules(root), work / "symbols")
                archive = libraries.make_archive(root, work / "symbols", public, work / "docc")
                libraries.write_pages(libraries.Archive(archive), pages / "libraries")
            add_navigation(root, pages)
            shutil.rmtree(output, ignore_errors=True)
            draw(pages, output, work / "doctrees")
    except libraries.Problem as problem:
        sys.exit(f"scripts/docs: {problem}")
    if arguments.check:
        dead, external = links.check_site(output)
        if (root / ".git").exists():
            dead += links.check_mentions(root)
        listed = root / ".build/docs/external-links.txt"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text("".join(f"{each}\n" for each in sorted(external)), encoding="utf-8")
        if dead:
            sys.exit("\n".join([*dead, f"scripts/docs: {len(dead)} dead links."]))
    print(f"The site is {arguments.output}/index.html.")


if __name__ == "__main__":
    main()
