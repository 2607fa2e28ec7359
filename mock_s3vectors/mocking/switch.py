"""Switching a mock on and off: for a block, between `start` and `stop`, or around the calls of a target.

A server is a mock too, and is switched in the same ways.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.decorate import Target, decorate
from mock_s3vectors.mocking.stack import load_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from typing_extensions import Self

    from mock_s3vectors.workbench.workbench import Workbench
    from mock_s3vectors.world import World


class _Nothing:
    """The default of a target, because None may be given by mistake."""

    def __repr__(self) -> str:
        return "..."  # signatures in help() show it


NOTHING: Any = _Nothing()


class Switch(ABC):
    """A mock that is off until it is entered or started, or until a target that it decorates is called."""

    # The public function that makes such a mock.
    _made_by: ClassVar[str]
    # Its own options.
    _options: Mapping[str, Any]

    @abstractmethod
    def start(self) -> None:
        """Switch the mock on until `stop()`."""

    def stop(self) -> None:
        """Switch the mock off again.

        Raises:
            UsageError: it is off.
            AssertionError: a rule never fired.
        """
        self._end(failed=False)

    @abstractmethod
    def _end(self, *, failed: bool) -> None:
        """Switch the mock off; `failed`: an exception is under way."""

    @property
    @abstractmethod
    def mock(self) -> Workbench:
        """The workbench of the mock, through which a test steers it while it is on."""

    @abstractmethod
    def block(self, world: World | None = None) -> AbstractContextManager[Any]:
        """Switch the mock on for a block.

        Args:
            world: the world that it begins with and writes into, instead of that of the mock around it.
        """

    def fill(self, world: World) -> None:
        """Have a world that a block is going to begin with hold the state file of the options, if any.

        Raises:
            UsageError: the file cannot be loaded.
        """
        load_state(self._options.get("state"), world)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(failed=kind is not None)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, target: Target = NOTHING, /) -> Target:
        """Decorate a function, coroutine function, (async) generator function or class.

        Raises:
            UsageError: the target is something else, or there is none.
        """
        if target is NOTHING:
            raise UsageError(
                f"A mock was called without a function: decorate with @{self._made_by} or "
                f"@{self._made_by}(...), or switch the mock on in a `with` block."
            )
        if isinstance(target, Switch):
            raise UsageError(
                "A mock was given to another one: decorate with one above the other, or nest them as in "
                "`with one, other:`."
            )
        return decorate(target, self, self._made_by)
