"""Methods of other libraries that are ours while a mock is on, and theirs again afterwards."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Method = Callable[..., Any]


class Patch:
    """One method, of a library that need not be loaded, nor installed.

    Others may patch the same method, before us or after us, and put back what they found at any time: so
    ours does as theirs does when no mock is on, and is known wherever it is met again.
    """

    def __init__(self, module: str, owner: str, name: str, wrap: Callable[[Any], Method]) -> None:
        """Nothing yet.

        Args:
            module: where the class is defined.
            owner: the class.
            name: the method.
            wrap: makes ours from theirs.
        """
        self.module = module
        self._owner = owner
        self._name = name
        self._wrap = wrap
        self._on = False
        self._lock = new_lock()
        # Kept, because a test may have unloaded the module before the mock ends.
        self._patched: list[type] = []
        self._newest: Method | None = None
        self._theirs: WeakKeyDictionary[Method, Method] = WeakKeyDictionary()

    def apply(self) -> None:
        """Now if the library is loaded; if it comes later, `renew` is to be called."""
        self._on = True
        module = sys.modules.get(self.module)
        if module is not None:
            self.renew(module)

    def undo(self) -> None:
        """Put the library's own method back."""
        with self._lock:
            self._on = False
            for owner in self._patched:
                method = vars(owner)[self._name]
                setattr(owner, self._name, self._theirs.get(method, method))
            self._patched.clear()

    def renew(self, module: ModuleType) -> None:
        """Apply it to a module that has just been loaded, if a mock is on."""
        owner = getattr(module, self._owner, None)
        with self._lock:
            # Else it is a test's stand-in, a release that has no such method, or half loaded and comes again.
            if self._on and isinstance(owner, type) and self._name in vars(owner):
                method = vars(owner)[self._name]
                ours = self._ours(self._theirs.get(method, method))
                # Noted first: an interruption between the two must not hide it from `undo`.
                self._patched.append(owner)
                setattr(owner, self._name, ours)

    def _ours(self, theirs: Method) -> Method:
        if self._newest is None or self._theirs[self._newest] is not theirs:
            ours = self._wrap(theirs)
            self._theirs[ours] = theirs
            self._newest = ours
        return self._newest
