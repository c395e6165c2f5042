"""Plays the operations that fleet-parity prints through the reference of the fleet protocol, and compares every reply.

    fleet-parity trace 100000 | python fleet_trace.py [--server redis://127.0.0.1:6379]

The reference is ../shared/fleet/fleet_twin.py; without it the script says so and ends with 77. With a server, the reference's
script fleet.lua plays the same operations, which needs the package redis.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path

from support import SHARED

ABSENT = 77


def load_reference(folder: Path):
    spec = importlib.util.spec_from_file_location("fleet_twin", folder / "fleet_twin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Twin:
    """The reference in Python, with the state of one scope."""

    def __init__(self, reference):
        self.reference = reference
        self.store = None

    def reset(self):
        self.store = None

    def play(self, line: dict) -> list[list[int]]:
        limits = [tuple(limit) for limit in line["limits"]]
        strict, leaving, throttled = (bool(line["flags"] & bit) for bit in (1, 2, 4))
        if self.store is None:
            self.store = self.reference.FleetStore(limits, now=line["now"], strict=strict, version=line["version"])
        else:
            record = self.store.mem.get(line["member"])
            if record is None or line["sequence"] > record.seq:
                # By the old limits first, which the reference does only afterwards: time before a throttle refills nothing after it.
                for meter in self.store.m:
                    meter.refill(line["now"])
                self.store.configure(line["version"], limits, throttled)
        hint = (line["hintEpoch"], line["hints"]) if line["hintEpoch"] else None
        reply = self.store.sync(
            line["now"], line["member"], line["sequence"], line["reserved"], line["predicted"], line["bundles"],
            weight=line["weight"], fb=line["fallback"], hints=hint, credits=line["credits"], leave=leaving, H=line["horizon"],
            share=line["share"],
        )
        if reply["stale"]:
            return [[0, reply["epoch"], line["now"]]]
        numbers = [1] + [reply[name] for name in ("epoch", "now", "k", "wait", "members", "waiting", "total", "slot")]
        version = self.store.version
        held = [number for meter in self.store.m for number in (meter.rate, meter.cap, meter.burst)]
        return [numbers + [version], reply["levels"], reply["delays"], held if version != line["version"] else []]


class Script:
    """The reference's script on a server."""

    KEYS = [f"trace:{{script}}{suffix}" for suffix in ("", ":m", ":q", ":x", ":w")]

    def __init__(self, folder: Path, url: str):
        import redis

        self.client = redis.Redis.from_url(url)
        self.source = (folder / "fleet.lua").read_text().split("\n", 1)[1]

    def reset(self):
        self.client.delete(*self.KEYS)

    def play(self, line: dict) -> list[list[int]]:
        names = ("now", "member", "sequence", "weight", "horizon", "flags", "version")
        arguments = [line[name] for name in names] + [len(line["limits"])]
        arguments += [number for limit in line["limits"] for number in limit]
        arguments += line["reserved"] + line["predicted"] + [line["fallback"], line["share"], line["hintEpoch"]] + line["hints"]
        arguments += [len(line["credits"])] + [number for credit in line["credits"] for number in credit]
        arguments += [len(line["bundles"])] + [units for bundle in line["bundles"] for part in bundle for units in part]
        reply = self.client.eval(self.source, len(self.KEYS), *self.KEYS, *arguments)
        return [reply] if reply[0] == 0 else [reply[:10], *reply[10:]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", help="a Redis or Valkey server to run the reference's script on, too")
    options = parser.parse_args()
    folder = SHARED / "fleet"
    if not (folder / "fleet_twin.py").exists():
        print(f"skipped: the reference {folder / 'fleet_twin.py'} is absent")
        return ABSENT
    players = [Twin(load_reference(folder))] + ([Script(folder, options.server)] if options.server else [])
    count, trace = 0, None
    for text in sys.stdin:
        line = json.loads(text)
        if line["trace"] != trace or line["lost"]:
            trace = line["trace"]
            for player in players:
                player.reset()
        for player in players:
            reply = player.play(line)
            if reply != line["reply"]:
                print(f"{type(player).__name__} differs at operation {count}: {text}{reply}")
                return 1
        count += 1
    for player in players:
        player.reset()
    print(f"{count} operations equal in {', '.join(type(player).__name__ for player in players)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
