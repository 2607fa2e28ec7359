"""What is read from other libraries' insides."""

from __future__ import annotations

import sys


def is_unittest_case(cls: type) -> bool:
    """Return whether a class is a test case of unittest."""
    return _is_derived_from(cls, "unittest", "TestCase")


def is_state_machine(cls: type) -> bool:
    """Return whether a class is a state machine of Hypothesis."""
    return _is_derived_from(cls, "hypothesis.stateful", "RuleBasedStateMachine")


def is_fixture(target: object) -> bool:
    """Return whether pytest made this of a function, in its newer or its older way."""
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def _is_derived_from(cls: type, module: str, base: str) -> bool:
    """Return whether a class has a base of a module that need not be loaded."""
    found = getattr(sys.modules.get(module), base, None)
    return isinstance(found, type) and issubclass(cls, found)
