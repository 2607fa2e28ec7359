"""Decorating functions of every kind, and classes.

A function runs with the mock on and a state of its own. In a class, the methods of one instance share
a state: what `setUp` or `setup_method` made is there in the test, and the next test begins anew. What
`setUpClass` or `setup_class` made is there for every test: each gets a copy. All this holds for the
outermost mock only; inside another one its state is shared.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors._active import new_stores
from mock_s3vectors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from mock_s3vectors.state import Stores

Target = TypeVar("Target", bound=Callable[..., Any])
Function = Callable[..., Any]
# Gives the state that the outermost mock begins with.
MakeState = Callable[[], "Stores"]
# The mock, switched on for a block.
Activate = Callable[[MakeState], AbstractContextManager[None]]
# The block for a call, chosen by its positional arguments: the first may be an instance or a class.
Block = Callable[[tuple[Any, ...]], AbstractContextManager[None]]

_STATE = "_mock_s3vectors_state"
_ACTIVATE = "_mock_s3vectors_activate"
_ORIGINAL = "_mock_s3vectors_original"

_SET_UP = ("setUp", "setup_method")
_SET_UP_CLASS = ("setUpClass", "setup_class")
# The whole life of one unittest test, its clean-ups included.
_RUN = ("run", "debug")


def decorate(target: Target, activate: Activate) -> Target:
    """What `@mock_s3vectors` makes of its target.

    Raises:
        UsageError: the target is nothing to call, or a pytest fixture already.
    """
    if inspect.isclass(target):
        _decorate_class(target, activate)
        return target
    if _is_fixture(target):
        raise UsageError("@mock_s3vectors stands above @pytest.fixture: put it below, on the function.")

    def block(_args: tuple[Any, ...]) -> AbstractContextManager[None]:
        return activate(new_stores)

    decorated: Any
    if isinstance(target, (staticmethod, classmethod)):
        decorated = type(target)(_wrap(target.__func__, block))
    elif callable(target):
        decorated = _wrap(target, block)
    else:
        raise UsageError(f"@mock_s3vectors stands on {target!r}: it decorates functions and classes.")
    result: Target = decorated
    return result


def _is_fixture(target: object) -> bool:
    """Whether pytest made this of a function, in its newer or its older way."""
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


# --- functions ----------------------------------------------------------------------------


def _wrap(function: Function, block: Block) -> Function:
    """The function, of the same kind, running inside a block."""
    wrap = next((wrap for is_kind, wrap in _KINDS if is_kind(function)), _plain)
    return functools.wraps(function)(wrap(function, block))


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
    """What `yield from` does, which async generators do not have: sent and thrown values go through."""

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


# --- classes ------------------------------------------------------------------------------


def _decorate_class(cls: Any, activate: Activate) -> None:
    """Wrap the methods of a class, and of the classes that will be derived from it."""
    _wrap_methods(cls, activate)
    inherit = vars(cls).get("__init_subclass__")

    def init_subclass(subclass: Any, /, **kwargs: Any) -> None:
        if inherit is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            inherit.__func__(subclass, **kwargs)
        _wrap_methods(subclass, activate)

    cls.__init_subclass__ = classmethod(init_subclass)


def _wrap_methods(cls: type, activate: Activate) -> None:
    setattr(cls, _ACTIVATE, staticmethod(activate))
    begins_at = _beginnings(cls)
    for name, found in _methods(cls).items():
        if isinstance(found, type):
            _decorate_class(found, activate)
            continue
        descriptor = type(found) if isinstance(found, (staticmethod, classmethod)) else None
        function = found.__func__ if descriptor else found
        # Wrapped with its base class already: this class's options count.
        function = getattr(function, _ORIGINAL, function)
        owner = cls if descriptor is staticmethod else None
        fresh = begins_at(name) or name in _SET_UP_CLASS
        wrapped = _wrap(function, _block_of(activate, owner, fresh=fresh))
        setattr(wrapped, _ORIGINAL, function)
        setattr(cls, name, descriptor(wrapped) if descriptor else wrapped)


def _methods(cls: type) -> dict[str, Any]:
    """What a test class runs: its public methods and inner test classes, its base classes' too."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[:-1]):
        if base.__module__.split(".")[0] == "unittest":
            found |= {name: vars(base)[name] for name in _RUN if name in vars(base)}
        else:
            found |= {name: value for name, value in vars(base).items() if _is_wrapped(name, value)}
    return found


def _is_wrapped(name: str, value: object) -> bool:
    if name.startswith("_") or _is_fixture(value):
        return False
    if isinstance(value, type):
        return name.startswith("Test") or _is_unittest(value)
    return inspect.isfunction(value) or isinstance(value, (staticmethod, classmethod))


def _is_unittest(cls: type) -> bool:
    unittest = sys.modules.get("unittest")
    return unittest is not None and issubclass(cls, unittest.TestCase)


def _beginnings(cls: type) -> Callable[[str], bool]:
    """Tells the methods that find the state anew: a test's set-up, or the test itself if there is none."""
    if _is_unittest(cls):
        return lambda name: name in _RUN
    if any(hasattr(cls, name) for name in _SET_UP):
        return lambda name: name in _SET_UP
    return lambda name: name.startswith("test")


def _block_of(activate: Activate, owner: type | None, *, fresh: bool) -> Block:
    """The block of a method, on the state of its owner: the first argument, if it is not given here."""

    def block(args: tuple[Any, ...]) -> AbstractContextManager[None]:
        return activate(lambda: _state_of(args[0] if owner is None else owner, fresh=fresh))

    return block


def _state_of(owner: Any, *, fresh: bool = False) -> Stores:
    """The state of an instance, which begins as a copy of its class's, or the state of a class."""
    state: Stores | None = None if fresh else vars(owner).get(_STATE)
    if state is None:
        inherited: Stores | None = None if isinstance(owner, type) else vars(type(owner)).get(_STATE)
        state = new_stores() if inherited is None else inherited.copy()
        setattr(owner, _STATE, state)
    return state


def block_of_fixture(cls: type | None, instance: object) -> AbstractContextManager[None] | None:
    """The block in which a fixture runs that a test of a decorated class asks for, else None.

    Args:
        cls: the class of the test, if it has one.
        instance: its instance; None for a fixture that the whole class shares.
    """
    activate: Activate | None = getattr(cls, _ACTIVATE, None)
    if activate is None:
        return None
    return activate(lambda: _state_of(cls if instance is None else instance))
