"""Pages of the libraries: DocC reads comments and articles, and its archive becomes pages that need no server.

DocC's own pages fetch their content, which browsers forbid to pages opened from a file. So its archive's data ("render JSON") is written
as Markdown: one page a type, with its members on it. Types that one library uses of another are linked, because all are read together.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

# Kinds of symbols that have a page; all others stand on the page of what they belong to.
PAGES = {"module", "class", "struct", "enum", "protocol", "typealias"}
# What names the missing symbol of a link in a comment. It may be of another library, to which DocC's links don't reach.
MISSING = re.compile(r"'(\w+)' doesn't exist at ")
TARGET = re.compile(r"\.library\(\s*name: \"(\w+)\",\s*targets: \[([^\]]*)\]")


class Problem(Exception):
    """One sentence for the user."""


def modules(root: Path) -> list[str]:
    """The targets of the libraries that users import, in the manifest's order; `_` begins those that are for us alone."""
    found = TARGET.findall((root / "Package.swift").read_text(encoding="utf-8"))
    names = [target for name, targets in found if not name.startswith("_") for target in re.findall(r"\w+", targets)]
    return list(dict.fromkeys(names))


def extract_symbols(root: Path, names: list[str], folder: Path) -> list[str]:
    """Writes the public symbols of built modules to a folder, and returns the modules that have any."""
    folder.mkdir()
    build = root / ".build/debug"
    options = ["-I", build / "Modules"]
    for map_file in sorted(build.glob("*.build/module.modulemap")):
        options += ["-Xcc", f"-fmodule-map-file={map_file}"]
    for include in sorted((root / ".build/checkouts").glob("*/Sources/*/include")):
        options += ["-I", include]
        if (include / "module.modulemap").exists():
            options += ["-Xcc", f"-fmodule-map-file={include / 'module.modulemap'}"]
    target = json.loads(subprocess.run(["swift", "-print-target-info"], capture_output=True, check=True, text=True).stdout)
    public = []
    for name in names:
        run([
            "swift", "symbolgraph-extract", "-module-name", name, *options, "-target", target["target"]["triple"],
            "-minimum-access-level", "public", "-skip-inherited-docs", "-skip-synthesized-members", "-output-dir", folder,
        ])
        file = folder / f"{name}.symbols.json"
        if json.loads(file.read_text(encoding="utf-8"))["symbols"]:
            public.append(name)
        else:
            file.unlink()
    return public


def make_archive(root: Path, symbols: Path, names: list[str], folder: Path) -> Path:
    """DocC's archive of several modules and their articles. A warning is a problem."""
    catalog = folder / "all.docc"
    catalog.mkdir(parents=True)
    for name in names:
        for file in (root / "Sources" / name / f"{name}.docc").glob("*"):
            if (catalog / file.name).exists():
                raise Problem(f"two catalogs have an article {file.name}")
            shutil.copy(file, catalog)
    diagnostics = folder / "diagnostics.json"
    run([
        docc(), "convert", catalog, "--additional-symbol-graph-dir", symbols, "--output-path", folder / "out.doccarchive",
        "--fallback-display-name", names[0], "--fallback-bundle-identifier", "bedquota", "--diagnostics-file", diagnostics,
        # A comment may name its parameters in a sentence.
        "--disable-parameters-and-returns-validation",
    ])
    types = set()
    for file in symbols.glob("*.json"):
        types |= {symbol["names"]["title"] for symbol in json.loads(file.read_text(encoding="utf-8"))["symbols"]}
    problems = []
    for each in json.loads(diagnostics.read_text(encoding="utf-8"))["diagnostics"]:
        missing = MISSING.match(each["summary"])
        if each["severity"] in ("warning", "error") and not (missing and missing[1] in types):
            place = each.get("source", "").removeprefix(root.as_uri() + "/")
            problems.append(f"{place}:{each['range']['start']['line'] if each.get('range') else 1}: {each['summary']}")
    if problems:
        raise Problem("DocC warns:\n" + "\n".join(problems))
    return folder / "out.doccarchive"


def docc() -> str:
    """The toolchain's; on macOS it is not in PATH."""
    found = shutil.which("docc")
    if found or not shutil.which("xcrun"):
        return found or "docc"
    return subprocess.run(["xcrun", "--find", "docc"], capture_output=True, check=True, text=True).stdout.strip()


def run(command: list):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(f"{' '.join(map(str, command[:2]))} failed:\n{done.stderr.strip()}")


class Archive:
    """An archive's nodes by their path, and where each of them stands in the site."""

    def __init__(self, folder: Path):
        data = folder / "data/documentation"
        nodes = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(data.rglob("*.json"))]
        # A collection group is a page with a list of members that the type's own page has.
        nodes = [node for node in nodes if node["metadata"].get("role") != "collectionGroup"]
        self.nodes = {node["variants"][0]["paths"][0]: node for node in nodes}
        self.by_identifier = {node["identifier"]["url"]: path for path, node in self.nodes.items()}
        self.by_symbol = {node["metadata"]["externalID"]: path for path, node in self.nodes.items() if "externalID" in node["metadata"]}
        titles = {}
        for path, node in self.nodes.items():
            if self.has_page(path) and node["metadata"].get("symbolKind") != "module":
                titles.setdefault(node["metadata"]["title"], []).append(path)
        self.by_title = {title: paths[0] for title, paths in titles.items() if len(paths) == 1}

    def has_page(self, path: str) -> bool:
        meta = self.nodes[path]["metadata"]
        return meta["role"] == "article" or meta.get("symbolKind") in PAGES

    def page(self, path: str) -> str:
        return path.removeprefix("/documentation/").replace("/", ".")

    def address(self, path: str) -> str:
        """Relative to the folder that has all pages of libraries."""
        if self.has_page(path):
            return self.page(path) + ".html"
        owner, _, member = path.rpartition("/")
        return f"{self.page(owner)}.html#{member}"


def code(text: str) -> str:
    return f'<code class="literal">{html.escape(text)}</code>'


class Renderer:
    """Writes one node's content as Markdown. Links are HTML, because an anchor of a member is no heading."""

    def __init__(self, archive: Archive, node: dict, in_member: bool = False):
        self.archive, self.in_member = archive, in_member
        self.references = node.get("references", {})

    def link(self, path: str | None, inside: str) -> str:
        return f'<a href="{html.escape(self.archive.address(path))}">{inside}</a>' if path else inside

    def inline(self, parts: list[dict]) -> str:
        return "".join(self.inline_part(part) for part in parts)

    def inline_part(self, part: dict) -> str:
        match part["type"]:
            case "text":
                return re.sub(r"([\\`*_\[\]<>&#|])", r"\\\1", part["text"])
            case "codeVoice":
                return self.link(self.archive.by_title.get(part["code"]), code(part["code"]))
            case "emphasis":
                return f"<em>{self.inline(part['inlineContent'])}</em>"
            case "strong":
                return f"<strong>{self.inline(part['inlineContent'])}</strong>"
            case "reference":
                target = self.references[part["identifier"]]
                if target["type"] == "link":
                    return f'<a href="{html.escape(target["url"])}">{html.escape(target["title"])}</a>'
                name = html.escape if target["kind"] == "article" else code
                return self.link(self.archive.by_identifier[part["identifier"]], name(target["title"]))
            case other:
                raise Problem(f"libraries.py doesn't know DocC's inline content {other!r}")

    def blocks(self, parts: list[dict]) -> str:
        return "\n\n".join(self.block(part) for part in parts)

    def block(self, part: dict) -> str:
        match part["type"]:
            case "paragraph":
                return self.inline(part["inlineContent"])
            case "heading":
                # Members have no headings of their own, and "Discussion" says nothing.
                return "" if part["text"] == "Discussion" else f"**{part['text']}**" if self.in_member else f"{'#' * part['level']} {part['text']}"
            case "codeListing":
                return "\n".join([f"```{part.get('syntax') or 'text'}", *part["code"], "```"])
            case "aside":
                return f"**{part['name']}:** {self.blocks(part['content'])}"
            case "unorderedList" | "orderedList":
                mark = "- " if part["type"] == "unorderedList" else "1. "
                items = [self.blocks(item["content"]).replace("\n", "\n" + " " * len(mark)) for item in part["items"]]
                return "\n".join(mark + item for item in items)
            case "table":
                rows = [[self.blocks(cell) for cell in row] for row in part["rows"]]
                head, *body = [f"| {' | '.join(row)} |" for row in rows]
                return "\n".join([head, "|---" * len(rows[0]) + "|", *body])
            case other:
                raise Problem(f"libraries.py doesn't know DocC's block {other!r}")

    def tokens(self, tokens: list[dict]) -> str:
        """Code whose types are linked."""
        return "".join(self.link(self.archive.by_symbol.get(each.get("preciseIdentifier")), html.escape(each["text"])) for each in tokens)

    def declaration(self, node: dict) -> str:
        for section in node.get("primaryContentSections", []):
            if section["kind"] == "declarations":
                # A blank line would end Markdown's block of HTML.
                text = re.sub(r"\n\s*\n", "\n", self.tokens(section["declarations"][0]["tokens"]))
                return f'<pre class="declaration">{text}</pre>'
        return ""

    def body(self, node: dict) -> str:
        """What a comment or an article says, after its first sentence."""
        parts = []
        for section in node.get("primaryContentSections", []):
            match section["kind"]:
                case "content":
                    parts.append(self.blocks(section["content"]))
                case "parameters":
                    for each in section["parameters"]:
                        parts.append(f"- {code(each['name'])}: {self.blocks(each['content'])}")
                case "declarations" | "mentions":
                    pass
                case other:
                    raise Problem(f"libraries.py doesn't know DocC's section {other!r}")
        return "\n\n".join(parts)


def page(archive: Archive, path: str) -> str:
    node = archive.nodes[path]
    renderer = Renderer(archive, node)
    meta = node["metadata"]
    way = [f'<a href="{archive.address(owner)}">{html.escape(archive.nodes[owner]["metadata"]["title"])}</a>' for owner in owners(archive, path)]
    parts = ["---\norphan: true\n---", f"# {meta['title']}", " · ".join(['<a href="index.html">Libraries</a>', *way])]
    if meta.get("roleHeading") and meta.get("symbolKind") != "module":
        parts.append(f"{meta['roleHeading']} of {meta['modules'][0]['name']}")
    parts += [renderer.declaration(node), renderer.inline(node.get("abstract", [])), renderer.body(node)]
    for section in node.get("relationshipsSections", []):
        # What every type conforms to says nothing.
        names = [node["references"][each]["title"] for each in section["identifiers"]]
        names = [name for name in names if name not in ("SendableMetatype", "Escapable", "Copyable")]
        if names:
            parts.append(f"{section['title']}: {', '.join(map(code, names))}")
    for section in node.get("topicSections", []):
        paths = [archive.by_identifier[each] for each in section["identifiers"] if each in archive.by_identifier]
        if paths:
            parts += [f"## {section['title']}", *(entry(archive, path) for path in paths)]
    return "\n\n".join(part for part in parts if part) + "\n"


def owners(archive: Archive, path: str) -> list[str]:
    steps = path.split("/")
    return [each for each in ("/".join(steps[:count]) for count in range(3, len(steps))) if each in archive.nodes]


def entry(archive: Archive, path: str) -> str:
    """What has a page of its own is linked; a member is shown in full."""
    node = archive.nodes[path]
    renderer = Renderer(archive, node, in_member=True)
    abstract = renderer.inline(node.get("abstract", []))
    if archive.has_page(path):
        name = html.escape if node["metadata"]["role"] == "article" else code
        return f"- {renderer.link(path, name(node['metadata']['title']))}: {abstract}"
    name = html.escape(path.rpartition("/")[2])
    parts = [f'<div class="member" id="{name}">\n{renderer.declaration(node)}', abstract, renderer.body(node), "</div>"]
    return "\n\n".join(part for part in parts if part)


def index(archive: Archive) -> str:
    parts = ["# Libraries", "What a Swift program imports, and below it the modules whose types it gets with `import Bedquota`."]
    rows = [path for path, node in archive.nodes.items() if node["metadata"].get("symbolKind") == "module"]
    for path in sorted(rows, key=lambda path: (not archive.nodes[path].get("abstract"), path != "/documentation/bedquota", path)):
        if archive.nodes[path].get("abstract"):
            parts.append(entry(archive, path))
        else:
            # A module without an article has nothing to say but its types.
            renderer = Renderer(archive, archive.nodes[path])
            types = [each for each in archive.nodes if each.startswith(f"{path}/") and each.count("/") == path.count("/") + 1]
            names = ", ".join(renderer.link(each, code(archive.nodes[each]["metadata"]["title"])) for each in types)
            parts.append(f"- {renderer.link(path, code(archive.nodes[path]['metadata']['title']))}: {names}")
    return "\n\n".join(parts) + "\n"


def write_pages(archive: Archive, folder: Path):
    folder.mkdir(parents=True)
    for path in archive.nodes:
        if archive.has_page(path):
            (folder / f"{archive.page(path)}.md").write_text(page(archive, path), encoding="utf-8")
    (folder / "index.md").write_text(index(archive), encoding="utf-8")
