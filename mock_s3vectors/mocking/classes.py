"""Decorating functions of every kind, and classes.

A function runs with the mock on and a state of its own. In a class, the methods of one instance share
a state: what `setUp` or `setup_method` made is there in the test, and the next test begins anew. What
`setUpClass` or `setup_class` made is there for every test: each gets a copy. All this holds for the
outermost mock only; inside another one its state is shared.

Hypothesis calls a test many times. Each example begins with the state before the first one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.functions import wrap
from mock_s3vectors.mocking.property_tests import (
    has_examples,
    isolate_examples,
    run_of_machine,
    wrap_examples,
)
from mock_s3vectors.mocking.stack import new_stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.mocking.functions import Block, Function
    from mock_s3vectors.world import Stores

Target = TypeVar("Target", bound=Callable[..., Any])
# Gives the state that the outermost mock begins with.
MakeState = Callable[[], "Stores"]
# The mock, switched on for a block.
Activate = Callable[[MakeState], AbstractContextManager[None]]

_STATE = "_mock_s3vectors_state"
_ACTIVATE = "_mock_s3vectors_activate"
_WRAPPER = "_mock_s3vectors_wrapper"

_SET_UP = ("setUp", "setup_method")
_SET_UP_CLASS = ("setUpClass", "setup_class")
# The whole life of one unittest test, its clean-ups included.
_RUN = ("run", "debug")
# What a test class runs of unittest's own methods.
_OF_UNITTEST = (*_RUN, "doClassCleanups")


def decorate(target: Target, activate: Activate, of: str) -> Target:
    """Return a function that runs its target with the mock on; a class is changed in place.

    Args:
        target: a function of any kind, or a class.
        activate: switches the mock on.
        of: the name of the decorator.

    Raises:
        UsageError: the target cannot be decorated.
    """
    _check_target(target, of)
    if inspect.isclass(target):
        _decorate_class(target, activate)
        return target

    def block(_args: tuple[Any, ...]) -> AbstractContextManager[None]:
        return activate(new_stores)

    if has_examples(target):
        isolate_examples(target)
        wrap_examples(target, block)
        return target
    decorated: Any
    if isinstance(target, (staticmethod, classmethod)):
        decorated = type(target)(decorate(target.__func__, activate, of))
    else:
        decorated = wrap(target, block)
    result: Target = decorated
    return result


def _check_target(target: object, of: str) -> None:
    """Raise unless a target can be decorated.

    Raises:
        UsageError: it is an option without its name, or a function with another decorator in between.
    """
    if isinstance(target, Config) or target is Config:
        raise UsageError(f"{of} was given a Config without a name: did you mean config=?")
    if _is_fixture(target):
        raise UsageError(f"@{of} stands above @pytest.fixture: put it below, on the function.")
    if callable(target) or isinstance(target, (staticmethod, classmethod)):
        return
    if isinstance(target, Mapping):
        raise UsageError(f"{of} was given {target!r}: did you mean {of}(**options)?")
    if hasattr(target, "__get__"):
        raise UsageError(f"@{of} stands above a {type(target).__name__}: put it below, on the function.")
    raise UsageError(
        f"{of} was given {target!r}: it decorates functions and classes, and its options have names, as in "
        f'{of}(account_id="111122223333").'
    )


def _is_fixture(target: object) -> bool:
    """Whether pytest made this of a function, in its newer or its older way."""
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def _decorate_class(cls: Any, activate: Activate) -> None:
    """Wrap the methods of a class, and of the classes that will be derived from it."""
    if _is_machine(cls):
        raise UsageError(
            f"{cls.__name__} is a state machine, and Hypothesis calls its rules by itself: decorate its test "
            f"case, as in TestFilms = mock_s3vectors({cls.__name__}.TestCase)."
        )
    known: Activate | None = getattr(cls, _ACTIVATE, None)
    stacked = _ACTIVATE in vars(cls)
    if known is not None:
        # Decorated twice, or derived from a decorated class: the inner, or the derived, wins.
        activate = _nested(activate, known) if stacked else _nested(known, activate)
    setattr(cls, _ACTIVATE, staticmethod(activate))
    _wrap_methods(cls)
    if not stacked:
        _wrap_subclasses(cls)


def _nested(outer: Activate, inner: Activate) -> Activate:
    @contextmanager
    def activate(make_state: MakeState) -> Iterator[None]:
        with outer(make_state), inner(make_state):
            yield

    return activate


def _wrap_subclasses(cls: Any) -> None:
    inherit = vars(cls).get("__init_subclass__")

    def init_subclass(subclass: Any, /, **kwargs: Any) -> None:
        if inherit is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            inherit.__func__(subclass, **kwargs)
        _wrap_methods(subclass)

    cls.__init_subclass__ = classmethod(init_subclass)


def _wrap_methods(cls: Any) -> None:
    for name, (base, found) in _methods(cls).items():
        if isinstance(found, type):
            _decorate_inner(cls, name, base, found)
            continue
        descriptor = type(found) if isinstance(found, (staticmethod, classmethod)) else None
        function = found.__func__ if descriptor else found
        # Compared, because a decorator of somebody else's copies our mark onto its own function.
        if getattr(function, _WRAPPER, None) is function:
            continue
        isolate_examples(function)
        call = None if base is cls else _inherited(cls, name)
        call = run_of_machine(function) or call
        wrapped = wrap(function, _block_of(cls, name), call)
        setattr(wrapped, _WRAPPER, wrapped)
        setattr(cls, name, descriptor(wrapped) if descriptor else wrapped)


def _methods(cls: type) -> dict[str, tuple[type, Any]]:
    """What a test class runs, and where it is from: public methods and inner test classes, the bases' too."""
    found: dict[str, tuple[type, Any]] = {}
    for base in cls.__mro__[:-1]:
        for name, value in vars(base).items():
            found.setdefault(name, (base, value))
    return {name: (base, value) for name, (base, value) in found.items() if _is_wrapped(base, name, value)}


def _is_wrapped(base: type, name: str, value: Any) -> bool:
    if base.__module__.split(".")[0] == "unittest":
        return name in _OF_UNITTEST
    if name.startswith("_") or _is_fixture(value):
        return False
    if isinstance(value, type):
        return _is_inner_test_class(base, name, value)
    return inspect.isfunction(value.__func__ if isinstance(value, (staticmethod, classmethod)) else value)


def _is_inner_test_class(base: type, name: str, value: type) -> bool:
    """Whether a class is defined in another one, not just named there, and has tests."""
    if value.__qualname__ != f"{base.__qualname__}.{name}":
        return False
    return _is_unittest(value) or any(attribute.startswith("test") for attribute in dir(value))


def _decorate_inner(cls: Any, name: str, base: type, inner: Any) -> None:
    if hasattr(inner, _ACTIVATE):
        return
    if base is not cls:
        # The base class is not decorated, and its inner class must stay as it is.
        body = {"__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.{name}"}
        inner = type(inner)(name, (inner,), body)
        setattr(cls, name, inner)

    def activate(make_state: MakeState) -> AbstractContextManager[None]:
        # Looked up late, because the outer class may be decorated once more.
        outer: Activate = getattr(cls, _ACTIVATE)
        return outer(make_state)

    _decorate_class(inner, activate)


def _is_unittest(cls: type) -> bool:
    return _is_derived_from(cls, "unittest", "TestCase")


def _is_machine(cls: type) -> bool:
    return _is_derived_from(cls, "hypothesis.stateful", "RuleBasedStateMachine")


def _is_derived_from(cls: type, module: str, base: str) -> bool:
    """Return whether a class has a base of a module that need not be loaded."""
    found = getattr(sys.modules.get(module), base, None)
    return isinstance(found, type) and issubclass(cls, found)


def _inherited(cls: type, name: str) -> Function:
    """Calls what a class inherits under a name, looked up anew: in a derived class that may be another."""

    def call(*args: Any, **kwargs: Any) -> Any:
        method = getattr(super(cls, _owner_of(args, cls)), name)
        return method(*(args[1:] if inspect.ismethod(method) else args), **kwargs)

    return call


def _owner_of(args: tuple[Any, ...], cls: type) -> Any:
    """The instance or class on which a method was called; the class, for one that takes neither."""
    first = args[0] if args else None
    is_owner = issubclass(first, cls) if isinstance(first, type) else isinstance(first, cls)
    return first if is_owner else cls


def _block_of(cls: type, name: str) -> Block:
    """The block of a method; options and state are those of the class that runs it, perhaps a derived one."""

    def block(args: tuple[Any, ...]) -> AbstractContextManager[None]:
        owner = _owner_of(args, cls)
        activate: Activate = getattr(owner, _ACTIVATE)
        return activate(lambda: _state_for(owner, name))

    return block


def _state_for(owner: Any, name: str) -> Stores:
    """The state with which a method begins that runs outside of all others."""
    if not isinstance(owner, type):
        return _state_of(owner, fresh=_is_beginning(type(owner), name))
    if _is_beginning(owner, name):
        # A static test: it has no instance to keep a state.
        return _copy_of_state(owner)
    return _state_of(owner, fresh=name in _SET_UP_CLASS)


def _is_beginning(cls: type, name: str) -> bool:
    """Whether a method finds the state anew: a test's set-up, or the test itself if there is none."""
    if _is_unittest(cls):
        return name in _RUN
    if any(hasattr(cls, set_up) for set_up in _SET_UP):
        return name in _SET_UP
    return name.startswith("test")


def _state_of(owner: Any, *, fresh: bool = False) -> Stores:
    """The state of an instance, which begins as a copy of its class's, or the state of a class."""
    state: Stores | None = None if fresh else vars(owner).get(_STATE)
    if state is None:
        state = new_stores() if isinstance(owner, type) else _copy_of_state(type(owner))
        setattr(owner, _STATE, state)
    return state


def _copy_of_state(cls: type) -> Stores:
    state: Stores | None = vars(cls).get(_STATE)
    return new_stores() if state is None else state.copy()


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
