"""Writes docs/clients.md: the tables and notes about them."""

import limits
import plan
from workload import MAX_TOKENS, PAUSE_AFTER_FAILURE, WORKERS

WHAT_SERVERS = {
    "bucket60": "a bucket of a minute, what Bedrock's published runs fit best",
    "rolling60": "the sum of the last 60 s",
    "soft": "as `bucket60`, with a rate that swings by a fifth in ten minutes",
}
HEAD = (
    "client",
    "tokens delivered ÷ allowed",
    "attempts throttled",
    "requests failed",
    "p50, s",
    "p99, s",
    "99 % answered within, s",
    "processor",
)


def percent(share: float) -> str:
    return f"{share * 100:.2f} %"


def seconds(value: float) -> str:
    return f"{value:.2f}"


# Of each column: a row's value, which is best, how it is written, and what stands for none.
COLUMNS = (
    ("delivered", max, percent, "–"),
    ("throttled", min, percent, "–"),
    ("failed", min, percent, "–"),
    ("p50", min, seconds, "–"),
    ("p99", min, seconds, "–"),
    ("answered99", min, seconds, "never"),
    ("cpu", min, lambda share: f"{share * 100:.1f} %", "–"),
)


def table(rows: list[dict]) -> str:
    """A table with the best of each column in bold; values that print alike are equally good."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" + "|---:" * len(COLUMNS) + "|"]
    played = [row for row in rows if "missing" not in row]
    best = {}
    for name, pick, write, _ in COLUMNS:
        values = [row[name] for row in played if row[name] is not None]
        best[name] = write(pick(values)) if values else ""
    for row in rows:
        if "missing" in row:
            lines.append(f"| {row['client']} | {row['missing']} |" + " |" * (len(COLUMNS) - 1))
            continue
        cells = [
            none if row[name] is None else mark(write(row[name]), best[name])
            for name, _, write, none in COLUMNS
        ]
        lines.append(f"| {row['client']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def mark(text: str, best: str) -> str:
    return f"**{text}**" if text == best else text


def plain_table(rows: list[dict]) -> str:
    """The table for a terminal."""
    lines = [
        f"{'client':<26}{'delivered':>11}{'throttled':>11}{'failed':>10}"
        f"{'p50':>9}{'p99':>9}{'99 % in':>9}"
        f"{'client CPU':>12}{'server CPU':>12}{'machine':>9}"
    ]
    for row in rows:
        if "missing" in row:
            lines.append(f"{row['client']:<26}{row['missing']}")
            continue
        times = [
            "never" if row[name] is None else f"{row[name]:.2f} s"
            for name in ("p50", "p99", "answered99")
        ]
        lines.append(
            f"{row['client']:<26}{percent(row['delivered']):>11}{percent(row['throttled']):>11}"
            f"{percent(row['failed']):>10}{times[0]:>9}{times[1]:>9}{times[2]:>9}"
            f"{percent(row['cpu']):>12}{percent(row['serverCPU']):>12}{percent(row['machine']):>9}"
        )
    return "\n".join(lines)


def strict_note(rows: list[dict]) -> str:
    """The most that ours can reach in a rolling minute, and the share of it that it reached."""
    share = limits.strict_share(plan.FINAL, plan.RESERVED, plan.SECONDS)
    text = (
        f"Ours runs with `--limiter strict`: the reservations of any 60.2 s fit into the quota,"
        f" which allows 60F ÷ (60.2F + D(R − F)) = {percent(share)} of it at most (F ="
        f" {plan.FINAL:.0f} tokens finally, R = {plan.RESERVED:.0f} reserved,"
        f" D = {plan.SECONDS} s)."
    )
    ours = [row for row in rows if row["client"] == plan.OURS and "missing" not in row]
    if ours:
        text += f" It delivered {percent(ours[0]['delivered'] / share)} of that."
    return text


def rolling_note(rows: list[dict]) -> str:
    """Why a rolling minute is measured for longer, and what the first minutes would have shown."""
    played = [row for row in rows if row.get("early")]
    if not played:
        return ""
    most = percent(limits.rolling_share(plan.FINAL, plan.RESERVED, plan.SECONDS))
    early = ", ".join(f"{row['client']} {percent(row['early'])}" for row in played)
    return (
        f"Measured for {played[0]['seconds']:,.0f} s, because hammering clients have an advance here too, and a longer one. In the long run no client"
        f" can deliver more than 60F ÷ (60F + D(R − F)) = {most}: the final costs of the last 60 s and the reservations in flight"
        " fit into the quota at all times, and the latter are on average the rate times the duration of a request."
        " A client that fills an empty window at once leaves it idle for the rest of the minute, and has nothing in flight when it is"
        " full. That lasts until its requests are spread over the whole minute, about twenty minutes, and is paid back"
        f" afterwards; after an hour some of it is left. From {played[0]['skipped']:.0f} s to 300 s the first column would have shown: {early}. LiteLLM"
        " is left out: its processor time per request grows, and after forty minutes two of them took more than one of the"
        " machine's two processors."
    )


def versions(rows: list[dict]) -> str:
    found = {}
    for row in rows:
        if row.get("version"):
            name = "LiteLLM" if "LiteLLM" in row["client"] else "boto3"
            found[name] = row["version"]
    return ", ".join(f"{name} {version}" for name, version in found.items())


def dates(rows: list[dict]) -> str:
    """The date of measurement, or one for each semantics if they differ."""
    found = {row["semantics"]: row["date"] for row in rows if "date" in row}
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return ", ".join(f"`{semantics}` {date}" for semantics, date in found.items())


def document(rows: list[dict], overhead: list[dict], machine: str) -> str:
    """The text of docs/clients.md."""
    by_semantics = {
        semantics: [row for row in rows if row["semantics"] == semantics]
        for semantics in plan.SEMANTICS
    }
    parts = [INTRODUCTION.format(**figures(rows), machine=machine, versions=versions(rows))]
    for semantics, own in by_semantics.items():
        if not own:
            continue
        parts.append(f"## `{semantics}`: {WHAT_SERVERS[semantics]}\n\n{table(own)}")
        if semantics == "rolling60":
            parts += [note for note in (strict_note(own), rolling_note(own)) if note]
        if semantics == "soft":
            parts.append(soft_note(own))
    if overhead:
        parts.append(overhead_part(overhead))
    parts.append(NOTES.format(**figures(rows)))
    return "\n\n".join(parts) + "\n"


def soft_note(rows: list[dict]) -> str:
    played = [row for row in rows if "missing" not in row]
    if not played:
        return ""
    start, seconds = played[0]["from"], played[0]["seconds"]
    ratio = limits.allowed("soft", 60.0, start, start + seconds) / seconds
    return (
        f"The measured {seconds:.0f} s are centred on a fall of the limit, from above the quota to below it; their mean,"
        f" {percent(ratio)} of the quota, counts as allowed. No client is told."
    )


def overhead_part(lines: list[dict]) -> str:
    rows = "".join(
        f"\n| {line['server']} | {line['bare']['median']:,.0f} µs | {line['ours']['median']:,.0f} µs"
        f" | {line['added']:,.0f} µs | {line['addedCPU']:,.0f} µs"
        f" | {line['bare']['rate']:,.0f} | {line['ours']['rate']:,.0f} |"
        for line in lines
    )
    return OVERHEAD.format(workers=WORKERS) + rows


def figures(rows: list[dict]) -> dict:
    played = [row for row in rows if "missing" not in row]
    seconds = round(played[0]["seconds"]) if played else 0
    return {
        "seconds": seconds,
        "skipped": round(played[0]["skipped"]) if played else 0,
        "workers": WORKERS,
        "clients": len({row["client"] for row in rows}),
        "tpm": f"{plan.TOKENS_PER_MINUTE:,}",
        "max_tokens": MAX_TOKENS,
        "rpm": f"{plan.REQUESTS_PER_MINUTE:,}",
        "input": f"{plan.INPUT:.0f}",
        "output": f"{plan.OUTPUT:.0f}",
        "mean": f"{plan.SECONDS:.1f}",
        "pause": f"{PAUSE_AFTER_FAILURE:.0f}",
    }


INTRODUCTION = """\
# Clients under a quota

{clients} clients do the same work in real time, each against its own `bedquota emulate`: {workers} workers with one request each at a time,
of about {input} input and {output} output tokens (max_tokens {max_tokens}, four times the output), which takes {mean} s without waiting.
The quota, {tpm} tokens per minute, is a third of what they would use. Measured for {seconds} s after the first {skipped} s, because a bucket that is
full at the start favours clients that hammer. Made by `scripts/benchmark-clients`; {versions}; {machine}.

![The tables below as bar charts](clients.svg)

Tokens and throttled attempts are counted by the server. Times are those of requests that began in the measured time, from the call to the
reply or the error, including the wait: p50 and p99 of all of them, errors included, and the time within which 99 % were answered, which
is "never" if more than 1 % failed. The best of each column is bold."""

OVERHEAD = """\
## What our client adds to a call

{workers} requests in flight, quotas that never bind. The median call is measured with both kinds running together; processor time and calls per
second with each kind alone, in turn. Medians of seven rounds.

| replies | median call, bare | through our client | added | processor time added | calls a second, bare | through our client |
|---|---:|---:|---:|---:|---:|---:|"""

NOTES = """\
## Read this with the tables

- All clients have the same work, and more of it than the quota allows, so requests must wait: with {workers} workers and the whole
  quota used, a request takes 4.5 s on average with any client. A client with a shorter median makes a few wait very long, or
  gives requests up: compare its failures.
- More than 100 % is possible: replies that began before the measured time end in it, and what was left in a bucket is used.
- boto3 has its defaults: 4 retries in `legacy`, 2 in `standard` and `adaptive`. The retry budget of `standard` is soon used up; its
  requests then fail as soon as they are throttled. `adaptive` slows down instead. More retries would mean fewer failures and longer times.
- The tutorial client (a bucket of requests per minute, then three retries after 1, 2 and 4 s ± 20 %) runs with the tutorial's 60 requests per
  minute, and with {rpm}, a number that one can only compute knowing the average cost of a request.
- LiteLLM's router has the quota as `tpm`, {rpm} as `rpm`, and 3 retries. With `enforce_model_rate_limits` it refuses the excess at once;
  with `usage-based-routing-v2` it waits for the next clock minute. It is made to choose between deployments; here it has one.
- After a failed request a worker waits {pause} s before the next one, with every client: some fail without sending anything, and would
  otherwise fail thousands of times a second.
- [emulator.md](emulator.md#clients-that-work-with-it) lists the libraries that were tried against the emulator.
- The emulator enforces what is known of Bedrock; AWS doesn't document the rest. The authors of the emulator also wrote one of the clients, Bedquota."""
