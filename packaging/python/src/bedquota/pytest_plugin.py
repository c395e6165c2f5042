"""The fixture `bedrock_emulator`, for tests of programs that use Amazon Bedrock."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import Any, Callable, Iterator

import pytest

from . import Emulator, emulator


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "bedrock_emulator(**options): options of bedquota.emulator() for the fixture bedrock_emulator.")


@pytest.fixture(scope="session")
def bedrock_emulator_options() -> dict[str, Any]:
    """What `bedrock_emulator` starts with; define it in conftest.py to change that for all tests.

    Replies come at once, because tests should not wait for them.
    """
    return {"latency": 0, "tokens_per_second": 0}


@pytest.fixture(scope="session")
def _bedrock_emulators() -> Iterator[Callable[[dict[str, Any]], Emulator]]:
    """One emulator for each set of options that a test asks for, until the session ends: a reset takes less time than a start."""
    running: dict[str, Emulator] = {}
    with ExitStack() as stack:

        def get(options: dict[str, Any]) -> Emulator:
            key = repr(sorted(options.items()))
            if key not in running:
                running[key] = stack.enter_context(emulator(**options))
            return running[key]

        yield get


@pytest.fixture
def bedrock_emulator(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    bedrock_emulator_options: dict[str, Any],
    _bedrock_emulators: Callable[[dict[str, Any]], Emulator],
) -> Emulator:
    """An emulator as new, which the whole test uses as AWS: the environment leads every SDK to it, and has none of the user's AWS settings.

    `@pytest.mark.bedrock_emulator(fault={"cut": 1})` on a test, a class or a module adds options; the nearest one wins.
    """
    options = dict(bedrock_emulator_options)
    for marker in reversed(list(request.node.iter_markers("bedrock_emulator"))):
        options |= marker.kwargs
    server = _bedrock_emulators(options)
    server.reset()
    wanted = server.environment
    for name in set(os.environ) - set(wanted):
        monkeypatch.delenv(name)
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    if boto3 := sys.modules.get("boto3"):
        # boto3 keeps the credentials of a default session that it made before.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return server
