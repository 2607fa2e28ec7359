"""Wrapping a function of any kind, so that it runs inside a block."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from mock_s3vectors.world import World

Function = Callable[..., Any]
# The block for a call, chosen by its positional arguments: the first may be an instance or a class.
Block = Callable[[tuple[Any, ...]], AbstractContextManager[object]]


class Decorating(Protocol):
    """A mock, as seen by what it decorates."""

    def block(self, world: World | None = None) -> AbstractContextManager[Any]:
        """Switch it on for a block; see `Switch.block`."""

    def fill(self, world: World) -> None:
        """Have a world that it is going to begin with hold what its options say; see `Switch.fill`."""


# Functions whose arguments pytest counts.
_COUNTED = {
    *("setup_module", "setUpModule", "setup_function", "setup_class", "setup_method"),
    *("teardown_module", "tearDownModule", "teardown_function", "teardown_class", "teardown_method"),
}
_ABSENT = object()


def wrap(function: Function, block: Block, call: Function | None = None) -> Function:
    """Return a function of the same kind that runs inside a block, and runs `call` instead if given."""
    of_its_kind = next((make for is_kind, make in _KINDS if is_kind(function)), _plain)
    wrapper = of_its_kind(call or function, block)
    if getattr(function, "__name__", None) in _COUNTED:
        wrapper = _counted(wrapper, function)
    return functools.wraps(function)(wrapper)


def _plain(function: Function, block: Block) -> Function:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with block(args):
            return function(*args, **kwargs)

    return wrapper


def _coroutine(function: Function, block: Block) -> Function:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with block(args):
            return await function(*args, **kwargs)

    return wrapper


def _generator(function: Function, block: Block) -> Function:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with block(args):
            return (yield from function(*args, **kwargs))

    return wrapper


def _async_generator(function: Function, block: Block) -> Function:
    """Do what `yield from` does, which async generators lack: pass on sent and thrown values."""

    async def wrapper(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with block(args):
            inner = function(*args, **kwargs)
            step = inner.__anext__()
            while True:
                try:
                    value = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = yield value
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - the inner generator decides
                    step = inner.athrow(error)
                else:
                    step = inner.asend(sent)

    return wrapper


_KINDS: list[tuple[Callable[[Any], bool], Callable[[Function, Block], Function]]] = [
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isgeneratorfunction, _generator),
]


def _counted(wrapper: Function, function: Function) -> Function:
    """Return a wrapper with as many positional arguments as its function has.

    pytest reads the number from `__code__`, to know whether `setup_method` and the like take an argument.
    """
    count = function.__code__.co_argcount
    if count == 0:
        return wrapper
    if count == 1:
        return lambda first, /, *args, **kwargs: wrapper(first, *args, **kwargs)

    def counted(first: Any, second: Any = _ABSENT, /, *args: Any, **kwargs: Any) -> Any:
        given = (first,) if second is _ABSENT else (first, second, *args)
        return wrapper(*given, **kwargs)

    return counted
