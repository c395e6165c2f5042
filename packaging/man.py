#!/usr/bin/env python3
"""Writes the manual pages: one for each command, from the program's own help.

usage: packaging/man.py --executable FILE --output DIR

The help comes as JSON from `FILE --experimental-dump-help`. The date of the pages is SOURCE_DATE_EPOCH, so that the same help gives
the same bytes.
"""

import argparse
import json
import os
import re
import subprocess
import textwrap
from datetime import datetime, timezone
from pathlib import Path

VARIABLE = re.compile(r"\b(?:AWS|BEDQUOTA|SSL|NO)_[A-Z_]+\b")
STATUS = re.compile(r"\b(?:[Ee]xit codes?\b|[Ee]xit with \d|[Ee]nds with \d)")
SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z])")


def escaped(text: str) -> str:
    """Text that no roff reads as a request or an escape. Hyphens stay ASCII, so that options can be copied from the page."""
    for character, escape in (("\\", r"\e"), ("-", r"\-"), ("'", r"\(aq"), ("`", r"\(ga"), ("^", r"\(ha"), ("~", r"\(ti"), ('"', r"\(dq")):
        text = text.replace(character, escape)
    return re.sub(r"^\.", r"\&.", text, flags=re.MULTILINE)


def flow(text: str) -> list[str]:
    """Running text in short lines: roff fills them anew."""
    return [escaped(line) for line in textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False)]


def bold(text: str) -> str:
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    return rf"\fI{escaped(text)}\fR"


def section(title: str, *lines: str) -> list[str]:
    return [f'.SH "{escaped(title.upper())}"', *lines]


def name_of(path: tuple[str, ...]) -> str:
    return "-".join(path)


def reference(path: tuple[str, ...]) -> str:
    return f"{bold(name_of(path))}(1)"


def spelled(name: dict) -> str:
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def is_option(argument: dict) -> bool:
    return argument["kind"] != "positional"


def preferred(argument: dict) -> str:
    return spelled(argument["preferredName"]) if is_option(argument) else f"<{argument['valueName']}>"


def entry(argument: dict) -> list[str]:
    """One option or argument, with its values and its default."""
    value = italic(argument["valueName"])
    if is_option(argument):
        names = ", ".join(bold(spelled(name)) for name in argument["names"])
        head = names + (f" {value}" if argument["kind"] == "option" else "")
    else:
        head = value
    text = argument.get("abstract") or ""
    # Where the help tells a default in words, these are in the abstract.
    known = []
    if values := argument.get("allValues"):
        known.append(f"values: {', '.join(values)}")
    if default := argument.get("defaultValue"):
        known.append(f"default: {default}")
    if known:
        text += f" ({'; '.join(known)})"
    return [".TP", head, *flow(text)]


def synopsis(path: tuple[str, ...], command: dict, arguments: list[dict]) -> list[str]:
    if command.get("subcommands") and not arguments_of_its_own(arguments):
        return section("Synopsis", f"{bold(' '.join(path))} {italic('command')} [{italic('option')} ...]")
    words = [bold(" ".join(path)), f"[{italic('option')} ...]"]
    for argument in arguments:
        if is_option(argument) and argument["isOptional"]:
            continue
        value = italic(argument["valueName"])
        word = f"{bold(preferred(argument))} {value}" if argument["kind"] == "option" else value
        word += " ..." if argument["isRepeating"] else ""
        words.append(f"[{word}]" if argument["isOptional"] else word)
    lines = [" ".join(words)]
    if command.get("subcommands"):
        lines += [".br", f"{bold(' '.join(path))} {italic('command')} [{italic('option')} ...]"]
    return section("Synopsis", *lines)


def arguments_of_its_own(arguments: list[dict]) -> bool:
    return any(preferred(argument) not in ("--version", "--help", "-h") for argument in arguments)


def parts_of(discussion: str) -> tuple[list[str], str, str]:
    """The paragraphs of a help text, what it says of IAM actions, and its examples."""
    text, _, examples = discussion.partition("EXAMPLE:")
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    actions = [line for line in paragraphs if line.startswith("IAM actions:")]
    rest = [line for line in paragraphs if line not in actions]
    return rest, " ".join(line.removeprefix("IAM actions:").strip() for line in actions), examples.strip()


def page(path: tuple[str, ...], command: dict, version: str, date: str) -> str:
    arguments = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    subcommands = [child for child in command.get("subcommands", []) if is_documented(child)]
    paragraphs, actions, examples = parts_of(command.get("discussion") or "")
    abstract = command["abstract"]
    lines = [f'.TH "{escaped(name_of(path).upper())}" 1 "{date}" "bedquota {escaped(version)}" "Bedquota"']
    # No hyphenation and no justified lines: names of IAM actions and options stay whole.
    lines += [".nh", ".ad l"]
    lines += section("Name", rf"{escaped(name_of(path))} \- {escaped(abstract.rstrip('.'))}")
    lines += synopsis(path, command, arguments)
    lines += section("Description", *flow(abstract))
    for paragraph in paragraphs:
        lines += [".PP", *flow(paragraph)]
    if subcommands:
        lines += section("Commands")
        for child in subcommands:
            lines += [".TP", reference((*path, child["commandName"])), *flow(child["abstract"])]
    positional = [argument for argument in arguments if not is_option(argument)]
    if positional:
        lines += section("Arguments", *(line for argument in positional for line in entry(argument)))
    options = [argument for argument in arguments if is_option(argument)]
    if options:
        lines += section("Options")
        titles = [title for title in dict.fromkeys(argument.get("sectionTitle") for argument in options) if title]
        # Options under a title come first, as in the help.
        for title in [*titles, None]:
            if titles:
                lines.append(f'.SS "{escaped(title or "All other options")}"')
            lines += [line for argument in options if argument.get("sectionTitle") == title for line in entry(argument)]
    if actions:
        lines += section("IAM actions", *flow(actions))
    lines += exit_status(paragraphs, arguments)
    lines += environment(paragraphs, arguments)
    if examples:
        lines += section("Examples", ".EX", *(escaped(line.strip()) for line in examples.splitlines()), ".EE")
    others = [path[:end] for end in range(1, len(path))] + [(*path, child["commandName"]) for child in subcommands]
    if others:
        lines += section("See also", ",\n".join(reference(other) for other in others))
    return "\n".join(lines) + "\n"


def exit_status(paragraphs: list[str], arguments: list[dict]) -> list[str]:
    """The sentences of the help that name exit codes."""
    sentences = [sentence for paragraph in paragraphs for sentence in SENTENCE.split(paragraph) if STATUS.search(sentence)]
    told = [f"{preferred(a)}: {sentence}" for a in arguments for sentence in SENTENCE.split(a.get("abstract") or "") if STATUS.search(sentence)]
    return section("Exit status", *flow(" ".join(sentences + told))) if sentences or told else []


def environment(paragraphs: list[str], arguments: list[dict]) -> list[str]:
    """The variables that the help names, each with the options or sentences that do."""
    found: dict[str, list[str]] = {}
    for argument in arguments:
        for variable in sorted(set(VARIABLE.findall(argument.get("abstract") or ""))):
            found.setdefault(variable, []).append(f"See {preferred(argument)}.")
    for paragraph in paragraphs:
        for sentence in SENTENCE.split(paragraph):
            for variable in sorted(set(VARIABLE.findall(sentence))):
                found.setdefault(variable, []).append(sentence)
    lines = [line for name in sorted(found) for line in (".TP", bold(name), *flow(" ".join(dict.fromkeys(found[name]))))]
    return section("Environment", *lines) if lines else []


def is_documented(command: dict) -> bool:
    # `help` is the argument parser's own, and prints what the pages say.
    return command.get("shouldDisplay", True) and command["commandName"] != "help"


def commands(command: dict, above: tuple[str, ...] = ()):
    path = (*above, command["commandName"])
    yield path, command
    for child in command.get("subcommands", []):
        if is_documented(child):
            yield from commands(child, path)


def pages(dump: dict, version: str, epoch: int) -> dict[str, str]:
    """The pages by their file names, such as `bedquota-gateway.1`."""
    date = datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%d")
    return {f"{name_of(path)}.1": page(path, command, version, date) for path, command in commands(dump["command"])}


def version_of(text: str) -> str:
    """The version in what `--version` prints."""
    return re.search(r"\d+\.\d+\.\d+[-+.\w]*", text)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--executable", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="the folder to write to")
    arguments = parser.parse_args()

    def output(*options: str) -> str:
        return subprocess.run([arguments.executable.resolve(), *options], check=True, capture_output=True, text=True).stdout

    dump, version = json.loads(output("--experimental-dump-help")), version_of(output("--version"))
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, text in pages(dump, version, int(os.environ.get("SOURCE_DATE_EPOCH", "0"))).items():
        (arguments.output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
