"""Acting on modules, mostly those of other libraries, as soon as somebody else imports them.

Modules of this package are loaded once, as long as the package itself stays: a test that puts `sys.modules`
back drops those that were first imported in it, and their state with them, such as the mocks that are on.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
import threading
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Action = Callable[[ModuleType], None]


def act_when_loaded(*actions: tuple[str, Action]) -> None:
    """Call actions with their modules: now for a module that is loaded, and each time one is loaded later.

    A module is loaded again if its import failed, if it is reloaded, or if a test has restored `sys.modules`.

    Args:
        *actions: names of modules, each with the action for it.
    """
    finder = next((other for other in sys.meta_path if isinstance(other, _Finder)), None)
    if finder is None:
        finder = _Finder()
        sys.meta_path.insert(0, finder)
    finder.add(actions)
    for name, action in actions:
        if name in sys.modules:
            # Another thread may still be importing it; this waits until the module is complete.
            action(importlib.import_module(name))


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the other finders find a module, and has the module's loader act on it afterwards.

    It stays in `sys.meta_path` for good. If it were removed, another thread's import that walks the same list
    would skip the next finder, and miss modules that exist.
    """

    def __init__(self) -> None:
        # Replaced as a whole, since other threads read it.
        self._actions: dict[str, tuple[Action, ...]] = {}
        self._asking = threading.local()

    def add(self, actions: Sequence[tuple[str, Action]]) -> None:
        """Act on more modules, or in more ways; what was added first acts first."""
        known = dict(self._actions)
        for name, action in actions:
            known[name] = (*known.get(name, ()), action)
        self._actions = known

    def find_spec(
        self, name: str, _path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        dropped = None if target else _dropped(name)
        if dropped is not None:
            return ModuleSpec(name, _GivesBack(dropped))
        if name not in self._actions or getattr(self._asking, "others", False):
            return None
        self._asking.others = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asking.others = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._actions[name])
        return spec


class _Loader(importlib.abc.Loader):
    """Loads a module with its own loader, which the module keeps, and then acts on it."""

    def __init__(self, loader: importlib.abc.Loader, actions: Sequence[Action]) -> None:
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


_OURS = f"{__package__}."


def _dropped(name: str) -> ModuleType | None:
    """Return a module of this package that `sys.modules` has lost; None if it has not been loaded yet."""
    package, _, child = name.rpartition(".")
    if not name.startswith(_OURS) or package not in sys.modules:
        return None
    found = vars(sys.modules[package]).get(child)
    return found if isinstance(found, ModuleType) and found.__name__ == name else None


class _GivesBack(importlib.abc.Loader):
    """Loads a module by giving it back as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 - as Python calls it
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # Python has replaced it.
        module.__spec__ = self._spec
