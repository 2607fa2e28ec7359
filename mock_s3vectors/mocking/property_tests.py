"""Property tests: Hypothesis calls a test many times, and no example sees the changes of another one.

This module imports nothing from Hypothesis. It knows functions and classes of Hypothesis by their attributes.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from mock_s3vectors.mocking.functions import wrap
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from mock_s3vectors.mocking.functions import Block, Function

_ISOLATED = "_mock_s3vectors_isolated"
_SAVEPOINT = "_mock_s3vectors_savepoint"


def has_examples(function: object) -> bool:
    """Return whether `@given` of Hypothesis made the function, which calls a test once for each example."""
    made = getattr(function, "is_hypothesis_test", False) is True
    return made and hasattr(getattr(function, "hypothesis", None), "inner_test")


def wrap_examples(function: Any, block: Block) -> None:
    """Have each example of a function for which `has_examples` holds run inside a block.

    Hypothesis has the attribute `inner_test` for this purpose. The function stays the same, so that
    `@settings`, `@example` and others work above it and below it. Strategies draw outside the block.
    """
    function.hypothesis.inner_test = wrap(function.hypothesis.inner_test, block)


def isolate_examples(test: Any) -> None:
    """Have each example of a Hypothesis test begin with the state before the first one.

    This leaves any other test alone.
    """
    if not has_examples(test):
        return
    inner = test.hypothesis.inner_test
    # Marked, because a method is met once for each class that inherits it. The mark is the function itself,
    # because a decorator may copy it onto a function of its own.
    if getattr(inner, _ISOLATED, None) is not inner:
        wrap_examples(test, lambda _: STACK.savepoint())
        isolated = test.hypothesis.inner_test
        setattr(isolated, _ISOLATED, isolated)


def run_of_machine(function: Any) -> Function | None:
    """Return a `runTest` that isolates the runs of a state machine, to replace its test case's.

    Args:
        function: any method of a test class; for one that does not run a state machine, return None.
    """
    if getattr(function, "is_hypothesis_test", False) is not True or has_examples(function):
        return None
    # Older releases of Hypothesis lack this attribute.
    of_closure = inspect.getclosurevars(function).nonlocals.get("cls")
    machine: Any = getattr(function, "_hypothesis_state_machine_class", of_closure)
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
        stateful: Any = sys.modules["hypothesis.stateful"]
        stateful.run_state_machine_as_test(isolated, settings=test_case.settings)

    return run
