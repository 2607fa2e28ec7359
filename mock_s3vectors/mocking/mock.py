"""`mock_s3vectors`: decorator, class decorator, context manager, start and stop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict, overload

from mock_s3vectors.config import Config, check_account_id, check_option_names
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.stack import STACK, options_of
from mock_s3vectors.mocking.switch import NOTHING, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from mock_s3vectors.config import Options
    from mock_s3vectors.mocking.classes import MakeState, Target


class Credentials(TypedDict):
    """Keyword arguments of `boto3.client` and `boto3.Session`."""

    aws_access_key_id: str
    aws_secret_access_key: str


class MockS3Vectors(Switch):
    """A mock of Amazon S3 Vectors, off until it is entered, started, or what it decorates is called.

    While any mock is on, no call of an s3vectors client reaches the network (but for clients whose
    endpoint is on the loopback interface: that is a local server the test asked for). Mocks nest:
    an inner one shares the state of the outermost, adds its options to those around it, and when the
    outermost ends the state is dropped.
    """

    _made_by = "mock_s3vectors"

    def __init__(self, **options: Unpack[Options]) -> None:
        check_option_names(options)
        self._options: dict[str, Any] = dict(options)
        self._config = Config(**options)

    @property
    def config(self) -> Config:
        """The options that hold: while it is on, together with those of the mocks around it."""
        return STACK.config_of(self) or self._config

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"mock_s3vectors({options})"

    def start(self) -> None:
        """Switch the mock on until `stop()`."""
        STACK.start(self, self._options)

    def stop(self) -> None:
        """Switch it off again.

        Raises:
            UsageError: it was not started, or has been stopped as often as started.
        """
        STACK.stop(self)

    def reset(self) -> None:
        """Drop all vector buckets with everything in them, of every account and Region.

        Raises:
            UsageError: this mock is off. Another one that is on keeps its vector buckets.
        """
        if STACK.config_of(self) is None:
            raise UsageError(
                "reset() was called on a mock that is off: call it on the mock that is on, between its "
                "start() and stop() or inside its block."
            )
        STACK.reset()

    def credentials(self, account_id: str) -> Credentials:
        """Keyword arguments that make `boto3.client` act in an account: obviously fake credentials.

        Args:
            account_id: 12 digits.

        Raises:
            UsageError: it is not.
        """
        return {"aws_access_key_id": check_account_id(account_id), "aws_secret_access_key": "testing"}

    @contextmanager
    def _activate(self, make_state: MakeState) -> Iterator[None]:
        STACK.start(self, self._options, make_state)
        try:
            yield
        finally:
            STACK.stop(self)


@overload
def mock_s3vectors(target: Target, /) -> Target: ...


@overload
def mock_s3vectors(*, config: Config) -> MockS3Vectors: ...


@overload
def mock_s3vectors(**options: Unpack[Options]) -> MockS3Vectors: ...


def mock_s3vectors(target: Any = NOTHING, /, *, config: Config | None = None, **options: Any) -> Any:
    """Mock Amazon S3 Vectors in what is decorated, or in a `with` or `async with` block.

    Args:
        target: the function or class under `@mock_s3vectors` without parentheses.
        config: all options at once, instead of single ones.
        **options: the fields of Config, for instance `account_id="111122223333"`.

    Returns:
        The decorated target, or without one a MockS3Vectors to enter, start or decorate with.

    Raises:
        UsageError: an option does not exist or cannot have its value.
    """
    mock = MockS3Vectors(**options_of("mock_s3vectors", config, options))
    return mock if target is NOTHING else mock(target)
