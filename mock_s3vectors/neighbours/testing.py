"""unittest, pytest and Hypothesis, seen from inside."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from mock_s3vectors.neighbours.loaded import find, is_derived_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Function = Callable[..., Any]


# --- unittest -------------------------------------------------------------------------------------


def is_unittest_case(cls: type) -> bool:
    """Return whether a class is derived from `unittest.TestCase`, which is public but need not be loaded."""
    return is_derived_from(cls, "unittest", "TestCase")


def has_failed(case: object) -> bool:
    """Return whether the test that a `unittest.TestCase` runs has failed so far, or was skipped.

    It is asked in a clean-up of the test. By then `_outcome` knows of a failure that was expected, and the
    result has been told of others: `_outcome.result`. Python 3.10 tells it later, and keeps them in
    `_outcome` itself, with None for each part of the test that has not failed.
    """
    outcome = getattr(case, "_outcome", None)
    result = getattr(outcome, "result", None)
    told = [entry for kind in _FAILED for where in (outcome, result) for entry in getattr(where, kind, ())]
    tests = [getattr(test, "test_case", test) for test, what in told if what is not None]
    return getattr(outcome, "expectedFailure", None) is not None or any(test is case for test in tests)


_FAILED = ("errors", "failures", "skipped")


# --- pytest ---------------------------------------------------------------------------------------


def is_fixture(target: object) -> bool:
    """Return whether `@pytest.fixture` made an object.

    From pytest 8.4 on that is a `FixtureFunctionDefinition`, before a function with `_pytestfixturefunction`.
    """
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def fixture_names(item: object) -> list[str] | None:
    """Return the names of the fixtures that pytest will make for a test, in order.

    An item has them as `fixturenames`. Return None if it has none, as items that other plugins collect.
    """
    found: list[str] | None = getattr(item, "fixturenames", None)
    return found


def set_fixture_names(item: Any, names: Iterable[str]) -> None:
    """Have pytest make these fixtures for a test, in this order.

    The list is a new one, because the items of a parametrized test share one.
    """
    item.fixturenames = list(names)


def is_shared_fixture(item: object, name: str) -> bool:
    """Return whether a fixture that a test asks for lives longer than the test.

    `_fixtureinfo.name2fixturedefs` of an item has the fixtures of each name; the last one counts.
    """
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return name in known and known[name][-1].scope != "function"


# --- Hypothesis -----------------------------------------------------------------------------------


def is_state_machine(cls: type) -> bool:
    """Return whether a class is a state machine of Hypothesis.

    `hypothesis.stateful.RuleBasedStateMachine` is public; nobody has derived from it while it is not loaded.
    """
    return is_derived_from(cls, "hypothesis.stateful", "RuleBasedStateMachine")


def has_examples(function: object) -> bool:
    """Return whether Hypothesis made a function, with `@given`, that calls a test once for each example.

    Such a function has a true `is_hypothesis_test`, and the test itself as `hypothesis.inner_test`.
    """
    return _is_of_hypothesis(function) and hasattr(getattr(function, "hypothesis", None), "inner_test")


def inner_test(function: Any) -> Function:
    """Return the test that a function for which `has_examples` holds calls once for each example."""
    found: Function = function.hypothesis.inner_test
    return found


def wrap_examples(function: Any, wrap: Callable[[Function], Function]) -> None:
    """Replace the inner test of a function for which `has_examples` holds.

    Hypothesis documents `hypothesis.inner_test` for plugins that run async tests. The function itself stays,
    so that `@settings`, `@example` and others work above it and below it.

    Args:
        function: changed in place.
        wrap: makes the new inner test from the old one.
    """
    function.hypothesis.inner_test = wrap(function.hypothesis.inner_test)


def machine_of(function: Any) -> Any:
    """Return the state machine that a method `runTest` runs, None for every other function.

    Hypothesis makes a test case of each machine. Its `runTest` has a true `is_hypothesis_test`, and the
    machine as `_hypothesis_state_machine_class`. In 6.100 it has the machine only as `cls`, a variable of
    its closure.
    """
    if not _is_of_hypothesis(function) or has_examples(function):
        return None
    of_closure = inspect.getclosurevars(function).nonlocals.get("cls")
    return getattr(function, "_hypothesis_state_machine_class", of_closure)


def run_machine(machine: Any, settings: Any) -> None:
    """Run a state machine as Hypothesis does, which is loaded because there is a machine.

    `hypothesis.stateful.run_state_machine_as_test` is public.
    """
    find("hypothesis.stateful", "run_state_machine_as_test")(machine, settings=settings)


def _is_of_hypothesis(function: object) -> bool:
    # Compared, because a mock of `unittest.mock` has every attribute.
    return getattr(function, "is_hypothesis_test", False) is True
