"""Methods that are replaced while a mock is on, and other code that replaces the same ones."""

from __future__ import annotations

import gc
import sys
import weakref
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.doors.patches import Patch
from mock_s3vectors.mocking.stack import STACK
from tests.activation.test_surroundings import surroundings
from tests.activation.world import create, names

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "library_made_for_a_test"


def theirs(_: object) -> str:
    return "theirs"


def surround(method: Callable[..., str]) -> Callable[..., str]:
    return lambda self: f"ours({method(self)})"


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class of a library that is loaded."""
    module: Any = ModuleType(NAME)
    module.Owner = type("Owner", (), {"method": theirs})
    monkeypatch.setitem(sys.modules, NAME, module)
    return module.Owner


@pytest.fixture
def patch() -> Patch:
    return Patch(NAME, "Owner", "method", surround)


def test_a_method_is_replaced_and_put_back(owner: Any, patch: Patch) -> None:
    for _ in range(2):
        patch.apply()
        assert owner().method() == "ours(theirs)"
        patch.undo()
        assert owner.method is theirs


def test_a_library_that_comes_later(owner: Any, patch: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[NAME]
    monkeypatch.delitem(sys.modules, NAME)
    patch.apply()
    assert owner().method() == "theirs"
    patch.renew(module)
    patch.renew(module)
    assert owner().method() == "ours(theirs)"
    patch.undo()
    assert owner.method is theirs
    patch.renew(module)
    assert owner.method is theirs


def test_a_library_that_is_unloaded_meanwhile(
    owner: Any, patch: Patch, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch.apply()
    monkeypatch.delitem(sys.modules, NAME)
    patch.undo()
    assert owner.method is theirs


@pytest.mark.parametrize("owned", [None, MagicMock(), type("Owner", (), {})])
def test_a_library_without_that_method(owner: Any, patch: Patch, owned: Any) -> None:
    assert owner
    vars(sys.modules[NAME])["Owner"] = owned
    patch.apply()
    patch.undo()
    assert vars(sys.modules[NAME])["Owner"] is owned


def test_somebody_elses_patch_around_ours(owner: Any, patch: Patch) -> None:
    patch.apply()
    ours = owner.method
    owner.method = lambda self: f"other({ours(self)})"
    patch.undo()
    assert owner().method() == "other(ours(theirs))"


def test_somebody_puts_ours_back_too_late(owner: Any, patch: Patch) -> None:
    """However often that happens, at most one method of ours is around theirs."""
    for _ in range(5):
        patch.apply()
        saved = owner.method
        owner.method = lambda _: "other"
        patch.undo()
        patch.apply()
        assert owner().method() == "ours(other)"
        owner.method = saved
        assert owner().method() == "ours(theirs)"
        patch.undo()
        assert owner.method is theirs


def test_a_method_that_is_gone_is_not_kept_alive(owner: Any, patch: Patch) -> None:
    def short_lived(_: object) -> str:
        return "short-lived"

    owner.method = short_lived
    patch.apply()
    patch.undo()
    gone = weakref.ref(short_lived)
    del short_lived
    owner.method = theirs
    patch.apply()
    patch.undo()
    gc.collect()
    assert gone() is None


def test_a_mock_that_cannot_start_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    apply, applied = Patch.apply, 0
    failing = None

    def apply_and_fail(patch: Patch) -> None:
        nonlocal applied
        apply(patch)
        applied += 1
        if applied == failing:
            raise ZeroDivisionError

    monkeypatch.setattr(Patch, "apply", apply_and_fail)
    before = surroundings()
    with mock_s3vectors():
        most = applied
    assert most > 1
    for failing in range(1, most + 1):  # noqa: B007 - `apply_and_fail` reads it
        applied = 0
        with pytest.raises(ZeroDivisionError):
            mock_s3vectors().start()
        assert not STACK
        assert surroundings() == before
    monkeypatch.undo()
    with mock_s3vectors():
        create("bucket")
        assert names() == ["bucket"]


def test_stand_ins_for_a_whole_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("requests.sessions", "requests.adapters", "botocore.httpsession", "aiobotocore.endpoint"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    with mock_s3vectors():
        create("bucket")
        assert names() == ["bucket"]
