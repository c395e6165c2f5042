"""The goals of our client, relative to the others and absolute."""

import limits
import plan

# Of what the limit allowed, and of the attempts.
DELIVERED = {"bucket60": 0.98, "rolling60": 0.97, "soft": 0.90}
THROTTLED = {"bucket60": 0.0005, "rolling60": 0.0, "soft": 0.005}
BEHIND_THE_BEST = 0.015
# Times this near to each other are the same.
NOISE = 1.02
LOWEST = {
    "throttled": "429 share",
    "failed": "failures",
    "answered99": "time in which 99 % are answered",
}


def verdicts(rows: list[dict]) -> list[tuple[str, bool]]:
    """A line for each goal, and whether it is met."""
    found = []
    for semantics in dict.fromkeys(row["semantics"] for row in rows):
        own = [row for row in rows if row["semantics"] == semantics and "missing" not in row]
        ours = next((row for row in own if row["client"] == plan.OURS), None)
        if ours:
            found += alone(semantics, ours) + beside(semantics, ours, own)
    return found


def alone(semantics: str, ours: dict) -> list[tuple[str, bool]]:
    least, most = DELIVERED[semantics], THROTTLED[semantics]
    of = 1.0
    if semantics == "rolling60":
        of = limits.strict_share(plan.FINAL, plan.RESERVED, plan.SECONDS)
    delivered = ours["delivered"] / of
    what = "the strict formula" if of < 1 else "the limit"
    return [
        (
            f"{semantics}: delivers {delivered:.2%} of {what} ≥ {least:.0%}",
            delivered >= least,
        ),
        (
            f"{semantics}: {ours['throttled']:.3%} throttled ≤ {most:.2%}",
            ours["throttled"] <= most,
        ),
        (f"{semantics}: {ours['failed']:.2%} failed = 0", ours["failed"] == 0),
    ]


def beside(semantics: str, ours: dict, rows: list[dict]) -> list[tuple[str, bool]]:
    best = max(rows, key=lambda row: row["delivered"])
    behind = best["delivered"] - ours["delivered"]
    found = [
        (
            f"{semantics}: {behind * 100:.2f} points behind the best ({best['client']}) ≤"
            f" {BEHIND_THE_BEST * 100:.1f}",
            behind <= BEHIND_THE_BEST,
        )
    ]
    for name, what in LOWEST.items():
        lower = [row["client"] for row in rows if is_lower(row, ours, name)]
        text = f"{semantics}: lowest {what}; lower: {', '.join(lower) or 'nobody'}"
        found.append((text, not lower))
    return found


def is_lower(row: dict, ours: dict, name: str) -> bool:
    noise = NOISE if name == "answered99" else 1
    return value(row, name) * noise < value(ours, name)


def value(row: dict, name: str) -> float:
    return float("inf") if row[name] is None else row[name]
