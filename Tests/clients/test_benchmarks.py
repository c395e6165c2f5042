"""scripts/benchmark: what its verdicts say, and that a benchmark that breaks off fails the run."""

import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("benchmark_script", str(ROOT / "scripts/benchmark"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "threshold, value, is_met, words",
    [
        ({"most": 2}, 2, True, ["ok", "at most 2"]),
        ({"most": 2}, 2.1, False, ["FAILED", "at most 2"]),
        ({"least": 1}, 0.9, False, ["FAILED", "at least 1"]),
        ({"most": 2, "least": 1}, 1.5, True, ["at most 2 and at least 1"]),
        ({"most": 2}, float("nan"), False, ["FAILED"]),
        ({"most": 2}, None, False, ["FAILED", "not measured"]),
        ({"most": 2, "optional": True}, None, True, ["skipped", "not measured"]),
        ({"most": 2, "optional": True}, 3, False, ["FAILED"]),
    ],
)
def test_verdicts(benchmark, threshold, value, is_met, words):
    figures = {} if value is None else {"key": value}
    ((verdict, line),) = benchmark.verdicts("name", {"key": {"what": "something", **threshold}}, figures)
    assert verdict is is_met
    assert all(word in line for word in words) and (value is not None or not line.startswith("ok"))


def test_a_threshold_has_a_bound(benchmark):
    with pytest.raises(SystemExit):
        benchmark.verdicts("name", {"key": {"what": "something"}}, {"key": 1})


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("code, has_figures, expected", [(0, True, 0), (3, True, 1), (3, False, 1), (0, False, 1)])
def test_a_broken_benchmark_fails_the_run(benchmark, monkeypatch, tmp_path, check, code, has_figures, expected):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "Benchmarks/List").mkdir(parents=True)
    (tmp_path / "Benchmarks/List/thresholds.json").write_text(json.dumps({"key": {"what": "something", "most": 2}}), encoding="utf-8")
    script = tmp_path / "scripts/benchmark-list"
    write = """echo '{"key": 1}' > "$BENCHMARK_FIGURES"\n""" if has_figures else ""
    script.write_text(f"#!/bin/sh\n{write}exit {code}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(benchmark, "ROOT", tmp_path)
    monkeypatch.setattr(benchmark, "build", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["benchmark", *(["--check"] if check else []), "list"])
    with pytest.raises(SystemExit) as end:
        benchmark.main()
    assert (end.value.code or 0) == expected


def test_every_threshold_has_a_bound_and_a_name():
    files = sorted((ROOT / "Benchmarks").glob("*/thresholds.json"))
    assert files
    for file in files:
        for threshold in json.loads(file.read_text(encoding="utf-8")).values():
            assert threshold["what"] and {"most", "least"} & set(threshold)
