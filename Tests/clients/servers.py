"""Emulators for the tests of one module."""

import os

import pytest
from emulator_control import Control
from processes import Emulator, Gateway
from support import with_credentials

# With it, clients talk to a gateway in front of each emulator; see scripts/test-clients.
THROUGH_GATEWAY = os.environ.get("BEDQUOTA_THROUGH_GATEWAY") == "1"


def not_through_gateway(reason: str):
    """For a test of what a gateway changes on purpose, or doesn't carry."""
    return pytest.mark.skipif(THROUGH_GATEWAY, reason=f"not through a gateway: {reason}")


def emulator_fixture(*options: str, is_still=False):
    """A fixture of module scope: an emulator with these options, which must end with exit code 0.

    `is_still` nearly stops its clock: nothing refills, so what is gone from a meter is what requests took.
    """

    @pytest.fixture(scope="module")
    def server(bedquota, environment):
        emulator = Emulator(bedquota, environment, *options)
        if is_still:
            Control(emulator.url).slow_down()
        if THROUGH_GATEWAY:
            gateway = Gateway(bedquota, with_credentials(environment), emulator.url)
            yield gateway
            assert gateway.stop() == 0
        else:
            yield emulator
        assert emulator.stop() == 0

    return server
