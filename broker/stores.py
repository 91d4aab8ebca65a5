"""
Which DynamoDB a command works on, and how the library under us learns of it: by the environment, before it is imported.

What a flag says wins over what the environment says, and the environment over the default, the local store.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker import local_store
from broker.local_store import LOOPBACK, StoreUnavailable

AWS_SIGNS = (
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
NO_ONES_KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
LOCAL_REGION = "us-east-1"


class Contradiction(Exception):
    """
    Flags that name more than one store.
    """


@dataclass(frozen=True, kw_only=True)
class Flags:
    table: str | None = None
    data_dir: Path | None = None
    dynamodb_endpoint: str | None = None
    region: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Local:
    data_dir: Path

    def __str__(self) -> str:
        return f"local, {self.data_dir}"


@dataclass(frozen=True)
class Emulator:
    url: str
    region: str | None = None

    def __str__(self) -> str:
        return f"DynamoDB at {self.url}"


@dataclass(frozen=True)
class Aws:
    because: str
    region: str | None = None
    profile: str | None = None

    def __str__(self) -> str:
        return f"DynamoDB in AWS, because of {self.because} (--data-dir DIR uses a local store)"


Choice = Local | Emulator | Aws


def choose(flags: Flags, env: Mapping[str, str]) -> Choice:
    return flagged(flags) or surrounding(env) or Local(default_data_dir(env))


def is_named(flags: Flags, env: Mapping[str, str]) -> bool:
    """
    Whether anybody said which store, so that it is not the default one.
    """
    return (flagged(flags) or surrounding(env)) is not None


def flagged(flags: Flags) -> Choice | None:
    in_aws = flags.region or flags.profile
    if flags.data_dir and (flags.dynamodb_endpoint or in_aws):
        raise Contradiction("--data-dir names a local store, --dynamodb-endpoint, --region and --profile another one")
    if flags.dynamodb_endpoint and flags.profile:
        raise Contradiction("--dynamodb-endpoint names an emulator, --profile an account in AWS")
    if flags.data_dir:
        return Local(flags.data_dir)
    if flags.dynamodb_endpoint:
        return Emulator(flags.dynamodb_endpoint, flags.region)
    if in_aws:
        return Aws("--profile" if flags.profile else "--region", flags.region, flags.profile)
    return None


def surrounding(env: Mapping[str, str]) -> Choice | None:
    if url := env.get("BROKKR_DYNAMODB_ENDPOINT"):
        return Emulator(url)
    if data_dir := env.get("BROKKR_DATA_DIR"):
        return Local(Path(data_dir))
    sign = next((name for name in AWS_SIGNS if env.get(name)), None)
    return Aws(sign) if sign else None


def default_data_dir(env: Mapping[str, str]) -> Path:
    share = env.get("XDG_DATA_HOME")
    return (Path(share) if share else Path.home() / ".local" / "share") / "brokkr"


@dataclass(frozen=True)
class Connection:
    """
    A store that answers. `keep` is to be called now and then by who stays.
    """

    description: str
    is_ours: bool
    in_memory: bool = False
    keep: Callable[[], None] = lambda: None


@contextmanager
def connected(choice: Choice, env: MutableMapping[str, str], *, serving: bool = False) -> Iterator[Connection]:
    """
    For as long as the block runs, the store is up, and the environment says where it is.
    """
    match choice:
        case Local(data_dir):
            with local(data_dir.absolute(), env, serving=serving) as connection:
                yield connection
        case Emulator(url, region):
            point_at(url, env, region=region or env.get("AWS_REGION") or LOCAL_REGION)
            yield Connection(str(choice), is_ours=False)
        case Aws(_, region, profile):
            env.pop("BROKKR_DYNAMODB_ENDPOINT", None)
            env.update({name: value for name, value in [("AWS_REGION", region), ("AWS_PROFILE", profile)] if value})
            yield Connection(str(choice), is_ours=False)


@contextmanager
def local(data_dir: Path, env: MutableMapping[str, str], *, serving: bool) -> Iterator[Connection]:
    binary = local_store.find_dynoxide(env)
    if binary is None:
        with in_memory(env, serving=serving) as connection:
            yield connection
        return
    store = local_store.open_store(binary, data_dir, serving=serving)
    try:
        point_at(f"http://{LOOPBACK}:{store.port}", env, region=LOCAL_REGION)
        yield Connection(f"local, {data_dir}", is_ours=True, keep=store.keep)
    finally:
        store.stop()


@contextmanager
def in_memory(env: MutableMapping[str, str], *, serving: bool) -> Iterator[Connection]:
    if not serving:
        raise StoreUnavailable("dynoxide is not installed: without it, only `serve` works, on a store in its memory")
    from moto import mock_aws  # noqa: PLC0415 - half a second, for the store of last resort

    env.pop("BROKKR_DYNAMODB_ENDPOINT", None)
    env["AWS_REGION"] = LOCAL_REGION
    with mock_aws():
        yield Connection("in memory: dynoxide is not installed, so NOTHING IS KEPT", is_ours=True, in_memory=True)


def point_at(url: str, env: MutableMapping[str, str], *, region: str) -> None:
    """
    An emulator takes any credentials, but the client insists on some, and must not go looking for a profile.
    """
    for name in (*AWS_SIGNS, "AWS_SESSION_TOKEN"):
        env.pop(name, None)
    env.update(NO_ONES_KEYS, BROKKR_DYNAMODB_ENDPOINT=url, AWS_REGION=region)


def name_table(flags: Flags, env: MutableMapping[str, str]) -> None:
    if flags.table:
        env["BROKKR_TABLE"] = flags.table
