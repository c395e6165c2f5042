"""Each service refuses a bad signature in its own words, as AWS does."""

from datetime import timedelta

import botocore.auth
import pytest
from aws_clients import failure
from botocore import UNSIGNED
from botocore.compat import get_current_datetime

CALLS = {
    "service-quotas": lambda client: client.list_service_quotas(ServiceCode="bedrock"),
    "bedrock": lambda client: client.list_foundation_models(),
    "sts": lambda client: client.get_caller_identity(),
}


@pytest.fixture
def clock_off(monkeypatch):
    """Makes botocore sign with a clock that is off by some minutes."""

    def set_clock(minutes):
        def clock(*arguments):
            return get_current_datetime(*arguments) + timedelta(minutes=minutes)

        monkeypatch.setattr(botocore.auth, "get_current_datetime", clock)

    return set_clock


@pytest.mark.parametrize("service", CALLS)
def test_the_right_credentials(clients, service):
    CALLS[service](clients(service))
    CALLS[service](clients(service, token="a session token/with=odd+characters"))


@pytest.mark.parametrize(
    "service, expected, statuses",
    [
        ("service-quotas", "InvalidSignatureException", {400, 403}),
        ("bedrock", "InvalidSignatureException", {403}),
        ("sts", "SignatureDoesNotMatch", {403}),
    ],
)
def test_a_wrong_secret(clients, service, expected, statuses):
    code, status, message = failure(CALLS[service], clients(service, secret="wrong"))
    assert code == expected
    assert status in statuses
    assert "signature we calculated does not match" in message


@pytest.mark.parametrize(
    "service, expected, statuses",
    [
        ("service-quotas", "UnrecognizedClientException", {400, 403}),
        ("bedrock", "UnrecognizedClientException", {403}),
        ("sts", "InvalidClientTokenId", {403}),
    ],
)
def test_an_unknown_access_key(clients, service, expected, statuses):
    code, status, message = failure(CALLS[service], clients(service, key="AKIDNOBODY"))
    assert code == expected
    assert status in statuses
    assert "security token included in the request is invalid" in message


@pytest.mark.parametrize(
    "minutes, words", [(-60, "Signature expired"), (60, "Signature not yet current")]
)
@pytest.mark.parametrize(
    "service, expected",
    [
        ("service-quotas", "InvalidSignatureException"),
        ("bedrock", "InvalidSignatureException"),
        ("sts", "SignatureDoesNotMatch"),
    ],
)
def test_a_clock_that_is_an_hour_off(clients, clock_off, service, expected, minutes, words):
    clock_off(minutes)
    code, _, message = failure(CALLS[service], clients(service))
    assert code == expected
    assert message.startswith(words)


@pytest.mark.parametrize("minutes", [-4, 4])
@pytest.mark.parametrize("service", CALLS)
def test_a_clock_that_is_a_little_off(clients, clock_off, service, minutes):
    clock_off(minutes)
    CALLS[service](clients(service))


@pytest.mark.parametrize(
    "service, expected",
    [
        ("service-quotas", "MissingAuthenticationTokenException"),
        ("bedrock", "MissingAuthenticationTokenException"),
        ("sts", "MissingAuthenticationToken"),
    ],
)
def test_no_signature_at_all(clients, service, expected):
    assert failure(CALLS[service], clients(service, signature_version=UNSIGNED))[0] == expected
