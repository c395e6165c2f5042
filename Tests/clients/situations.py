"""Situations of an account, as data: the quotas of an id, what CloudWatch counted of it, and what an experienced operator says.

Each has an id of its own, whose quotas are made up, so that all of them fit into one account and one CloudWatch.
"""

import string
from dataclasses import dataclass, field

# The lengths of the windows, in minutes: short, because moto takes long over many datapoints.
SHORT = 30
DAY = 1_440
# A day has a busy minute in each half hour only, for the same reason.
STEP = 30
RPM, TPM = 100, 100_000
# The names of metrics, as short as the table needs them.
METRICS = {
    "ok": "Invocations",
    "refused": "InvocationThrottles",
    "bad": "InvocationClientErrors",
    "broken": "InvocationServerErrors",
    "input": "InputTokenCount",
    "output": "OutputTokenCount",
    "written": "CacheWriteInputTokenCount",
    "read": "CacheReadInputTokenCount",
    "aws": "EstimatedTPMQuotaUsage",
}
# A family of made-up models for each burndown; None: nobody knows it.
FAMILIES = {
    1: ("us.acme.rocket-{}-v1:0", "Acme Rocket {}"),
    5: ("us.anthropic.claude-{}-4-5-v1:0", "Anthropic Claude {} 4.5"),
    15: ("us.anthropic.claude-{}-4-8-v1:0", "Anthropic Claude {} 4.8"),
    None: ("us.anthropic.claude-{}-9-9-v1:0", "Anthropic Claude {} 9.9"),
}
NAMES = {
    "rpm": "Cross-region model inference requests per minute for {}",
    "tpm": "Cross-region model inference tokens per minute for {}",
    "tpd": "Model invocation max tokens per day for {}",
    "concurrent": "On-demand InvokeModel concurrent requests for {}",
}


@dataclass
class Situation:
    name: str
    # The worst of ok, warning, critical, unknown: the exit code of check is 0, 1, 2, 3.
    status: str
    # (first minute, last minute, counts of each minute), within the window; of a day, each half hour's first minute.
    counts: list = field(default_factory=list)
    # What throttled by the answer of usage.
    by: str | None = None
    # What notes and advice must say, and must not.
    says: tuple = ()
    silent: tuple = ()
    # The shares of the quotas that the busiest minute used.
    used: dict = field(default_factory=dict)
    burndown: int | None = 1
    quotas: dict = field(default_factory=lambda: {"rpm": RPM, "tpm": TPM})
    adjustable: bool = True
    minutes: int = SHORT
    # Invoked by its bare id, in place of a geographic profile.
    is_bare: bool = False
    # More dimensions of the series.
    tiers: tuple = ()
    # Other series: (a function of the id, counts).
    others: tuple = ()
    # Set by number().
    id: str = ""
    codes: dict = field(default_factory=dict)

    def number(self, index: int):
        word = "".join("x" + string.ascii_lowercase[n] for n in divmod(index, 26))
        identifier, label = FAMILIES[self.burndown]
        self.id = identifier.format(word).removeprefix("us." if self.is_bare else "")
        self.label = label.format(word.capitalize())
        self.codes = {measure: f"L-{measure.upper()}{index:05d}" for measure in self.quotas}
        return self

    def listed(self, account: str) -> list[dict]:
        """Its quotas, as Service Quotas lists them."""
        return [
            {
                "QuotaCode": self.codes[measure],
                "QuotaName": NAMES[measure].format(self.label),
                "QuotaArn": f"arn:aws:servicequotas:us-east-1:{account}:bedrock/{self.codes[measure]}",
                "ServiceCode": "bedrock",
                "ServiceName": "Amazon Bedrock",
                "Value": float(value),
                "Adjustable": self.adjustable and measure != "tpd",
                "GlobalQuota": False,
                "Unit": "None",
            }
            for measure, value in self.quotas.items()
        ]

    def datapoints(self, start: int):
        """(ModelId, more dimensions, metric, Unix time, value) of everything that happened."""
        series = [(self.id, (), self.counts), *((name(self), more, counts) for name, more, counts in self.others)]
        for name, more, counts in series:
            for first, last, values in counts:
                for minute in range(first, last + 1, STEP if self.minutes == DAY else 1):
                    for metric, value in values.items():
                        yield name, more, METRICS[metric], start + 60 * minute, value


def flat(**values):
    """The same in every minute."""
    return [(0, SHORT - 1, values)]


def peak(**values):
    """One small request a minute, and one minute with these counts."""
    small = dict(ok=1, input=100, output=10)
    return [(0, 16, small), (17, 17, values), (18, SHORT - 1, small)]


def global_profile(situation):
    return "global." + situation.id.removeprefix("us.")


def itself(situation):
    return situation.id


def application(situation):
    """The id of an application profile that is copied from the situation's system profile."""
    return situation.id.split(".")[2].replace("-", "")[:12]


REFUSED_DAY = ("Too many tokens per day", "L-E3F10727", "AWS Support")
TIER = ("ServiceTier", "ResolvedServiceTier")


def tier(asked, got):
    return tuple(zip(TIER, (asked, got), strict=True))


S = Situation
TABLE = [
    # Nothing and little
    S("no data", "ok", silent=("Other ids",)),
    S("one request", "ok", [(17, 17, dict(ok=1, input=500, output=50))], used=dict(rpm=0.01)),
    S("steady", "ok", flat(ok=30, input=20_000, output=5_000), used=dict(rpm=0.3, tpm=0.25)),
    S("client errors alone", "ok", flat(bad=5)),
    S("half of the requests fail", "ok", flat(ok=40, broken=20, input=20_000, output=2_000), used=dict(rpm=0.4)),
    # The thresholds
    S("just below high", "ok", peak(ok=79, input=100), silent=("reached",), used=dict(rpm=0.79)),
    S("high requests", "warning", peak(ok=80, input=100), says=("requests per minute reached 80 %", "RPM"), used=dict(rpm=0.8)),
    S("high to the last", "warning", peak(ok=94, input=100), says=("reached 94 %",)),
    S("full requests", "critical", peak(ok=95, input=100), says=("reached 95 %", "can be raised"), used=dict(rpm=0.95)),
    S("high tokens", "warning", peak(ok=10, input=60_000, output=25_000), says=("tokens per minute reached 85 %",)),
    S("full tokens", "critical", peak(ok=10, input=90_000, output=9_000), used=dict(tpm=0.99)),
    S("a quota that can't be raised", "critical", peak(ok=99, input=100), says=("can't be raised", "global."), adjustable=False),
    S("both", "critical", peak(ok=85, input=97_000), says=("reached 85 %", "reached 97 %")),
    S("a burst above the quota", "critical", peak(ok=130, input=100), silent=("larger than",), used=dict(rpm=1.3)),
    S("more than the quota all the time", "critical", flat(ok=150, input=9_000), says=("larger than the 100",)),
    # Spikes
    S("spikes", "warning", [(5, 5, dict(ok=60, input=100)), (12, 12, dict(ok=88, input=100)), (26, 26, dict(ok=70, input=100))],
      used=dict(rpm=0.88)),
    S("a spike that throttles", "warning", [(0, 29, dict(ok=2, input=200)), (17, 17, dict(ok=60, refused=6, input=6_000))],
      by="not visible", says=("reservations", "bursts")),
    # Throttled by each measure
    S("by requests", "critical", flat(ok=100, refused=40, input=10_000), by="rpm", says=("requests per minute were used up", "RPM")),
    S("by tokens", "critical", flat(ok=20, refused=20, input=99_000), by="tpm", says=("tokens per minute were used up", "TPM")),
    S("by tokens of output", "critical", flat(ok=10, refused=5, input=10_000, output=18_000), by="tpm", burndown=5,
      used=dict(tpm=1.0)),
    S("by tokens of output, fifteenfold", "critical", flat(ok=10, refused=5, input=10_000, output=6_000), by="tpm", burndown=15),
    S("by retries of a storm", "critical", flat(ok=100, refused=900, input=10_000), by="rpm"),
    S("by the tokens of a day", "critical", [(0, 1_199, dict(ok=40, input=40_000)), (1_200, 1_439, dict(refused=30))], by="tpd",
      says=("tokens per day were used up",), quotas=dict(rpm=RPM, tpm=TPM, tpd=1_600_000), minutes=DAY),
    S("by requests in flight", "critical", flat(ok=5, refused=2), by="not visible", says=("admits 3 requests in flight",),
      silent=("none is known",), quotas=dict(concurrent=3), is_bare=True),
    S("a few of many", "ok", flat(ok=50, refused=0.2, input=10_000), by="not visible", used=dict(rpm=0.5)),
    S("two in a hundred", "warning", flat(ok=49, refused=1, input=10_000), by="not visible"),
    S("a quarter, at a fifth of the quota", "critical", flat(ok=9, refused=3, input=15_000, output=5_000), by="not visible",
      says=("used to 20 %", "reservations of max_tokens"), silent=("tokens per day",)),
    # Only throttles
    S("everything refused", "critical", flat(refused=10), by="not visible", says=REFUSED_DAY, silent=("bursts",)),
    S("a single request, refused", "critical", [(17, 17, dict(refused=1))], by="not visible", says=REFUSED_DAY),
    S("refused from a time on", "critical", [(0, 19, dict(ok=10, input=5_000)), (20, 29, dict(refused=10))], by="not visible",
      says=REFUSED_DAY),
    S("refused for three minutes", "warning",
      [(0, 14, dict(ok=10, input=900)), (15, 17, dict(refused=5)), (18, 29, dict(ok=10, input=900))], by="not visible",
      silent=("tokens per day",)),
    S("refused, with a day's quota in the list", "critical", flat(refused=10), by="not visible", says=(*REFUSED_DAY, "TPD"),
      quotas=dict(rpm=RPM, tpm=TPM, tpd=144_000_000)),
    S("refused, no quota known", "critical", flat(refused=10), by="not visible", quotas={}),
    # Quotas of 0
    S("tokens per minute are 0", "critical", flat(refused=3), by="tpm", says=("is 0", "AWS Support", "TPM"), quotas=dict(rpm=RPM, tpm=0)),
    S("requests per minute are 0", "critical", flat(refused=3), by="rpm", says=("is 0", "RPM"), quotas=dict(rpm=0, tpm=TPM)),
    S("tokens per day are 0", "critical", flat(refused=3), by="tpd", says=("is 0", "TPD"), quotas=dict(rpm=RPM, tpm=TPM, tpd=0)),
    S("0 and nobody asks", "ok", quotas=dict(rpm=RPM, tpm=0)),
    # AWS's own count beside the formula
    S("counts agree", "ok", flat(ok=10, input=10_000, output=4_000, aws=30_000), burndown=5, silent=("EstimatedTPM",), used=dict(tpm=0.3)),
    S("a stale burndown, full", "critical", flat(ok=9, refused=3, input=5_000, output=3_000, aws=95_000), by="tpm", burndown=5,
      says=("A burndown of 30", "higher one counts"), silent=("reserv",), used=dict(tpm=0.95)),
    S("a stale burndown, high", "warning", flat(ok=9, input=5_000, output=3_000, aws=85_000), burndown=5,
      says=("burndown of this model has probably changed", "reached 85 %"), used=dict(tpm=0.85)),
    S("a stale burndown, low", "ok", flat(ok=9, input=5_000, output=3_000, aws=50_000), burndown=5, says=("A burndown of 15",)),
    S("a stale burndown, throttled below", "critical", flat(ok=9, refused=3, input=5_000, output=3_000, aws=50_000), burndown=5,
      by="not visible", says=("A burndown of 15", "used to 50 %", "reservations")),
    S("a burndown that was lowered", "critical", flat(ok=9, input=6_000, output=18_000, aws=24_000), burndown=5,
      says=("A burndown of 1 ", "higher one counts"), used=dict(tpm=0.96)),
    S("AWS's count began later", "ok", [(0, 14, dict(ok=9, input=9_000, output=2_000)), (15, 29, dict(ok=9, input=9_000, output=2_000, aws=19_000))],
      burndown=5, silent=("EstimatedTPM",), used=dict(tpm=0.19)),
    S("AWS counts more input", "warning", flat(ok=9, input=30_000, aws=90_000), says=("No burndown explains",), used=dict(tpm=0.9)),
    S("AWS's count alone", "critical", flat(ok=9, input=6_000, output=9_000, aws=96_000), burndown=None, says=("not known",), used=dict(tpm=0.96)),
    S("no burndown, no count", "unknown", flat(ok=9, input=6_000, output=9_000), burndown=None, says=("not known",)),
    S("no burndown, throttled", "critical", flat(ok=9, refused=3, input=6_000, output=9_000), burndown=None, by="not visible"),
    # Gaps, and the ends of the window
    S("gaps", "warning", [(minute, minute, dict(ok=90, input=900)) for minute in (2, 13, 22)], used=dict(rpm=0.9)),
    S("the last minute of the window", "critical", [(29, 29, dict(ok=97, input=900))], used=dict(rpm=0.97)),
    S("the first minute of the window", "critical", [(0, 0, dict(ok=97, input=900))], used=dict(rpm=0.97)),
    S("the minute before", "ok", [(-1, -1, dict(ok=97, input=900))]),
    S("the minute after", "ok", [(30, 30, dict(ok=97, input=900))]),
    S("tokens without requests", "warning", flat(input=85_000), used=dict(tpm=0.85)),
    # Models without text
    S("pictures", "warning", flat(ok=85), quotas=dict(rpm=RPM), says=("reached 85 %",), used=dict(rpm=0.85)),
    S("pictures, throttled", "critical", flat(ok=99, refused=50), by="rpm", quotas=dict(rpm=RPM)),
    S("embeddings", "ok", flat(ok=40, input=50_000), used=dict(tpm=0.5)),
    S("embeddings of an unknown burndown", "critical", flat(ok=40, input=97_000), burndown=None, used=dict(tpm=0.97)),
    # The cache
    S("cache writes count", "warning", flat(ok=5, input=10_000, written=75_000), used=dict(tpm=0.85)),
    S("cache reads don't", "ok", flat(ok=5, input=10_000, read=1_000_000), used=dict(tpm=0.1)),
    # Tiers, profiles, and ids without quotas
    S("tiers are parts", "ok", flat(ok=60, input=10_000), used=dict(rpm=0.6),
      others=((itself, tier("flex", "flex"), flat(ok=30, input=5_000)), (itself, tier("priority", "default"), flat(ok=30, input=5_000)))),
    S("reserved capacity", "warning", flat(ok=85, input=10_000), says=("reserved capacity",),
      others=((itself, tier("reserved", "reserved"), flat(ok=50, input=5_000)),)),
    S("an application profile adds up", "critical", flat(ok=55, input=5_000), used=dict(rpm=0.95), says=("reached 95 %",),
      others=((application, (), flat(ok=40, input=4_000)),)),
    S("the global profile is another pool", "ok", says=("Other ids of the model have data",), others=((global_profile, (), flat(ok=99, refused=9)),)),
    S("no quota, no data", "unknown", quotas={}),
    S("no quota, with traffic", "unknown", flat(ok=50, input=5_000), quotas={}),
    S("only requests in flight, fine", "unknown", flat(ok=5), quotas=dict(concurrent=3), is_bare=True),
    # A day
    S("a day's tokens, high", "warning", [(0, 1_439, dict(ok=30, input=30_000))], quotas=dict(rpm=RPM, tpm=TPM, tpd=1_674_000),
      says=("tokens per day reached 86 %",), minutes=DAY),
    S("a day's tokens, in a short window", "ok", flat(ok=30, input=30_000), quotas=dict(rpm=RPM, tpm=TPM, tpd=1_000_000)),
    S("a day that was refused at its end", "critical", [(0, 1_199, dict(ok=10, input=9_000)), (1_200, 1_439, dict(refused=10))],
      by="not visible", says=REFUSED_DAY, minutes=DAY),
]
for index, situation in enumerate(TABLE):
    situation.number(index)
