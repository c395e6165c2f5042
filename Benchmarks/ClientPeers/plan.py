"""The contenders, the semantics and the quota."""

from dataclasses import dataclass
from pathlib import Path

from workload import MAX_TOKENS, PROMPT_TOKENS, WORKERS

SEMANTICS = ("bucket60", "rolling60", "soft")

# Of each race: so that a whole swing is measured, and a rolling minute after its long beginning (report.rolling_note).
DURATION = {"bucket60": 300.0, "rolling60": 3_720.0, "soft": 720.0}
# LiteLLM's processor time per request grows with the requests: after 40 minutes a race had little left for the others.
LONGEST_FOR_LITELLM = 1_200.0

LATENCY = 0.5
TOKENS_PER_SECOND = 200
OUTPUT_TOKENS = (100, 300)

INPUT = sum(PROMPT_TOKENS) / 2
OUTPUT = sum(OUTPUT_TOKENS) / 2
# Of a mean request: seconds at the server, tokens in the end, tokens that it reserves.
SECONDS = LATENCY + OUTPUT / TOKENS_PER_SECOND
FINAL = INPUT + OUTPUT
RESERVED = INPUT + MAX_TOKENS
# A third of what the workers would use with no quota.
TOKENS_PER_MINUTE = round(WORKERS / SECONDS * FINAL / 3 * 60)
REQUESTS_PER_MINUTE = round(TOKENS_PER_MINUTE / FINAL)
TUTORIAL_REQUESTS_PER_MINUTE = 60

REPLIES = (
    ("--latency", f"{LATENCY}")
    + ("--tokens-per-second", f"{TOKENS_PER_SECOND}")
    + ("--output-tokens", f"{OUTPUT_TOKENS[0]}-{OUTPUT_TOKENS[1]}")
)

OURS = "Bedquota"


@dataclass(frozen=True)
class Entry:
    """A contender; `peer` is its name in client_peers.py, empty for ours."""

    name: str
    peer: str = ""
    rpm: int = 0

    def command(self, python, ours: Path, url: str, semantics: str, times: tuple) -> list:
        work = ["--seconds", times[0], "--measured-from", times[1]]
        if not self.peer:
            profile = "strict" if semantics == "rolling60" else "auto"
            return [ours, "run", "--endpoint-url", url, "--limiter", profile, *work]
        script = Path(__file__).with_name("client_peers.py")
        limits = ["--tpm", TOKENS_PER_MINUTE, "--rpm", self.rpm]
        return [python, "-B", script, "--client", self.peer, "--url", url, *work, *limits]


ENTRIES = (
    Entry("boto3 legacy", "legacy"),
    Entry("boto3 standard", "standard"),
    Entry("boto3 adaptive", "adaptive"),
    Entry("tutorial, 60 a minute", "tutorial", TUTORIAL_REQUESTS_PER_MINUTE),
    Entry(f"tutorial, {REQUESTS_PER_MINUTE} a minute", "tutorial", REQUESTS_PER_MINUTE),
    Entry("LiteLLM, limits enforced", "litellm-limits", REQUESTS_PER_MINUTE),
    Entry("LiteLLM, routed by usage", "litellm-usage", REQUESTS_PER_MINUTE),
    Entry(OURS),
)
