"""One mocked S3 Vectors: everything that calls find, change and leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.world.clock import Clock
from mock_s3vectors.world.identities import Identities
from mock_s3vectors.world.journal import Journal
from mock_s3vectors.world.keys import Keys
from mock_s3vectors.world.rules import Rules
from mock_s3vectors.world.stores import Stores

if TYPE_CHECKING:
    from mock_s3vectors.world.following import Follower
    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key


class World:
    """A mocked S3 Vectors, which can be branched.

    Attributes:
        stores: the vector buckets of all accounts and Regions.
        clock: the time.
        journal: the last exchanges.
        rules: what a test has told it to do with calls.
        identities: the users and roles that a test has made.
        keys: the KMS keys that a test has made.
    """

    def __init__(
        self,
        stores: Stores | None = None,
        clock: Clock | None = None,
        rules: Rules | None = None,
        identities: Identities | None = None,
        keys: Keys | None = None,
    ) -> None:
        self.stores = Stores() if stores is None else stores
        self.clock = clock or Clock()
        self.journal: Journal[Any] = Journal()
        self.rules = rules or Rules()
        self.identities = Identities() if identities is None else identities
        self.keys = Keys() if keys is None else keys

    def branch(self) -> World:
        """Return a world that begins with all that this one has, and no exchanges.

        Changes of one are not seen in the other. They share their tables until one of them writes. The rules
        of this world, now and later, hold for calls of the other that meet none of its own. So do identities
        and keys.
        """
        return World(
            self.stores.copy(),
            self.clock.copy(),
            Rules(self.rules),
            Identities(self.identities),
            Keys(self.keys),
        )

    def __deepcopy__(self, _: object) -> World:
        """Return a branch: a copy of an object that keeps a world goes on by itself."""
        return self.branch()

    def savepoint(self) -> World:
        """Return a branch that misses what this world misses."""
        branch = self.branch()
        branch.stores.miss_as(self.stores)
        return branch

    def picture(self) -> World:
        """Return a world with the stores, identities and keys of one moment.

        Changes of this one do not reach it. It has a clock of its own, and no rules.
        """
        picture = World(self.stores.picture())
        picture.identities.hold(self.identities.all())
        picture.keys.hold(self.keys.all())
        return picture

    def hold(self, other: World) -> None:
        """Drop all stores, identities and keys, and hold those of another world instead.

        Changes of one are not seen in the other. Clock, journal and rules stay.
        """
        stores, identities, keys = other.stores.copy(), other.identities.all(), other.keys.all()
        with self.stores.left_alone(), self.identities.lock, self.keys.lock:
            self._tell(stores, identities, keys)
            self.stores.hold(stores)
            self.identities.hold(identities)
            self.keys.hold(keys)

    def checkpoint(self) -> World:
        """Return what this world holds now, for `restore`: stores, identities and keys of one moment.

        Changes of this world do not reach it. It costs the same however many vectors there are: they are
        shared until somebody writes.
        """
        point = World(self.stores.picture(), identities=self.identities.copy(), keys=self.keys.copy())
        point.stores.miss_as(self.stores)
        return point

    def restore(self, point: World) -> None:
        """Hold again what a checkpoint has, which stays as it is. Clock, journal, rules and meter go on.

        A call that goes on meanwhile changes what is dropped, or comes after this.

        Raises:
            ServiceError: a follower cannot note this. Nothing has changed then.
        """
        try:
            self._go_back_to(point)
        except ServiceError:  # of the follower, and nothing has changed
            raise
        except BaseException:
            # An interruption (Ctrl+C, a test's timeout) may have left it half done: do it once more.
            self._go_back_to(point)
            raise

    def _go_back_to(self, point: World) -> None:
        before = self.stores
        with before.left_alone(), self.identities.lock, self.keys.lock:
            stores = before.gone_back(point.stores)
            self._tell(stores, point.identities.own(), point.keys.own())
            # Calls that have begun may still make a store there.
            self.stores, before.follower = stores, None
            self.identities.take(point.identities)
            self.keys.take(point.keys)

    def drop(self, branch: World) -> None:
        """Note what is lost with a branch that has ended, for whoever looks for it here."""
        self.stores.drop(branch.stores)

    def clear(self) -> None:
        """Drop all vector buckets, of all accounts and Regions."""
        with self.stores.left_alone():
            self._tell(Stores(), None, None)
            self.stores.clear()

    def reset(self) -> None:
        """Drop all vector buckets, and identities and keys but those of the world that it branched off."""
        with self.stores.left_alone(), self.identities.lock, self.keys.lock:
            self._tell(Stores(), (), ())
            self.stores.clear()
            self.identities.drop()
            self.keys.drop()

    def follow(self, follower: Follower, held: World) -> None:
        """Hold what another world does, and tell a follower of all changes from now on.

        Identities and keys of the world that this one branched off stay behind those.

        Args:
            follower: knows what is held.
            held: nobody else uses it.
        """
        self.identities.tell = follower.changed_identities
        self.keys.tell = follower.changed_keys
        self.identities.hold(held.identities.all())
        self.keys.hold(held.keys.all())
        self.stores.follower = follower
        self.stores.hold(held.stores)

    def _tell(
        self, stores: Stores, identities: tuple[Identity, ...] | None, keys: tuple[Key, ...] | None
    ) -> None:
        if self.stores.follower is not None:
            self.stores.follower.replaced(stores, identities, keys)
