from pathlib import Path

import pytest

from broker.stores import Aws, Contradiction, Emulator, Flags, Local, choose, connected

HOME = {"XDG_DATA_HOME": "/data"}


@pytest.mark.parametrize(
    ("flags", "env", "choice"),
    [
        (Flags(), {}, Local(Path("/data/brokkr"))),
        (Flags(), {"BROKKR_DATA_DIR": "/d", "AWS_PROFILE": "p"}, Local(Path("/d"))),
        (Flags(), {"BROKKR_DYNAMODB_ENDPOINT": "http://e", "AWS_PROFILE": "p"}, Emulator("http://e")),
        (Flags(), {"AWS_PROFILE": "p"}, Aws("AWS_PROFILE")),
        (Flags(), {"AWS_ACCESS_KEY_ID": "k"}, Aws("AWS_ACCESS_KEY_ID")),
        (Flags(data_dir=Path("/d")), {"AWS_PROFILE": "p"}, Local(Path("/d"))),
        (Flags(dynamodb_endpoint="http://e"), {"BROKKR_DATA_DIR": "/d"}, Emulator("http://e")),
        (Flags(region="eu-west-1"), {"BROKKR_DATA_DIR": "/d"}, Aws("--region", "eu-west-1")),
    ],
)
def test_flags_win_over_the_environment_and_that_over_the_local_store(flags, env, choice):
    assert choose(flags, HOME | env) == choice


@pytest.mark.parametrize("other", [{"region": "r"}, {"profile": "p"}, {"dynamodb_endpoint": "http://e"}])
def test_a_data_folder_and_another_store_contradict_each_other(other):
    with pytest.raises(Contradiction):
        choose(Flags(data_dir=Path("/d"), **other), {})


def test_an_emulator_never_sees_the_users_credentials():
    env = {"AWS_ACCESS_KEY_ID": "real", "AWS_SESSION_TOKEN": "real", "AWS_PROFILE": "real"}

    with connected(Emulator("http://e"), env):
        pass

    assert env == {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "BROKKR_DYNAMODB_ENDPOINT": "http://e",
    }
