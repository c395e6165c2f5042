"""Who of one caller goes first: a header or the service tier `flex` lowers the priority of a request, and nothing raises it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from emulator_control import eventually
from gateway_world import answer

# A client that bears any silence, so that it is held for as long as the gateway holds anybody.
PATIENT = {"User_Agent": "aws-sdk-js/3.1"}


def ends(world, first: dict, then: dict) -> tuple[list[float], list[float]]:
    """When the replies to 24 requests, and to four that come after them, were there."""
    early = [world.begin(**PATIENT, **first) for _ in range(24)]
    eventually(lambda: world.waiting() >= 12, f"they wait: {world.waiting()}")
    late = [world.begin(**PATIENT, **then) for _ in range(4)]
    with ThreadPoolExecutor(28) as pool:
        replies = list(pool.map(lambda connection: (answer(connection)[0], time.monotonic()), early + late))
    assert {status for status, _ in replies} == {200}
    times = [at for _, at in replies]
    return sorted(times[:24]), sorted(times[24:])


@pytest.mark.parametrize("lower", [{"X_Bedquota_Priority": "low"}, {"X_Amzn_Bedrock_Service_Tier": "flex"}])
def test_a_request_that_has_time_lets_others_go_first(world, lower):
    early, late = ends(world(rpm=240), lower, {})
    assert late[-1] < early[-4], (early, late)


def test_no_header_raises_a_priority(world):
    early, late = ends(world(rpm=240), {}, {"X_Bedquota_Priority": "high"})
    assert early[-1] < late[1], (early, late)
