"""Actions that run when a module is loaded, tried with a module made for these tests."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.loading import act_when_loaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

NAME = "module_made_for_a_test"
SOURCE = """
class Whole: ...
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the module, replacing it; after the test, undo everything that imports have changed."""
    monkeypatch.syspath_prepend(tmp_path)
    # Without our own finder, which would keep the actions of these tests.
    finders = [finder for finder in sys.meta_path if type(finder).__module__ != act_when_loaded.__module__]
    monkeypatch.setattr(sys, "meta_path", finders)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setitem(sys.modules, NAME, None)
    del sys.modules[NAME]

    def write(source: str) -> None:
        (tmp_path / f"{NAME}.py").write_text(source)
        importlib.invalidate_caches()

    write(SOURCE)
    return write


@pytest.fixture
def seen(write: Callable[[str], None]) -> list[type]:  # noqa: ARG001 - there is a module first
    """Return a list that gets the class in the module each time that the module is loaded."""
    return []


@pytest.fixture
def watch(seen: list[type]) -> Callable[[], None]:
    def note(module: ModuleType) -> None:
        seen.append(module.Whole)

    return lambda: act_when_loaded((NAME, note))


def load() -> Any:
    return importlib.import_module(NAME)


def test_a_module_that_is_loaded_later(watch: Callable[[], None], seen: list[type]) -> None:
    watch()
    assert seen == []
    module = load()
    assert seen == [module.Whole]
    load()
    assert len(seen) == 1


def test_a_module_that_is_loaded_already(watch: Callable[[], None], seen: list[type]) -> None:
    module = load()
    watch()
    assert seen == [module.Whole]


def test_a_module_that_is_looked_for_first(watch: Callable[[], None], seen: list[type]) -> None:
    watch()
    for _ in range(2):
        assert importlib.util.find_spec(NAME) is not None
    assert seen == []
    load()
    assert len(seen) == 1


def test_a_module_that_is_loaded_again(watch: Callable[[], None], seen: list[type]) -> None:
    watch()
    module = load()
    importlib.reload(module)
    del sys.modules[NAME]
    load()
    assert len(seen) == len(set(seen)) == 3


def test_a_module_that_cannot_be_loaded_at_first(
    watch: Callable[[], None], seen: list[type], write: Callable[[str], None]
) -> None:
    watch()
    write("1 / 0")
    with pytest.raises(ZeroDivisionError):
        load()
    assert seen == []
    write(SOURCE)
    load()
    assert len(seen) == 1


def test_a_module_that_does_not_exist(watch: Callable[[], None], tmp_path: Path) -> None:
    watch()
    (tmp_path / f"{NAME}.py").unlink()
    importlib.invalidate_caches()
    with pytest.raises(ModuleNotFoundError):
        load()


def test_a_module_keeps_its_own_loader(watch: Callable[[], None]) -> None:
    watch()
    module = load()
    assert inspect.getsource(module) == SOURCE
    for loader in (module.__loader__, module.__spec__.loader):
        assert "mock_s3vectors" not in type(loader).__module__
    assert copy.copy(module.__spec__.loader) is not None


def test_two_watchers_of_one_module(seen: list[type], watch: Callable[[], None]) -> None:
    watch()
    watch()
    module = load()
    assert seen == [module.Whole] * 2


@pytest.mark.usefixtures("write")
def test_two_actions_for_one_module() -> None:
    done: list[str] = []
    act_when_loaded((NAME, lambda _: done.append("one")), (NAME, lambda _: done.append("other")))
    load()
    assert done == ["one", "other"]


def test_a_module_that_another_thread_is_loading(
    watch: Callable[[], None], seen: list[type], write: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The action waits for it, because an incomplete module may lack what the action needs."""
    begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(threading, "of_a_test", (begun, go_on), raising=False)
    write("import threading\nbegun, go_on = threading.of_a_test\nbegun.set()\ngo_on.wait(20)\n" + SOURCE)
    loading = threading.Thread(target=load)
    loading.start()
    assert begun.wait(20)
    watching = threading.Thread(target=watch)
    watching.start()
    go_on.set()
    loading.join()
    watching.join()
    assert set(seen) == {load().Whole}


def test_mocks_leave_the_finders_where_they_are() -> None:
    """A finder that comes or goes makes the imports of other threads miss the next one."""
    before, finders = sys.meta_path, list(sys.meta_path)
    with mock_s3vectors():
        assert sys.meta_path is before
        assert sys.meta_path == finders
    assert sys.meta_path == finders
