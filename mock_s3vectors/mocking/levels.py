"""A mock that is on, with all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.config import Config
    from mock_s3vectors.world import World


class Level:
    """A mock that is on, or was.

    Attributes:
        owner: the object that switched it on.
        config: the options that hold in it.
        outer: the level around it; None for an outermost one.
        shares: whether its calls change the world of the level around it.
        is_ambient: whether mocks that begin in unrelated threads or tasks nest inside it: True if it began in
            the main thread and outside any event loop, so that nothing ran beside it.
    """

    def __init__(
        self, owner: object, config: Config, world: World, outer: Level | None, *, is_ambient: bool
    ) -> None:
        self.owner = owner
        self.config = config
        self.outer = outer
        self.shares = outer is not None and outer.holds(world)
        self.is_ambient = is_ambient
        self._world: World | None = world

    @property
    def world(self) -> World:
        """What its calls find and change.

        Raises:
            UsageError: the mock has ended, and dropped its world.
        """
        if self._world is None:
            raise UsageError(
                "The mock ended before it had answered this call, and the request was not sent anywhere. "
                "Let calls return before their mock ends: join threads, await tasks and shut executors "
                "down while it is on."
            )
        return self._world

    def holds(self, world: World) -> bool:
        """Return whether a world is that of this level."""
        return self._world is world

    def end(self) -> None:
        """Drop the world: contexts may know the level much longer."""
        self._world = None

    def around(self) -> Iterator[Level]:
        """Yield this level, the one around it, and so on to the outermost."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.outer
