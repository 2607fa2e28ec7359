"""Property tests: Hypothesis calls a test many times, and no example sees the changes of another one."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_s3vectors import neighbours
from mock_s3vectors.mocking.functions import wrap
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from mock_s3vectors.mocking.functions import Block, Function

_ISOLATED = "_mock_s3vectors_isolated"
_SAVEPOINT = "_mock_s3vectors_savepoint"


def wrap_examples(function: Any, block: Block) -> None:
    """Have each example of a function that `@given` made run inside a block; strategies draw outside it."""
    neighbours.wrap_examples(function, partial(wrap, block=block))


def isolate_examples(test: Any) -> None:
    """Have each example of a Hypothesis test begin with the state before the first one.

    This leaves any other test alone.
    """
    if not neighbours.has_examples(test):
        return
    inner = neighbours.inner_test(test)
    # Marked, because a method is met once for each class that inherits it. The mark is the function itself,
    # because a decorator may copy it onto a function of its own.
    if getattr(inner, _ISOLATED, None) is not inner:
        wrap_examples(test, lambda _: STACK.savepoint())
        isolated = neighbours.inner_test(test)
        setattr(isolated, _ISOLATED, isolated)


def run_of_machine(function: Any) -> Function | None:
    """Return a `runTest` that isolates the runs of a state machine, to replace its test case's.

    Args:
        function: any method of a test class; for one that does not run a state machine, return None.
    """
    machine: Any = neighbours.machine_of(function)
    if machine is None:
        return None

    def init(self: Any) -> None:
        with ExitStack() as stack:
            stack.enter_context(STACK.savepoint())
            machine.__init__(self)
            vars(self)[_SAVEPOINT] = stack.pop_all()

    def teardown(self: Any) -> None:
        with vars(self)[_SAVEPOINT]:
            machine.teardown(self)

    body = {"__module__": machine.__module__, "__qualname__": machine.__qualname__}
    isolated = type(machine)(machine.__name__, (machine,), {**body, "__init__": init, "teardown": teardown})

    def run(test_case: Any) -> None:
        neighbours.run_machine(isolated, test_case.settings)

    return run
