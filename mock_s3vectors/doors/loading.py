"""Acting on modules of other libraries as soon as somebody imports them, without importing them."""

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


def act_when_loaded(*actions: tuple[str, Action]) -> None:
    """Call actions with their modules: now for a module that is loaded, and each time one is loaded later.

    A module is loaded again if its import failed, if it is reloaded, or if a test has restored `sys.modules`.

    Args:
        *actions: names of modules, each with the action for it.
    """
    sys.meta_path.insert(0, _Finder(actions))
    for name, action in actions:
        if name in sys.modules:
            # Another thread may still be importing it; this waits until the module is complete.
            action(importlib.import_module(name))


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the other finders find a module, and has the module's loader act on it afterwards.

    It stays in `sys.meta_path` for good. If it were removed, another thread's import that walks the same list
    would skip the next finder, and miss modules that exist.
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
    """Loads a module with its own loader, which the module keeps, and then acts on it."""

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
