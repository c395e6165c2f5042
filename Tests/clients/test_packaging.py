"""What turns the program into packages, as far as it needs no release build: scripts/test-packages does the rest."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import ROOT

sys.path.insert(0, str(ROOT / "packaging"))

import man  # noqa: E402

EPOCH = 1_796_000_000
CHART = ROOT / "packaging/helm/bedquota"
UNITS = sorted((ROOT / "packaging/systemd").glob("*.service"))


def program(name):
    found = shutil.which(name)
    return found or pytest.skip(f"{name} is missing")


def done(*command, **settings):
    """What a command prints; the test fails with what it says if it fails."""
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, **settings)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# Manual pages


@pytest.fixture(scope="module")
def help_of_all(run):
    return json.loads(run.output("--experimental-dump-help"))


@pytest.fixture(scope="module")
def pages(help_of_all):
    return man.pages(help_of_all, "1.2.3", EPOCH)


def test_every_command_has_a_page_with_every_option(help_of_all, pages):
    seen = 0
    for path, command in man.commands(help_of_all["command"]):
        page = pages[f"{'-'.join(path)}.1"].replace("\\", "")
        for argument in command["arguments"]:
            for name in argument.get("names", []) if argument["shouldDisplay"] else []:
                assert f"fB{man.spelled(name)}fR" in page, (path, name)
                seen += 1
    assert len(pages) > 30 and seen > 500
    assert "bedquota-gateway-key.1" in pages and "bedquota-help.1" not in pages


def test_pages_have_the_date_and_the_sections_that_the_help_has(pages):
    gateway = pages["bedquota-gateway.1"]
    assert gateway.startswith('.TH "BEDQUOTA\\-GATEWAY" 1 "2026-11-30" "bedquota 1.2.3"')
    for title in ("NAME", "SYNOPSIS", "OPTIONS", "IAM ACTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"):
        assert f'.SH "{title}"' in gateway, title
    assert "\\fBbedquota\\-gateway\\-check\\fR(1)" in gateway


def test_text_can_not_become_a_request():
    assert man.escaped(".so /etc/passwd\n'br\n\\fB") == "\\&.so /etc/passwd\n\\(aqbr\n\\efB"


def test_man_and_mandoc_have_no_complaints(pages, tmp_path):
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = sorted(map(str, tmp_path.glob("*.1")))
    linters = [name for name in ("mandoc", "groff") if shutil.which(name)]
    if not linters:
        pytest.skip("neither mandoc nor groff is installed")
    if "mandoc" in linters:
        done("mandoc", "-T", "lint", "-W", "warning", *files)
    if "groff" in linters:
        # What `man --warnings -E UTF-8` runs.
        result = subprocess.run(["groff", "-k", "-ww", "-man", "-T", "utf8", *files], capture_output=True, text=True, timeout=60)
        assert result.returncode == 0 and result.stderr == ""


# Units


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_a_unit_and_finds_it_closed(unit, bedquota, tmp_path):
    program("systemd-analyze")
    # It looks for the program where the package puts it.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/usr/bin/bedquota", str(bedquota)), encoding="utf-8")
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=30)
    if "Failed to initialize manager" in result.stderr:
        pytest.skip(f"systemd-analyze can't verify here: {result.stderr.strip()}")
    assert (result.returncode, result.stderr) == (0, "")
    # Exposure in tenths, of 100.
    done("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", copy)


def test_units_give_the_gateway_the_time_of_its_drain(run):
    text = next(unit for unit in UNITS if "gateway" in unit.name).read_text(encoding="utf-8")
    configuration = run.output("gateway", "--print-config")
    delay, drain = (re.search(rf"(?m)^{key}: (\d+)([sm])$", configuration).groups() for key in ("drain_delay", "drain"))
    seconds = sum(int(number) * {"s": 1, "m": 60}[unit] for number, unit in (delay, drain))
    assert seconds < int(re.search(r"TimeoutStopSec=(\d+)s", text)[1]) <= seconds + 60


# The chart


@pytest.fixture(scope="module")
def render(tmp_path_factory):
    """Renders the chart with Go's template engine, which is Helm's: a function of changes to the values."""
    program("go")
    yaml = pytest.importorskip("yaml", reason="PyYAML is missing")
    binary = tmp_path_factory.mktemp("render") / "render"
    environment = os.environ | {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    done("go", "build", "-o", binary, ROOT / "Tests/clients/programs/render_chart.go", env=environment)
    description = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))

    def result(changes):
        values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
        merge(values, changes)
        release = {"Name": "prod", "Namespace": "ai", "Service": "Helm"}
        chart = {"Name": description["name"], "Version": description["version"], "AppVersion": description["appVersion"]}
        text = json.dumps({"Values": values, "Release": release, "Chart": chart})
        return values, subprocess.run([binary, CHART], input=text, capture_output=True, text=True, timeout=30)

    def rendered(changes):
        values, made = result(changes)
        assert made.returncode == 0, made.stderr
        check_values(values)
        files = json.loads(made.stdout)
        notes = files.pop("NOTES.txt")
        return [document for text in files.values() for document in yaml.safe_load_all(text) if document], notes

    rendered.result = result
    return rendered


def merge(values, changes):
    for name, change in changes.items():
        if isinstance(change, dict) and isinstance(values.get(name), dict):
            merge(values[name], change)
        else:
            values[name] = change


def check_values(values):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is missing")
    jsonschema.Draft7Validator(json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))).validate(values)


SMALL = {"gateway": {"secret": {"name": "bedquota"}, "config": {"keys": {"chat": {}}}}}
FULL = {
    "image": {"tag": "1.2.3"},
    "imagePullSecrets": [{"name": "registry"}],
    "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/bedquota"}},
    "env": [{"name": "AWS_REGION", "value": "eu-west-1"}],
    "gateway": {
        "replicas": 2,
        "secret": {"name": "bedquota", "adminKey": "admin"},
        "tlsSecret": "tls",
        "config": {"keys": {"chat": {"share": 3}, "ci": {"secret": "${file:/run/secrets/bedquota/ci}"}}, "fleet": "redis://cache:6379"},
        "networkPolicy": {"enabled": True, "from": [{"namespaceSelector": {}}]},
        "serviceMonitor": {"enabled": True},
        "resources": {"limits": {"memory": "1Gi"}},
        "podAnnotations": {"team": "ai"},
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"operator": "Exists"}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
    },
    "exporter": {"enabled": True, "args": ["--regions", "us-east-1,eu-west-1"], "serviceMonitor": {"enabled": True}},
}


@pytest.mark.parametrize(("changes", "count"), [(SMALL, 5), (FULL, 10)], ids=["small", "full"])
def test_kubernetes_takes_what_the_chart_makes(render, changes, count):
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is missing")
    documents, _ = render(changes)
    assert len(documents) == count
    for document in documents:
        # The Prometheus operator's own kind, of which Kubernetes has no schema.
        if document["kind"] != "ServiceMonitor":
            for version in ("1.25", kubernetes_validate.latest_version()):
                kubernetes_validate.validate(document, version, strict=True)


def only(documents, kind, component="gateway"):
    [found] = [d for d in documents if d["kind"] == kind and d["metadata"]["labels"].get("app.kubernetes.io/component", component) == component]
    return found


@pytest.mark.parametrize("changes", [SMALL, FULL], ids=["small", "full"])
def test_the_gateway_takes_its_configuration(render, run, changes, tmp_path):
    text = only(render(changes)[0], "ConfigMap")["data"]["gateway.yaml"]
    # Where the Secrets would be mounted.
    for name in ("master", "admin", "ci"):
        (tmp_path / name).write_text(name * 20)
    (tmp_path / "gateway.yaml").write_text(re.sub(r"/run/secrets/bedquota(?!-tls)", str(tmp_path), text))
    result = run("gateway", "check", tmp_path / "gateway.yaml")
    problems = [line for line in result.stderr.splitlines() if "tls" not in line]
    assert problems == [] if changes is FULL else result.returncode == 0, result.stderr


def test_secrets_are_never_in_a_configmap(render):
    documents, _ = render(FULL)
    secrets = re.findall(r"\$\{[^}]*\}", only(documents, "ConfigMap")["data"]["gateway.yaml"])
    assert sorted(secrets) == ["${file:/run/secrets/bedquota/admin}", "${file:/run/secrets/bedquota/ci}", "${file:/run/secrets/bedquota/master}"]
    assert not [document for document in documents if document["kind"] == "Secret"]


def test_pods_fit_the_restricted_standard_and_the_drain(render):
    documents, notes = render(FULL)
    for component in ("gateway", "exporter"):
        pod = only(documents, "Deployment", component)["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["image"] == "registry.example/bedquota:1.2.3"
    gateway = only(documents, "Deployment")["spec"]["template"]["spec"]
    assert gateway["terminationGracePeriodSeconds"] == 620
    assert gateway["containers"][0]["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http", "scheme": "HTTPS"}
    assert "https://prod-bedquota-gateway.ai.svc:80" in notes and "(chat, ci)" in notes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "gateway.secret.name"),
        ({"gateway": {"secret": {"name": "bedquota"}}}, "gateway.config.keys"),
        (SMALL | {"gateway": SMALL["gateway"] | {"replicas": 2}}, "need gateway.config.fleet"),
        (SMALL | {"gateway": SMALL["gateway"] | {"serviceMonitor": {"enabled": True}}}, "gateway.secret.adminKey"),
    ],
)
def test_values_that_would_not_work_are_refused(render, changes, message):
    _, made = render.result(changes)
    assert made.returncode == 1 and message in made.stderr


@pytest.mark.parametrize("change", [{"listen": "0.0.0.0:80"}, {"keys": []}, {"master": "secret"}])
def test_the_schema_refuses_what_the_chart_decides(change):
    yaml = pytest.importorskip("yaml", reason="PyYAML is missing")
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is missing")
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    check_values(values)
    values["gateway"]["config"] |= change
    with pytest.raises(jsonschema.ValidationError):
        check_values(values)


def test_helm_finds_nothing(tmp_path):
    helm = program("helm")
    done(helm, "lint", "--strict", CHART, "--set", "gateway.secret.name=bedquota,gateway.config.keys.chat.share=1")


# The other files


def test_the_bill_of_materials_is_spdx():
    document = json.loads(done(ROOT / "scripts/sbom", "--format", "spdx", env=os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}))
    pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    assert {p["name"] for p in document["packages"]} == {"bedquota", *(pin["identity"] for pin in pins)}
    parts = {r["relatedSpdxElement"] for r in document["relationships"] if r["relationshipType"] == "DEPENDS_ON"}
    assert "SPDXRef-swift-nio" in parts and "SPDXRef-swift-docc-plugin" not in parts
    parser = pytest.importorskip("spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser", reason="spdx-tools is missing")
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    assert validate_full_spdx_document(parser.JsonLikeDictParser().parse(document)) == []


def test_the_formula_is_ruby():
    done(program("ruby"), "-c", ROOT / "packaging/homebrew/bedquota.rb")


def test_the_gateway_takes_the_configuration_of_the_image(run, environment):
    secret = environment | {"BEDQUOTA_GATEWAY_MASTER": "m" * 40}
    assert "valid: 1 key" in run.output("gateway", "check", ROOT / "packaging/docker/gateway.yaml", environment=secret)


# scripts/package, with a small program that hands everything to the debug build


@pytest.fixture(scope="module")
def small_program(bedquota, tmp_path_factory):
    compiler = shutil.which("cc") or program("clang")
    folder = tmp_path_factory.mktemp("program")
    source = folder / "program.c"
    source.write_text(f'#include <unistd.h>\nint main(int count, char **arguments) {{ return execv("{bedquota}", arguments); }}\n')
    done(compiler, "-o", folder / "bedquota", source)
    return folder / "bedquota"


@pytest.fixture(scope="module")
def packages(small_program, tmp_path_factory):
    program("dpkg-deb")
    program("strip")
    folder = tmp_path_factory.mktemp("dist")
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}
    with ThreadPoolExecutor() as both:
        commands = [[ROOT / "scripts/package", "--executable", small_program, "--output", folder / name] for name in ("one", "two")]
        list(both.map(lambda command: done(*command, env=environment), commands))
    return folder


def test_two_runs_give_the_same_bytes(packages):
    one, two = ((packages / name / "SHA256SUMS").read_text() for name in ("one", "two"))
    assert one == two
    assert len(one.splitlines()) >= 4
    done("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages / "one")


def test_the_archive_is_sorted_and_nobodys(packages, run):
    [file] = (packages / "one").glob("bedquota-*-linux-*.tar.gz")
    with tarfile.open(file) as tar:
        members = tar.getmembers()
    names = [member.name for member in members]
    assert names == sorted(names)
    assert {(m.uid, m.gid, m.mtime) for m in members} == {(0, 0, EPOCH)}
    assert {m.name.split("/", 1)[1] for m in members if m.mode != 0o644} == {"bin/bedquota"}
    inside = {name.split("/", 1)[1] for name in names}
    assert {"share/doc/bedquota/LICENSE", "share/doc/bedquota/NOTICE", "share/man/man1/bedquota-run.1", "share/zsh/site-functions/_bedquota",
            "share/bash-completion/completions/bedquota", "share/fish/vendor_completions.d/bedquota.fish"} < inside


def test_the_debian_package(packages, run, tmp_path):
    [file] = (packages / "one").glob("bedquota_*.deb")
    assert done("dpkg-deb", "--field", file, "Depends").startswith("libc6 (>= 2.")
    done("dpkg-deb", "--raw-extract", file, tmp_path)
    configuration = tmp_path / "etc/bedquota/gateway.yaml"
    assert "is valid" in run.output("gateway", "check", configuration)
    for name in (tmp_path / "DEBIAN/conffiles").read_text().split():
        assert (tmp_path / name[1:]).is_file(), name
    assert {unit.name for unit in UNITS} == {unit.name for unit in (tmp_path / "usr/lib/systemd/system").iterdir()}
    assert gzip.decompress((tmp_path / "usr/share/man/man1/bedquota.1.gz").read_bytes()).startswith(b".TH")


def test_a_program_with_shared_libraries_is_refused(bedquota, tmp_path):
    libraries = done(program("readelf"), "--dynamic", bedquota)
    if "libswiftCore.so" not in libraries:
        pytest.skip("this program is linked statically")
    program("strip")
    result = subprocess.run([ROOT / "scripts/package", "--executable", bedquota, "--output", tmp_path / "dist"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "libswiftCore.so" in result.stderr
    assert not (tmp_path / "dist").exists()


def test_a_folder_with_other_files_is_not_replaced(small_program, tmp_path):
    (tmp_path / "mine").touch()
    result = subprocess.run([ROOT / "scripts/package", "--executable", small_program, "--output", tmp_path], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "would be replaced" in result.stderr
    assert (tmp_path / "mine").exists()
