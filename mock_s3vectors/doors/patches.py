"""Replacing a method of another library while a mock is on, and putting it back afterwards."""

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
    """One method of a library, which need not be loaded, nor installed.

    Other code may patch the same method, before us or after us, and put back what it found at any time, even
    if that is our method. So ours does as the library's own when no mock is on, and is recognised when met
    again.
    """

    def __init__(self, module: str, owner: str, name: str, wrap: Callable[[Any], Method]) -> None:
        """Describe a patch without applying it.

        Args:
            module: the module that defines the class.
            owner: the class.
            name: the method.
            wrap: makes our method from the one that it finds.
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
        """Replace the method if the library is loaded; if it is loaded later, call `renew` then."""
        self._on = True
        module = sys.modules.get(self.module)
        if module is not None:
            self.renew(module)

    def undo(self) -> None:
        """Put back the method that ours replaced."""
        with self._lock:
            self._on = False
            for owner in self._patched:
                method = vars(owner)[self._name]
                setattr(owner, self._name, self._theirs.get(method, method))
            self._patched.clear()

    def renew(self, module: ModuleType) -> None:
        """Replace the method in a module that has just been loaded, if a mock is on."""
        owner = getattr(module, self._owner, None)
        with self._lock:
            # If not, the module is a stand-in, of a release without the method, or still loading; then the
            # loader calls this again.
            if self._on and isinstance(owner, type) and self._name in vars(owner):
                method = vars(owner)[self._name]
                ours = self._ours(self._theirs.get(method, method))
                # Noted first, because `undo` must know of it if an interruption comes between the two.
                if owner not in self._patched:
                    self._patched.append(owner)
                setattr(owner, self._name, ours)

    def _ours(self, theirs: Method) -> Method:
        """Return our method around theirs, the same one as last time if theirs is the same."""
        if self._newest is None or self._theirs[self._newest] is not theirs:
            ours = self._wrap(theirs)
            self._theirs[ours] = theirs
            self._newest = ours
        return self._newest
