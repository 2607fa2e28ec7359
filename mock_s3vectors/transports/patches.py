"""Methods of other libraries that are ours while a mock is on, and theirs again afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors.transports.loading import WhenLoaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Method = Callable[..., Any]


@dataclass
class Patch:
    """One method, of a library that need not be loaded, nor installed.

    Attributes:
        module: where the class is defined.
        owner: the class.
        name: the method.
        wrap: makes ours from theirs. Ours must do as theirs does when no mock is on: whoever has
            patched the same method meanwhile may put ours back later than we took it away.
    """

    module: str
    owner: str
    name: str
    wrap: Callable[[Method], Method]
    _waiting: WhenLoaded | None = None
    # Kept, because a test may have unloaded the module before the mock ends.
    _class: Any = None
    _theirs: Method | None = None
    _ours: Method | None = None

    def apply(self) -> None:
        """Now, or as soon as the library is imported."""
        self._waiting = WhenLoaded(self.module, self._replace)

    def undo(self) -> None:
        """Put the library's own method back."""
        if self._waiting is not None:
            self._waiting.cancel()
        if self._class is not None and getattr(self._class, self.name) is self._ours:
            setattr(self._class, self.name, self._theirs)

    def _replace(self, module: ModuleType) -> None:
        owner = getattr(module, self.owner)
        theirs = getattr(owner, self.name)
        # Ours may be there still, where another patch has put it back.
        if theirs is not self._ours:
            self._class, self._theirs, self._ours = owner, theirs, self.wrap(theirs)
            setattr(owner, self.name, self._ours)
