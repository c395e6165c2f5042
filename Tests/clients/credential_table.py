"""Runs situations of credentials through botocore and bedquota, each with a home of its own, and compares the answers."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from credential_situations import Situation
from recording_sts import MADE_UP, RecordingSTS

HERE = Path(__file__).parent
SECONDS = 60

# The kinds of errors: botocore's exceptions, and what bedquota says. Of several, the first that fits counts.
KINDS = {
    "profile": ("ProfileNotFound", 'No profile "'),
    "parse": ("ConfigParseError", r", line \d+: "),
    "loop": ("InfiniteLoopConfigError", "leads in a circle"),
    "mfa": ("MFA", "there is no terminal to ask on"),
    "denied": ("ClientError", "Access denied"),
    "time": ("ParserError", "AWS_CREDENTIAL_EXPIRATION is no time"),
    "expired": ("RuntimeError", "The credentials that were found ended at"),
    "partial": (
        "PartialCredentialsError",
        "half of an access key|set both or neither|without source_profile or credential_source",
    ),
    "token": ("FileNotFoundError .*token|FileNotFoundError .*nowhere'$", "web identity token .* doesn't exist"),
    "process": (
        "FileNotFoundError|JSONDecodeError|No closing quotation",
        "can't be started|it isn't a JSON object|is no command",
    ),
    "retrieval": (
        "CredentialRetrievalError",
        "credential_process .* ended with code|printed what are no credentials|credential_source without credentials",
    ),
    "config": (
        "InvalidConfigError",
        "isn't in the files|has no credentials; give it some|remove one of them|AWS doesn't know|no role for it|services section",
    ),
    "none": ("NoCredentialsError", "No AWS credentials: looked in"),
    "region": ("InvalidRegionError", "is not a Region's name"),
}


@dataclass
class Answer:
    situation: Situation
    theirs: dict
    ours: dict
    their_calls: list
    our_calls: list


class CredentialTable:
    """`run` answers situations; `compare` says whether an answer is as it must be."""

    def __init__(self, binary: Path, sts: RecordingSTS, folder: Path):
        self.binary = binary
        self.sts = sts
        self.folder = folder

    def run(self, situations: list[Situation], more: dict | None = None) -> list[Answer]:
        """`more` are values for further templates, such as `{portal}`."""
        prepared = [
            [self._prepare(situation, f"{number}/{side}", more or {}) for side in ("botocore", "bedquota")]
            for number, situation in enumerate(situations)
        ]
        with ThreadPoolExecutor(4) as pool:
            botocores = pool.submit(self._botocore, [theirs for theirs, _ in prepared])
            ours = list(pool.map(self._bedquota, [ours for _, ours in prepared]))
        return [
            Answer(situation, theirs, our, *(self.sts.calls.get(f"{number}/{side}", []) for side in ("botocore", "bedquota")))
            for number, (situation, theirs, our) in enumerate(zip(situations, botocores.result(), ours, strict=True))
        ]

    def _prepare(self, situation: Situation, path: str, more: dict) -> dict:
        home = self.folder / path
        (home / ".aws").mkdir(parents=True)
        values = {"sts": f"{self.sts.url}/{path}", "home": str(home), "python": sys.executable} | more
        texts = dict(situation.files)
        if situation.config is not None:
            texts[".aws/config"] = situation.config
        if situation.credentials is not None:
            texts[".aws/credentials"] = situation.credentials
        for name, text in texts.items():
            templated = name.startswith(".aws/")
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes((text.format_map(values) if templated else text).encode())
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_STS": "{sts}",
        }
        environment |= situation.environment
        return {
            "environment": {
                name: value.format_map(values) for name, value in environment.items() if value is not None
            },
            "profile": situation.profile,
            "region": situation.region,
        }

    def _botocore(self, prepared: list[dict]) -> list[dict]:
        done = subprocess.run(
            [sys.executable, HERE / "botocore_identity.py"],
            input="".join(json.dumps(each) + "\n" for each in prepared),
            capture_output=True,
            text=True,
            timeout=SECONDS * 2,
            start_new_session=True,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _bedquota(self, prepared: dict) -> dict:
        options = [f"--{name}={prepared[name]}" for name in ("profile", "region") if prepared[name]]
        # In a session of its own there is no terminal to ask on.
        try:
            done = subprocess.run(
                [self.binary, "whoami", "--output", "json", *options],
                env=prepared["environment"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                timeout=SECONDS,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return {"error": "bedquota", "message": f"it ran for {SECONDS} s"}
        if done.returncode != 0 or not done.stdout:
            is_clean = done.returncode == 1 and not done.stdout
            return {"error": "bedquota", "message": done.stderr.strip() if is_clean else f"it ended oddly: {done}"}
        found = json.loads(done.stdout)
        return found | {"key": found["accessKeyId"].lstrip("*"), "endpoint": found["endpoints"]["sts"]}


def kind(answer: dict) -> str:
    """The kind of an error; of one that isn't in the table, all that is known."""
    text = f"{answer['error']} {answer.get('message', '')}"
    side = 1 if answer["error"] == "bedquota" else 0
    return next((name for name, patterns in KINDS.items() if re.search(patterns[side], text)), text)


def session(arn: str) -> str:
    return MADE_UP.sub("made up", arn)


def compare(answer: Answer):
    """Fails unless both found the same, or failed for the same reason."""
    situation, theirs, ours = answer.situation, answer.theirs, answer.ours
    if situation.error:
        assert "error" in ours, f"found {ours}, and botocore said {theirs}"
        assert kind(ours) == situation.error, ours
        if not situation.differs:
            assert "error" in theirs and kind(theirs) == situation.error, theirs
        return
    assert "error" not in ours, f"{ours['message']}\nbotocore: {theirs}"
    assert ours["key"] == situation.finds or situation.finds == "role", ours
    if situation.differs:
        return
    assert "error" not in theirs, theirs
    assert (session(ours["arn"]), ours["account"]) == (session(theirs["arn"]), theirs["account"])
    if situation.finds == "role":
        assert ":assumed-role/" in ours["arn"]
    else:
        assert ours["key"] == theirs["key"]
    assert ours["source"] == theirs["source"]
    assert ours.get("region") == theirs["region"]
    assert ours["endpoint"].replace("/bedquota", "/botocore") == theirs["endpoint"]
    # The same calls, signed with the same keys and tokens, to the same Region's STS.
    assert answer.our_calls == answer.their_calls
    assert answer.our_calls
