"""Runs one contender against one emulator and computes its figures."""

import math
import os
import re
import time
from pathlib import Path

import limits
import plan
from referee import Contender, Referee


# A longer race is looked at after so many seconds as well.
EARLY = 300.0


def processor_seconds(pid: int) -> float:
    """Processor seconds of a process so far; 0 if the system doesn't say."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy() -> tuple[float, float]:
    """Processor seconds of the whole machine: busy, and in total."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0, 0.0
    ticks = [int(number) for number in re.findall(r"\d+", stat.read_text().splitlines()[0])[:8]]
    return float(sum(ticks) - ticks[3] - ticks[4]), float(sum(ticks))


def play(entry: plan.Entry, semantics: str, binary: Path, command, environment, times) -> dict:
    """A row of the results.

    - command: a function (url) -> list that starts the contender.
    """
    seconds, measured_from = times
    referee = Referee(binary, environment, "--semantics", semantics, *plan.REPLIES)
    contender = None
    try:
        referee.set_quotas(plan.TOKENS_PER_MINUTE)
        contender = Contender(command(referee.url), environment)
        if semantics == "soft":
            referee.advance_to(limits.fair_start(*times))
        contender.go()
        begin = time.monotonic()
        time.sleep(measured_from)
        before, load, cpu = referee.counts(), busy(), processor_seconds(referee.server.process.pid)
        early = None
        if measured_from < EARLY < seconds:
            time.sleep(max(0.0, begin + EARLY - time.monotonic()))
            early = referee.counts()
        time.sleep(max(0.0, begin + seconds - time.monotonic()))
        after, load_after = referee.counts(), busy()
        cpu = (processor_seconds(referee.server.process.pid) - cpu) / (after["at"] - before["at"])
        summary = contender.summary()
    except BaseException:
        if contender:
            contender.kill()
        raise
    finally:
        referee.stop()
    return row(entry, semantics, before, after, summary) | {
        "early": delivered(semantics, before, early) if early else None,
        "serverCPU": round(cpu, 3),
        "machine": round((load_after[0] - load[0]) / max(load_after[1] - load[1], 1), 3),
    }


def delivered(semantics: str, before: dict, after: dict) -> float:
    """Delivered tokens ÷ allowed tokens."""
    allowed = limits.allowed(semantics, plan.TOKENS_PER_MINUTE, before["at"], after["at"])
    return (after["tokens"] - before["tokens"]) / allowed


def row(entry: plan.Entry, semantics: str, before: dict, after: dict, summary: dict) -> dict:
    accepted, throttled = (after[name] - before[name] for name in ("accepted", "throttled"))
    answered = sorted(summary["answered"])
    times = sorted(summary["answered"] + summary["failed"] + summary["unfinished"])
    failures = sum(summary["errors"].values())
    return {
        "semantics": semantics,
        "client": entry.name,
        "version": summary.get("version", ""),
        "delivered": delivered(semantics, before, after),
        "throttled": throttled / max(accepted + throttled, 1),
        "attempts": accepted + throttled,
        "failed": failures / max(len(times), 1),
        "requests": len(times),
        "unfinished": len(summary["unfinished"]),
        "p50": quantile(times, 0.5),
        "p99": quantile(times, 0.99),
        # What never came took longer than all that did.
        "answered99": quantile(answered, 0.99, of=len(times)),
        "errors": summary["errors"],
        "cpu": summary["cpu"],
        "seconds": after["at"] - before["at"],
        "from": before["at"],
    }


def quantile(values: list[float], share: float, of: int | None = None) -> float | None:
    """The value at a rank of sorted values; None if there are fewer."""
    index = math.ceil((of or len(values)) * share) - 1
    return values[index] if 0 <= index < len(values) else None
