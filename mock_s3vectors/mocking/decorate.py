"""Decorating with a mock: what may be decorated, and how each kind of target is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.classes import decorate_class
from mock_s3vectors.mocking.functions import wrap
from mock_s3vectors.mocking.property_tests import wrap_examples
from mock_s3vectors.neighbours import has_examples, is_fixture

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mock_s3vectors.mocking.functions import Decorating


Target = TypeVar("Target", bound=Callable[..., Any])


def decorate(target: Target, mock: Decorating, of: str) -> Target:
    """Return a function that runs its target with a mock on; a class or a property test is changed in place.

    Args:
        target: a function of any kind, or a class.
        mock: what is switched on.
        of: the name of the decorator.

    Raises:
        UsageError: the target cannot be decorated.
    """
    _check_target(target, of)
    if inspect.isclass(target):
        decorate_class(target, mock)
        return target

    def block(_args: tuple[Any, ...]) -> AbstractContextManager[None]:
        return mock.block()

    if has_examples(target):
        wrap_examples(target, block)
        return target
    decorated: Any
    if isinstance(target, (staticmethod, classmethod)):
        decorated = type(target)(decorate(target.__func__, mock, of))
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
    if is_fixture(target):
        raise UsageError(f"@{of} is above @pytest.fixture: put it below, on the function.")
    if callable(target) or isinstance(target, (staticmethod, classmethod)):
        return
    if isinstance(target, Mapping):
        raise UsageError(f"{of} was given {target!r}: did you mean {of}(**options)?")
    if hasattr(target, "__get__"):
        raise UsageError(f"@{of} is above a {type(target).__name__}: put it below, on the function.")
    raise UsageError(
        f"{of} was given {target!r}: it decorates functions and classes, and its options have names, as in "
        f'{of}(account_id="111122223333").'
    )
