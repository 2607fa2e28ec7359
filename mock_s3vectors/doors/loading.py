"""Acting on modules of somebody else's as soon as they are imported, without importing them."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Action = Callable[[ModuleType], None]


def whenever_loaded(*actions: tuple[str, Action]) -> None:
    """Do something with a module now if it is loaded, and each time after it has been.

    It may be loaded again, because its import failed, it was reloaded, or a test has put `sys.modules` back.

    Args:
        *actions: names of modules, each with what is to be done with it.
    """
    sys.meta_path.insert(0, _Finder(actions))
    for name, action in actions:
        if name in sys.modules:
            # Another thread may be in the middle of it; this waits until it is whole.
            action(importlib.import_module(name))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing itself, and has the loaders of certain modules do something more.

    It stays where it is for good: were it taken out, another thread's import that walks the same list
    would miss the next finder, and with it modules that exist.
    """

    def __init__(self, actions: Sequence[tuple[str, Action]]) -> None:
        self._actions = actions
        self._names = {name for name, _ in actions}
        self._asking = threading.local()

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._names or getattr(self._asking, "others", False):
            return None
        self._asking.others = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asking.others = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, [action for of, action in self._actions if of == name])
        return spec


class _Loader(importlib.abc.Loader):
    """Loads a module as another loader does, which the module keeps, and then acts."""

    def __init__(self, loader: importlib.abc.Loader, actions: list[Action]) -> None:
        self._loader = loader
        self._actions = actions

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for action in self._actions:
            action(module)
