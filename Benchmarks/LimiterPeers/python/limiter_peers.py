"""Times Python's limiters with limits that nobody reaches, one line of JSON a figure, as `limiter-benchmark` does.

One thread: under the GIL more would measure the interpreter.
"""

import asyncio
import json
import time

from aiolimiter import AsyncLimiter
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from throttled import RateLimiterType, Throttled, rate_limiter

REPETITIONS = 5
# Each in tokens a check; a minute's limit that no repetition comes near.
TOKENS = 1_000
PER_MINUTE = 10**15


def show(who, what, times):
    print(json.dumps({"who": who, "what": what, "threads": 1, "ns": times}), flush=True)


def measure(who, what, operations, check):
    """The first repetition warms up."""
    times = []
    for repetition in range(REPETITIONS + 1):
        start = time.perf_counter_ns()
        for _ in range(operations):
            if not check():
                raise SystemExit("a limit that nobody reaches was reached")
        if repetition:
            times.append((time.perf_counter_ns() - start) / operations)
    show(who, what, times)


async def measure_aiolimiter(operations):
    limiter = AsyncLimiter(PER_MINUTE, 60)
    times = []
    for repetition in range(REPETITIONS + 1):
        start = time.perf_counter_ns()
        for _ in range(operations):
            await limiter.acquire(TOKENS)
        if repetition:
            times.append((time.perf_counter_ns() - start) / operations)
    show("Python aiolimiter", "await acquire", times)


def main():
    measure("Python", "time.monotonic_ns", 100_000, time.monotonic_ns)
    asyncio.run(measure_aiolimiter(20_000))

    item = RateLimitItemPerMinute(PER_MINUTE)
    for strategy in (FixedWindowRateLimiter, SlidingWindowCounterRateLimiter):
        limiter = strategy(MemoryStorage())
        label = strategy.__name__.removesuffix("RateLimiter")
        measure("Python limits", f"hit, {label}", 5_000, lambda: limiter.hit(item, "key", cost=TOKENS))

    quota = rate_limiter.per_min(PER_MINUTE, burst=PER_MINUTE)
    for kind in (RateLimiterType.GCRA, RateLimiterType.TOKEN_BUCKET):
        throttled = Throttled(key="key", using=kind.value, quota=quota)
        measure("Python throttled-py", f"limit, {kind.value}", 5_000, lambda: not throttled.limit(cost=TOKENS).limited)


if __name__ == "__main__":
    main()
