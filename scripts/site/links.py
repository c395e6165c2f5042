#!/usr/bin/env python3
"""Finds dead links in a folder of HTML pages, and mentions of files in docs/ that are not there.

usage: scripts/site/links.py SITE [--mentions REPOSITORY] [--external FILE]

Prints each as FILE:LINE and exits with 1 if there is one. A link is dead if its file or its anchor is missing, and a picture, a script
or a style sheet too if it would come from another host: the pages are for reading without a network. Links to other hosts are not
followed; --external writes them to a file.
"""

import argparse
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser loads by itself, and what it follows when asked.
LOADED = {("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("object", "data"), ("use", "href")}
FOLLOWED = {("a", "href"), ("area", "href"), ("form", "action")}
# A mention in a comment, a message or a document of a file in docs/, which is not part of a longer path.
MENTION = re.compile(r"(?<![\w./-])docs/[\w./-]+\.(?:md|svg)(?:#[\w-]+)?")
# Of another repository, and a name that stands for any.
NOT_HERE = {"docs/testing/results.md", "docs/commands/NAME.md"}
# What a style sheet would load.
STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)'\"]+)|@import\s+['\"]((?:https?:)?//[^'\"]+)")


class Page(HTMLParser):
    """The anchors and addresses of one page."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.addresses: list[tuple[int, str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif (tag, name) in LOADED | FOLLOWED and value is not None:
                # The rest of a `link` leads somewhere; only these are loaded.
                loaded = (tag, name) in LOADED and not (tag == "link" and dict(attributes).get("rel") in ("canonical", "next", "prev"))
                self.addresses.append((self.getpos()[0], value, loaded))


def check_site(site: Path) -> tuple[list[str], set[str]]:
    """Dead links as FILE:LINE: TEXT, and the addresses of other hosts."""
    pages = {file.resolve(): Page(file.read_text(encoding="utf-8")) for file in sorted(site.rglob("*.html"))}
    dead, external = [], set()
    for file, page in pages.items():
        name = file.relative_to(site.resolve())
        for line, address, loaded in page.addresses:
            parts = urlsplit(address)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                if loaded:
                    dead.append(f"{name}:{line}: would be loaded from another host: {address}")
                external.add(address)
                continue
            if parts.path.startswith("/"):
                dead.append(f"{name}:{line}: leads out of the site: {address}")
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_relative_to(site.resolve()) or not target.is_file():
                dead.append(f"{name}:{line}: no such file: {address}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                dead.append(f"{name}:{line}: no such anchor: {address}")
    for file in sorted(site.rglob("*.css")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for found in STYLE_ADDRESS.findall(line):
                dead.append(f"{file.relative_to(site)}:{number}: would be loaded from another host: {found[0] or found[1]}")
    return dead, external


def anchors(markdown: str) -> set[str]:
    """Those that GitHub gives to headings."""
    outside = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*?)\s*$", outside, re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in plain}


def check_mentions(repository: Path) -> list[str]:
    """Files of docs/ that any file of the repository names and that are not there, or have no such heading."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout.decode().split("\0")
    dead, known = [], {}
    for name in filter(None, listed):
        try:
            text = (repository / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        for found in MENTION.finditer(text):
            target, _, anchor = found[0].partition("#")
            if target in NOT_HERE:
                continue
            file = repository / target
            if file.is_file() and file not in known:
                known[file] = anchors(file.read_text(encoding="utf-8"))
            if file not in known or (anchor and anchor not in known[file]):
                what = "heading" if file in known else "file"
                dead.append(f"{name}:{text.count(chr(10), 0, found.start()) + 1}: no such {what}: {found[0]}")
    return dead


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--mentions", type=Path, help="the repository whose mentions of docs/ are checked")
    parser.add_argument("--external", type=Path, help="the file to write links to other hosts to")
    arguments = parser.parse_args()
    dead, external = check_site(arguments.site)
    if arguments.mentions:
        dead += check_mentions(arguments.mentions)
    if arguments.external:
        arguments.external.write_text("".join(f"{address}\n" for address in sorted(external)), encoding="utf-8")
    for line in dead:
        print(line)
    print(f"{len(dead)} dead, {len(external)} to other hosts", file=sys.stderr)
    sys.exit(1 if dead else 0)


if __name__ == "__main__":
    main()
