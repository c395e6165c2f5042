"""The bill of materials: complete, exact, and the same every time."""

import hashlib
import json
import shutil
import subprocess

import pytest
from support import ROOT


def sbom(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scripts/sbom", *map(str, arguments)], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def bill():
    done = sbom()
    assert done.returncode == 0, done.stderr
    assert sbom().stdout == done.stdout
    return json.loads(done.stdout)


def test_every_resolved_package_is_in_it(bill):
    pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    listed = {c["name"]: (c["version"], c["properties"][0]["value"]) for c in bill["components"]}
    assert listed == {pin["identity"]: (pin["state"]["version"], pin["state"]["revision"]) for pin in pins}
    assert bill["bomFormat"] == "CycloneDX" and bill["specVersion"] == "1.6"


def test_licences_are_spdx_and_their_checksums_are_right(bill):
    for component in bill["components"]:
        [entry] = component["licenses"]
        assert (entry.get("expression") or entry["license"]["id"]).split(" ")[0] in ("Apache-2.0", "MIT", "BSD-3-Clause", "BSD-2-Clause")
    crypto = next(c for c in bill["components"] if c["name"] == "swift-crypto")
    text = (ROOT / ".build/checkouts/swift-crypto/LICENSE.txt").read_bytes()
    assert crypto["properties"][1]["value"] == hashlib.sha256(text).hexdigest()


def test_the_texts_of_all_licences(bill):
    text = sbom("--licenses").stdout
    assert all(f"{c['name']} {c['version']}, LICEN" in text for c in bill["components"] if c["scope"] == "required")
    assert "NOTICE" in text


def test_what_is_not_as_resolved_is_refused(tmp_path):
    for name in ("Package.resolved", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    assert (done := sbom(tmp_path)).returncode == 1 and "swift package resolve" in done.stderr
    (tmp_path / ".build").mkdir()
    state = json.loads((ROOT / ".build/workspace-state.json").read_text())
    (tmp_path / ".build/checkouts").symlink_to(ROOT / ".build/checkouts")
    state["object"]["dependencies"][0]["state"]["checkoutState"]["revision"] = "0" * 40
    (tmp_path / ".build/workspace-state.json").write_text(json.dumps(state))
    assert (done := sbom(tmp_path)).returncode == 1 and "another revision" in done.stderr
    assert len(done.stderr.splitlines()) == 1
