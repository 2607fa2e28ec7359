"""`mock_s3vectors`: decorator, class decorator, context manager, start and stop."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypedDict, overload

from mock_s3vectors.config import Config, check_account_id, check_option_names
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.stack import NOT_STARTED, STACK
from mock_s3vectors.mocking.switch import NOTHING, Switch
from mock_s3vectors.workbench.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import Unpack

    from mock_s3vectors.config import Options
    from mock_s3vectors.mocking.decorate import Target
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import World


class Credentials(TypedDict):
    """Keyword arguments of `boto3.client` and `boto3.Session`."""

    aws_access_key_id: str
    aws_secret_access_key: str


class MockS3Vectors(Switch, Workbench):
    """A mock of Amazon S3 Vectors, off until it is entered or started, or until its target is called.

    While any mock is on, no call of an s3vectors client reaches the network. (Clients whose endpoint is on
    the loopback interface are an exception: that is a local server the test asked for.) Mocks nest: an inner
    one begins with what the outer one has, adds its options to the outer one's, and undoes its changes when
    it ends. With `shared`, it writes into the outer one instead.

    While it is on, it also steers calls and shows what happens, by the methods of `Workbench`: `on`, `fail`,
    `delay`, `disconnect`, `limit_as_on_aws` and `rules`; `calls`, `assert_called`, `assert_not_called` and
    `explain`; `clock`; `iam` and `kms`; `seed`, `bucket`, `index`, `describe` and `usage`; `rollback`,
    `checkpoint` and `restore`; `save` and `load`. Its own are `start`, `stop`, `reset`, `credentials` and
    `config`; `mock` is itself. `help(mock.on)` tells more of one.

    Example:
        >>> with mock_s3vectors() as mock:
        ...     view = mock.seed("films", "scenes", [[3, 4], [5, 12]], keys=["alien", "brazil"])
        ...     client = boto3.client("s3vectors", region_name="us-east-1")
        ...     listed = client.list_vectors(vectorBucketName="films", indexName="scenes")
        ...     mock.assert_called("ListVectors", times=1)
        >>> sorted(vector["key"] for vector in listed["vectors"])
        ['alien', 'brazil']
    """

    _made_by = "mock_s3vectors"

    def __init__(self, *, shared: bool = False, **options: Unpack[Options]) -> None:
        check_option_names(options, also=("shared",))
        if not isinstance(shared, bool):
            raise UsageError(f"shared={shared!r}: must be True or False.")
        self._shared = shared
        self._options: dict[str, Any] = dict(options)
        self._config = Config(**options)

    @property
    def config(self) -> Config:
        """The options in force. While the mock is on, they are together with those of the mocks around it."""
        level = STACK.level_of(self)
        return level.config if level else self._config

    def __repr__(self) -> str:
        options = {"shared": True, **self._options} if self._shared else self._options
        shown = ", ".join(f"{name}={value!r}" for name, value in options.items())
        return f"mock_s3vectors({shown})"

    def start(self) -> None:
        """Switch the mock on until `stop()`.

        Raises:
            UsageError: the installed botocore is too old, or the file of the option `state` cannot be loaded.
        """
        self._start()

    def _end(self, *, failed: bool) -> None:
        level = STACK.level_of(self)
        if level is None:
            raise UsageError(NOT_STARTED)
        self.keep_calls(level)
        STACK.stop(level, failed=failed)

    def reset(self) -> None:
        """Drop all vector buckets with everything in them, of every account and Region.

        Raises:
            UsageError: this mock is off. Another mock that is on keeps its vector buckets.
        """
        level = self._level()
        if level is None:
            raise UsageError(
                "reset() was called on a mock that is off: call it on the mock that is on, between its "
                "start() and stop() or inside its block."
            )
        level.world.clear()

    def credentials(self, account_id: str) -> Credentials:
        """Return keyword arguments that make `boto3.client` act in an account: obviously fake credentials.

        Args:
            account_id: 12 digits.

        Raises:
            UsageError: the account id is not 12 digits.

        Example:
            >>> mock.credentials("111122223333")
            {'aws_access_key_id': '111122223333', 'aws_secret_access_key': 'testing'}
            >>> other = boto3.client("s3vectors", region_name="us-east-1", **mock.credentials("111122223333"))
            >>> other.list_vector_buckets()["vectorBuckets"]
            []
        """
        return {"aws_access_key_id": check_account_id(account_id), "aws_secret_access_key": "testing"}

    @contextmanager
    def block(self, world: World | None = None) -> Iterator[None]:
        """See `Switch.block`."""
        with STACK.until_stopped(self._start(world)):
            yield

    @property
    def mock(self) -> MockS3Vectors:
        """Return itself, as a server returns its mock."""
        return self

    def _level(self) -> Level | None:
        return STACK.steered_by(self)

    def _start(self, world: World | None = None) -> Level:
        return STACK.start(self, self._options, shared=self._shared, world=world)


@overload
def mock_s3vectors(target: Target, /) -> Target: ...


@overload
def mock_s3vectors(*, config: Config, shared: bool = ...) -> MockS3Vectors: ...


@overload
def mock_s3vectors(*, shared: bool = ..., **options: Unpack[Options]) -> MockS3Vectors: ...


def mock_s3vectors(
    target: Any = NOTHING, /, *, config: Config | None = None, shared: bool = False, **options: Any
) -> Any:
    """Mock Amazon S3 Vectors in a decorated target, or in a `with` or `async with` block.

    Args:
        target: the function or class under `@mock_s3vectors` without parentheses.
        config: all options at once, instead of single ones.
        shared: inside another mock, write into that one. Otherwise the mock begins with what the outer one
            has, and undoes its changes when it ends.
        **options: the fields of Config, for instance `account_id="111122223333"`.

    Returns:
        The decorated target, or without one a MockS3Vectors to enter, start or decorate with.

    Raises:
        UsageError: an option does not exist, or has an invalid value.

    Example:
        >>> @mock_s3vectors
        ... def make_a_bucket():
        ...     client = boto3.client("s3vectors", region_name="us-east-1")
        ...     client.create_vector_bucket(vectorBucketName="scenes")
        >>> make_a_bucket()
        >>> with mock_s3vectors(search_engine="hnsw") as mock:
        ...     view = mock.seed("films", "plots", [[3, 4], [5, 12]], keys=["alien", "brazil"])
        >>> view.keys
        ('alien', 'brazil')
    """
    mock = MockS3Vectors(shared=shared, **options_of("mock_s3vectors", config, options))
    return mock if target is NOTHING else mock(target)


def current_mock() -> Workbench:
    """Return the mock that is on: for decorated functions, and for helpers that get no mock.

    Raises:
        UsageError: no mock is on.

    Example:
        >>> @mock_s3vectors
        ... def count_calls():
        ...     client = boto3.client("s3vectors", region_name="us-east-1")
        ...     client.list_vector_buckets()
        ...     return len(current_mock().calls)
        >>> count_calls()
        1
    """
    level = STACK.current()
    for around in level.around() if level else ():
        if isinstance(around.owner, Switch):
            return around.owner.mock
    raise UsageError(
        "current_mock() was called while no mock is on: call it inside a function that @mock_s3vectors "
        "decorates, inside a `with mock_s3vectors():` block, or in a test with the fixture s3vectors_mock."
    )


def options_of(of: str, config: Config | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single options, or all options of a Config, which leaves none to the enclosing mock.

    Args:
        of: the function that got them.
        config: all options at once, or None.
        options: single ones.

    Raises:
        UsageError: both were given, or `config` is not a Config.
    """
    if config is None:
        return dict(options)
    if options:
        raise UsageError(
            f"{of} was given config and {', '.join(options)}: put all options into config, "
            "or leave config out."
        )
    if not isinstance(config, Config):
        raise UsageError(
            f"config={config!r} is not a Config: give mock_s3vectors.Config(...), or single options."
        )
    return asdict(config)
