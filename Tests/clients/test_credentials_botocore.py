"""In each situation, bedquota finds the access key, Region, endpoint and role that botocore finds, or fails for the same reason."""

import pytest
from credential_situations import SITUATIONS
from credential_table import CredentialTable, compare
from metric_days import Moto
from recording_sts import RecordingSTS


@pytest.fixture(scope="module")
def sts():
    moto = Moto()
    server = RecordingSTS(moto.url)
    yield server
    server.stop()
    moto.stop()


@pytest.fixture(scope="module")
def answers(bedquota, sts, tmp_path_factory):
    table = CredentialTable(bedquota, sts, tmp_path_factory.mktemp("credentials"))
    return {answer.situation.name: answer for answer in table.run(SITUATIONS)}


@pytest.mark.parametrize("name", [situation.name for situation in SITUATIONS])
def test_situation(name, answers):
    compare(answers[name])


def test_the_table_is_large_and_says_what_must_happen():
    assert len(SITUATIONS) >= 80
    assert len({situation.name for situation in SITUATIONS}) == len(SITUATIONS)
    assert all(bool(situation.finds) != bool(situation.error) for situation in SITUATIONS)
