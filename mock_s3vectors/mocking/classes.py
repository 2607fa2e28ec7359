"""Decorating test classes.

While the tests of a class run, its mock is on: pytest's plugin, or unittest's own way through a class, begins
and ends it. What the set-up of the class made is there for every test, and each test is a savepoint in it.

A method that somebody calls outside of a test run switches the mock on for the call. Methods of one instance
find what the others made, as they would in a test. Calling the set-up (or the test, if there is none) begins
with a fresh world.
"""

from __future__ import annotations

import inspect
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.functions import wrap
from mock_s3vectors.mocking.property_tests import isolate_examples, run_of_machine
from mock_s3vectors.mocking.stack import STACK, load_state
from mock_s3vectors.neighbours import has_failed, is_fixture, is_state_machine, is_unittest_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_s3vectors.mocking.functions import Block, Decorating, Function
    from mock_s3vectors.world import World

# The mocks of a class, the outermost first; derived classes inherit them.
_MOCKS = "_mock_s3vectors_mocks"
# The world in which methods run that are called outside of a test run.
_WORLD = "_mock_s3vectors_world"
_WRAPPER = "_mock_s3vectors_wrapper"

_SET_UP = ("setUp", "setup_method")
_SET_UP_CLASS = ("setUpClass", "setup_class")
# The whole life of one unittest test, its clean-ups included.
_RUN = ("run", "debug")


def decorate_class(cls: Any, mock: Decorating) -> None:
    """Mock the tests of a class, and of the classes that are derived from it.

    Raises:
        UsageError: the class is a state machine of Hypothesis.
    """
    if is_state_machine(cls):
        raise UsageError(
            f"{cls.__name__} is a state machine, and Hypothesis calls its rules by itself: decorate its test "
            f"case, as in TestFilms = mock_s3vectors({cls.__name__}.TestCase)."
        )
    stacked = _MOCKS in vars(cls)
    known = mocks_of(cls)
    # Decorated twice, or derived from a decorated class: the inner, or the derived, wins.
    setattr(cls, _MOCKS, (mock, *known) if stacked else (*known, mock))
    for name, (base, inner) in _inner_classes(cls).items():
        if base is cls or not mocks_of(inner):
            _decorate_inner(cls, name, base, inner, mock)
    if not stacked:
        _wrap_methods(cls)
        _wrap_subclasses(cls)


def mocks_of(cls: Any) -> tuple[Decorating, ...]:
    """Return the mocks of a class, the outermost first; none if it is not decorated."""
    mocks: tuple[Decorating, ...] = getattr(cls, _MOCKS, ())
    return mocks


@contextmanager
def class_run(cls: Any) -> Iterator[None]:
    """Keep the mocks of a class on while its tests run. An inner class without mocks is a savepoint."""
    blocks = [mock.block() for mock in mocks_of(cls)] or [STACK.savepoint()]
    with ExitStack() as stack:
        for block in blocks:
            stack.enter_context(block)
        yield


def _runs(cls: Any) -> bool:
    """Return whether one of the mocks of a class is on here."""
    level = STACK.current()
    owners = [] if level is None else [around.owner for around in level.around()]
    return any(mock is owner for mock in mocks_of(cls) for owner in owners)


def _decorate_inner(cls: Any, name: str, base: type, inner: Any, mock: Decorating) -> None:
    if base is not cls:
        # The base class is not decorated, and its inner class must stay as it is.
        body = {"__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.{name}"}
        inner = type(inner)(name, (inner,), body)
        setattr(cls, name, inner)
    decorate_class(inner, mock)


def _wrap_subclasses(cls: Any) -> None:
    inherit = vars(cls).get("__init_subclass__")

    def init_subclass(subclass: Any, /, **kwargs: Any) -> None:
        if inherit is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            inherit.__func__(subclass, **kwargs)
        _wrap_methods(subclass)
        for name, (base, inner) in _inner_classes(subclass).items():
            # The innermost first, as decorators are applied.
            for mock in reversed(mocks_of(subclass) if not mocks_of(inner) else ()):
                _decorate_inner(subclass, name, base, inner, mock)

    cls.__init_subclass__ = classmethod(init_subclass)


def _wrap_methods(cls: Any) -> None:
    for name, (base, found) in _attributes(cls).items():
        if not _is_method(base, name, found):
            continue
        descriptor = type(found) if isinstance(found, (staticmethod, classmethod)) else None
        function = found.__func__ if descriptor else found
        # Compare identity: functools.wraps may have copied the mark onto another function.
        if getattr(function, _WRAPPER, None) is function:
            continue
        isolate_examples(function)
        call = None if base is cls else _inherited(cls, name)
        call = run_of_machine(function) or call
        wrapped = wrap(function, _block_of(cls, name), call)
        setattr(wrapped, _WRAPPER, wrapped)
        setattr(cls, name, descriptor(wrapped) if descriptor else wrapped)


def _attributes(cls: type) -> dict[str, tuple[type, Any]]:
    """Return what a class has, and from which of its bases."""
    found: dict[str, tuple[type, Any]] = {}
    for base in cls.__mro__[:-1]:
        for name, value in vars(base).items():
            found.setdefault(name, (base, value))
    return found


def _is_method(base: type, name: str, value: Any) -> bool:
    """Return whether test runners, or tests, call an attribute of a test class."""
    if base.__module__.split(".")[0] == "unittest":
        return name in (*_RUN, "setUpClass")
    if name.startswith("_") or is_fixture(value):
        return False
    return inspect.isfunction(value.__func__ if isinstance(value, (staticmethod, classmethod)) else value)


def _inner_classes(cls: type) -> dict[str, tuple[type, Any]]:
    """Return the test classes that are defined in a class or its bases, not just named there."""
    return {
        name: (base, value)
        for name, (base, value) in _attributes(cls).items()
        if isinstance(value, type)
        and not name.startswith("_")
        and base.__module__.split(".")[0] != "unittest"
        and value.__qualname__ == f"{base.__qualname__}.{name}"
        and (is_unittest_case(value) or any(attribute.startswith("test") for attribute in dir(value)))
    }


def _inherited(cls: type, name: str) -> Function:
    """Return a function that calls what a class inherits under a name.

    It looks that up anew for each call: in a derived class it may be another one.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        method = getattr(super(cls, _owner_of(args, cls)), name)
        return method(*(args[1:] if inspect.ismethod(method) else args), **kwargs)

    return call


def _owner_of(args: tuple[Any, ...], cls: type) -> Any:
    """Return the instance or class on which a method was called; the class, for one that takes neither."""
    first = args[0] if args else None
    is_owner = issubclass(first, cls) if isinstance(first, type) else isinstance(first, cls)
    return first if is_owner else cls


def _block_of(cls: type, name: str) -> Block:
    """Return the block in which a method runs; its mocks are those of the class that runs it."""

    def block(args: tuple[Any, ...]) -> AbstractContextManager[Any]:
        owner = _owner_of(args, cls)
        if is_unittest_case(cls):
            if name == "setUpClass":
                return _begin_of_unittest(owner)
            if name in _RUN:
                return _block_of_test(owner)
        return nullcontext() if _runs(owner) else _call_alone(owner, name)

    return block


def _block_of_test(case: Any) -> AbstractContextManager[Any]:
    """Return the block for the life of a test of unittest; pytest's plugin may have begun its savepoint."""
    if not _runs(case):
        return class_run(type(case))
    return nullcontext() if STACK.is_at_savepoint() else _savepoint_of_test(case)


@contextmanager
def _savepoint_of_test(case: Any) -> Iterator[None]:
    """Undo the changes of a test of unittest. If one of its rules never fired, it fails."""

    def check_rules() -> None:
        if has_failed(case):
            STACK.mark_failed()
        if level is not None:
            level.check_rules()

    with STACK.savepoint() as level:
        # First of all, so that unittest calls it last.
        case.addCleanup(check_rules)
        yield


def _begin_of_unittest(cls: Any) -> AbstractContextManager[Any]:
    """Switch the mocks of a test case on until its own class cleanups are done; pytest may have done so."""
    if not _runs(cls):
        run = ExitStack()
        # First of all, so that unittest calls it last.
        cls.addClassCleanup(run.close)
        run.enter_context(class_run(cls))
    return nullcontext()


@contextmanager
def _call_alone(owner: Any, name: str) -> Iterator[None]:
    """Switch the mocks of a class on for one call of a method, outside of a test run."""
    world = _world_for(owner, name)
    with ExitStack() as stack:
        for mock in mocks_of(owner):
            stack.enter_context(mock.block(world))
        level = STACK.current()
        yield
        if level is not None and not name.startswith("test"):
            # The test that comes next finds the rules of its set-up.
            level.leave_rules()


def _world_for(owner: Any, name: str) -> World:
    """Return the world in which a method runs: that of its instance or class, or a new one."""
    if isinstance(owner, type):
        if _begins_anew(owner, name):
            # A static test: it has no instance to keep a world.
            return _branch(owner)
        return _kept_world(owner, None, anew=name in _SET_UP_CLASS)
    return _kept_world(owner, type(owner), anew=_begins_anew(type(owner), name))


def _begins_anew(cls: type, name: str) -> bool:
    """Return whether a method is a test's set-up, or the test itself if there is none."""
    if any(hasattr(cls, set_up) for set_up in _SET_UP):
        return name in _SET_UP
    return name.startswith("test")


def _kept_world(owner: Any, cls: type | None, *, anew: bool) -> World:
    world: World | None = None if anew else _attributes_of(owner).get(_WORLD)
    if world is None:
        world = _branch(cls)
        # An instance that takes no attributes finds nothing of its last call.
        with suppress(AttributeError, TypeError):
            setattr(owner, _WORLD, world)
    return world


def _attributes_of(owner: Any) -> Mapping[str, Any]:
    attributes: Mapping[str, Any] = getattr(owner, "__dict__", {})
    return attributes


def _branch(cls: type | None) -> World:
    """Return a branch of what a class keeps, else of the mock that is on; a new world if there is none."""
    from mock_s3vectors.world import World  # noqa: PLC0415 - not before a mock starts

    kept: World | None = vars(cls).get(_WORLD) if cls else None
    if kept is not None:
        return kept.branch()
    level = STACK.current()
    world = level.world.branch() if level else World()
    if level is None:
        load_state(STACK.defaults.state, world)
    for mock in mocks_of(cls):
        mock.fill(world)
    return world
