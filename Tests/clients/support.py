"""Shared by all client tests: paths, a clean environment, account folders."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("BEDQUOTA_SHARED") or ROOT.parent / "shared")
BINARY = Path(os.environ.get("BEDQUOTA_BINARY") or ROOT / ".build/debug/bedquota")

REGION = "us-east-1"
KEY = "emulator"
SECRET = "emulator"

ACCOUNT_FILES = (
    "list-service-quotas.json",
    "list-aws-default-service-quotas.json",
    "list-foundation-models.json",
    "list-inference-profiles.json",
)
# Optional in an account folder.
PROVISIONED_FILE = "list-provisioned-model-throughputs.json"


@dataclass(frozen=True)
class Account:
    """An account folder, and the options with which bedquota serves the same account."""

    name: str
    directory: Path
    options: tuple[str, ...]

    def load(self, file: str) -> dict:
        return json.loads((self.directory / file).read_text(encoding="utf-8"))

    @cached_property
    def applied(self) -> list[dict]:
        return self.load("list-service-quotas.json")["Quotas"]

    @cached_property
    def defaults(self) -> list[dict]:
        return self.load("list-aws-default-service-quotas.json")["Quotas"]

    @cached_property
    def models(self) -> list[dict]:
        return self.load("list-foundation-models.json")["modelSummaries"]

    @cached_property
    def profiles(self) -> list[dict]:
        return self.load("list-inference-profiles.json")["inferenceProfileSummaries"]

    @cached_property
    def provisioned(self) -> list[dict]:
        if not (self.directory / PROVISIONED_FILE).exists():
            return []
        return self.load(PROVISIONED_FILE)["provisionedModelSummaries"]

    @cached_property
    def account_id(self) -> str:
        return self.applied[0]["QuotaArn"].split(":")[4]

    @cached_property
    def union(self) -> dict[str, dict]:
        """Every quota by its code; the applied entry wins over the default one."""
        return {quota["QuotaCode"]: quota for quota in [*self.defaults, *self.applied]}


def clean_environment(home: Path) -> dict[str, str]:
    """The caller's environment without AWS settings, proxies, certificates to trust and access to AWS files."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "BEDQUOTA_"))
        and not name.lower().endswith("_proxy")
        and name not in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
        # pytest-xdist sets the width of a terminal, by which bedquota would break its lines.
        and name not in ("COLUMNS", "LINES")
    }
    for name in ("config", "credentials"):
        (home / name).touch()
    return kept | {
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def with_credentials(environment: dict[str, str], key: str = KEY, secret: str = SECRET):
    credentials = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    return environment | credentials | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


def aws_command() -> str:
    """The AWS CLI beside this Python; a version manager's shim would add its own start-up time."""
    beside = Path(sys.executable).with_name("aws")
    found = str(beside) if beside.exists() else shutil.which("aws")
    assert found, "the AWS CLI is not installed: pip install -r Tests/clients/requirements.txt"
    return found
