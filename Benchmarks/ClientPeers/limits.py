"""The tokens that a server's limit allows in a time."""

import math

DRIFT = 0.2
DRIFT_PERIOD = 600.0


def allowed(semantics: str, per_minute: float, start: float, end: float) -> float:
    """Tokens between two times, in seconds since the emulator started, when the oscillation of `soft` starts too."""
    seconds = end - start
    if semantics == "soft":
        omega = 2 * math.pi / DRIFT_PERIOD
        seconds += DRIFT / omega * (math.cos(omega * start) - math.cos(omega * end))
    return per_minute / 60 * seconds


def fair_start(seconds: float, measured_from: float) -> float:
    """When to begin under `soft`, so that the measured time lies about the middle of a fall.

    The limit then comes to the quota, and is above it as long as below.
    """
    return (DRIFT_PERIOD / 2 - (measured_from + seconds) / 2) % DRIFT_PERIOD


def rolling_share(final: float, reserved: float, seconds: float) -> float:
    """The share of a rolling minute that any client can deliver for long, however it sends.

    At all times, what the last 60 s have cost and what is still reserved beyond that fit into the quota. On average over a long
    time the second part is the rate of requests times how long each holds it (Little, 1961).
    """
    return 60 * final / (60 * final + seconds * (reserved - final))


def strict_share(final: float, reserved: float, seconds: float) -> float:
    """The share of a rolling minute for a client whose reservations must all fit into it.

    While a request runs, what it reserved beyond its final cost is room that nobody has.
    """
    return 60 * final / (60.2 * final + seconds * (reserved - final))
