"""Pages of the commands, from the program's own help, with the examples of docs/commands."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

# ArgumentParser's own: it prints what these pages say.
LEFT_OUT = {"help"}


@dataclass(frozen=True)
class Command:
    """A command as `--experimental-dump-help` describes it."""

    words: tuple[str, ...]
    abstract: str
    discussion: str
    arguments: list[dict]
    subcommands: list["Command"]

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def page(self) -> str:
        return "-".join(self.words)


def commands(program: Path) -> list[Command]:
    """The program's commands, without those below them."""
    text = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True, encoding="utf-8").stdout

    def read(each: dict, words: tuple[str, ...]) -> Command:
        words = (*words, each["commandName"])
        below = [read(sub, words) for sub in each.get("subcommands", []) if sub.get("shouldDisplay", True)]
        shown = [argument for argument in each.get("arguments", []) if argument["shouldDisplay"]]
        return Command(words, each.get("abstract", ""), each.get("discussion", ""), shown, below)

    top = json.loads(text)["command"]["subcommands"]
    return [read(each, ()) for each in top if each.get("shouldDisplay", True) and each["commandName"] not in LEFT_OUT]


def usage(program: Path, command: Command) -> str:
    """The line that the help calls so: which arguments are needed is not in the dump."""
    text = subprocess.run([program, *command.words, "--help"], capture_output=True, check=True, encoding="utf-8").stdout
    return re.search(r"^USAGE: (.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)[1]


def prose(text: str) -> str:
    """Text of the help as Markdown; options as code, guides as links."""
    text = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
    text = re.sub(r"(?<![\w-])(--[a-z][a-z-]+)", r"`\1`", text)
    return re.sub(r"\bdocs/([a-z-]+\.md)", r"[docs/\1](../\1)", text)


def description(text: str) -> str:
    """The help's paragraphs, which are lines; its example and its IAM actions have headings of their own."""
    paragraphs, example, actions = [], [], ""
    in_example = False
    for line in text.splitlines():
        in_example = line.startswith("EXAMPLE:") or (in_example and line.startswith("   "))
        if in_example:
            example.append(line.removeprefix("EXAMPLE:").strip())
        elif line.startswith("IAM actions:"):
            actions = line.removeprefix("IAM actions:").strip()
        elif line.strip() and paragraphs and not paragraphs[-1].endswith((".", ":")):
            # The line was only broken.
            paragraphs[-1] += " " + prose(line.strip())
        elif line.strip():
            paragraphs.append(prose(line.strip()))
    parts = ["## Description", *paragraphs] if paragraphs else []
    if example:
        parts += ["## From its help", "\n".join(["```sh", *example, "```"])]
    if actions:
        parts += ["## IAM actions", re.sub(r"\b([a-z-]+:[A-Z]\w+)", r"`\1`", prose(actions[:1].upper() + actions[1:] if actions.startswith("none") else actions))]
    return "\n\n".join(parts)


def spelling(argument: dict) -> str:
    if argument["kind"] == "positional":
        return f"<{argument['valueName']}>"
    names = ", ".join(("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} <{argument['valueName']}>"


def row(argument: dict) -> str:
    said = prose(argument.get("abstract", ""))
    values, default = argument.get("allValues"), argument.get("defaultValue")
    if values and argument["kind"] != "flag":
        said += f" Values: {', '.join(f'`{value}`' for value in values)}."
    if default is not None and "(default:" not in said and argument["kind"] != "flag":
        said += f" (default: {prose(default)})"
    return f"| `{spelling(argument)}` | {said} |".replace("``", "`")


def tables(command: Command) -> str:
    """Arguments and options in the help's sections and order."""
    sections = {}
    for argument in command.arguments:
        title = argument.get("sectionTitle") or ("Arguments" if argument["kind"] == "positional" else "Options")
        sections.setdefault(title, []).append(argument)
    # `Arguments` first and `Options` last, as in the help.
    order = sorted(sections, key=lambda title: (title != "Arguments", title == "Options"))
    parts = []
    for title in order:
        heading = title[:1].upper() + title[1:].lower() if title.isupper() else title
        parts.append("\n".join([f"## {heading}", "", "| name | meaning |", "|---|---|", *map(row, sections[title])]))
    return "\n\n".join(parts)


def page(program: Path, command: Command, shown: str | None) -> str:
    """`shown` is the text of docs/commands/NAME.md, whose title stands first here, too."""
    title, _, examples = shown.partition("\n") if shown else (f"# bedquota {command.name}", "", "")
    parts = [title, prose(command.abstract), f"```text\n{usage(program, command)}\n```", "## Example" if examples else "", examples.strip()]
    if command.subcommands:
        parts += ["## Subcommands", "\n".join(f"- [bedquota {sub.name}]({sub.page}.md): {prose(sub.abstract)}" for sub in command.subcommands)]
        parts.append("\n".join(["```{toctree}", ":hidden:", *(sub.page for sub in command.subcommands), "```"]))
    parts += [description(command.discussion), tables(command)]
    parts.append("[Exit codes](index.md#exit-codes) are those of all commands, unless the description says otherwise.")
    return "\n\n".join(part for part in parts if part) + "\n"


def write_pages(program: Path, folder: Path):
    """Adds the reference to the examples in a folder, and makes pages for commands that have none."""
    folder.mkdir(parents=True, exist_ok=True)
    tops = commands(program)

    def write(command: Command):
        file = folder / f"{command.page}.md"
        shown = file.read_text(encoding="utf-8") if file.exists() else None
        file.write_text(page(program, command, shown), encoding="utf-8")
        for sub in command.subcommands:
            write(sub)

    for command in tops:
        write(command)
    with (folder / "index.md").open("a", encoding="utf-8") as index:
        index.write("\n".join(["", "```{toctree}", ":hidden:", "", *(command.page for command in tops), "```", ""]))
