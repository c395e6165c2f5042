"""Examples of the commands' pages: what a file of docs/commands shows, and how it is compared with what the program prints.

An example is a block `console` whose first line is the command; further lines with `$` are further commands. Comments in the lines above
say how the output is compared; without one it is what stdout has, letter by letter:

    <!-- varies: figures -->    numbers, lines drawn of them, and the spaces that align them differ from run to run
    <!-- varies: times -->      dates and times of day
    <!-- varies: ages -->       how many months ago something was
    <!-- varies: port -->       the port of an address on this machine
    <!-- shows: excerpt -->     where a line is …, any lines are left out
    <!-- shows: log -->         stderr, too, but for lines of progress, which end in …
    <!-- exits: 1 -->           another exit code than 0

A block with `<!-- file: NAME -->` above it is a file that the examples of its page read.
"""

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"((?:^<!-- .* -->\n)*)^```(\w+)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
RULES = {
    # Not within an id, a code, a date or an address: those must be the same.
    "figures": [(r"(?<![\w.:/-])<?[\d,]+(?:\.\d+)?[kMG]?(?![\w:/-])", "0"), (r"[▁▂▃▄▅▆▇█]+", "▄"), (r" {2,}", "  ")],
    "times": [(r"\d{4}-\d\d-\d\d", "DATE"), (r"\b\d\d:\d\d(?::\d\dZ?)?\b", "TIME")],
    "ages": [(r"\b(?:this month|\d+ (?:month|year)s?)\b", "AGE"), (r" {2,}", "  ")],
    "port": [(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT")],
}
LEFT_OUT = "…"


@dataclass(frozen=True)
class Example:
    line: int
    command: str
    output: str
    marks: dict[str, tuple[str, ...]]

    def shows(self, what: str) -> bool:
        return what in self.marks.get("shows", ())

    @property
    def exit_code(self) -> int:
        return int(self.marks.get("exits", ("0",))[0])

    def compared(self, text: str) -> str:
        """A text without what differs from run to run."""
        for name in self.marks.get("varies", ()):
            for pattern, replacement in RULES[name]:
                text = re.sub(pattern, replacement, text)
        lines = [line.rstrip() for line in text.strip().splitlines()]
        if self.shows("log"):
            lines = [line for line in lines if not (line.endswith("…") and line != LEFT_OUT)]
        return "\n".join(lines)

    def is_true(self, printed: str) -> bool:
        shown, printed = self.compared(self.output), self.compared(printed)
        if not self.shows("excerpt"):
            return shown == printed
        pattern = "".join(r"(?:.*\n)*" if line == LEFT_OUT else re.escape(f"{line}\n") for line in shown.splitlines())
        return re.fullmatch(pattern, f"{printed}\n") is not None


@dataclass(frozen=True)
class Page:
    file: Path
    files: dict[str, str]
    examples: list[Example]


def read(file: Path) -> Page:
    text = file.read_text(encoding="utf-8")
    files, examples = {}, []
    for block in BLOCK.finditer(text):
        comments, language, body = block.groups()
        marks = {name: tuple(values.split(", ")) for name, values in re.findall(r"<!-- (\w+): (.+) -->", comments)}
        unknown = set(marks.get("varies", ())) - set(RULES)
        if unknown:
            raise ValueError(f"{file.name}: no rule for what varies: {', '.join(sorted(unknown))}")
        if "file" in marks:
            files[marks["file"][0]] = body
        elif language == "console":
            line = text.count("\n", 0, block.start(3)) + 1
            for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
                examples.append(Example(line, command, output, marks))
    return Page(file, files, examples)
