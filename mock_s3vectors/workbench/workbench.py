"""The workbench, through which a test steers its mock: rules, the clock, the calls, the state."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, overload

from mock_s3vectors.config import check_path
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.workbench.savepoints import Savepoints
from mock_s3vectors.workbench.steered import LevelRules, calls_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from mock_s3vectors.exchange import Record
    from mock_s3vectors.messages import Disconnect
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.describe import Description
    from mock_s3vectors.workbench.explaining import Explanation
    from mock_s3vectors.workbench.iam import Iam
    from mock_s3vectors.workbench.kms import Kms
    from mock_s3vectors.workbench.rules import On, Rule
    from mock_s3vectors.workbench.steered import Steered
    from mock_s3vectors.workbench.usage import Usage
    from mock_s3vectors.workbench.verbs import Seconds
    from mock_s3vectors.workbench.views import IndexView, VectorBucketView
    from mock_s3vectors.world import Clock

# The documented requests of an index, and the vectors that AWS lets pass in a burst. Choice: rates-on-aws.
_REQUESTS_A_SECOND = 1_000
_VECTORS_A_SECOND = 6_250


class Workbench(Savepoints):
    """The methods by which a test steers a mock that is on, and sees what happens in it.

    They have calls fail, wait or get lost, move the time, list the calls, fill indexes and look inside. All
    that they set ends with the mock. An inner mock begins with the time and the rules of the outer one, and
    undoes its own changes.

    ================================== =====================================================================
    rules                              `on`, `fail`, `delay`, `disconnect`, `limit_as_on_aws`, `rules`
    calls                              `calls`, `assert_called`, `assert_not_called`, `explain`
    time                               `clock`
    permissions and keys               `iam`, `kms`
    contents                           `seed`, `bucket`, `index`, `describe`, `usage`
    going back                         `rollback`, `checkpoint`, `restore`
    files                              `save`, `load`
    ================================== =====================================================================
    """

    # The calls of the last time that it was on, and how many more there were; None if they are not known.
    _past: tuple[Sequence[Record], int] | None = None

    @abstractmethod
    def _level(self) -> Steered | None:
        """Return the mock that is steered, None if it is off."""

    def _steered(self, asked: str) -> Steered:
        """See `Savepoints`."""
        level = self._level()
        if level is None:
            raise UsageError(
                f"{asked} was used on a mock that is off: use it on the mock that is on, between its start() "
                "and stop() or inside its block. current_mock() returns it."
            )
        return level

    # --- rules ------------------------------------------------------------------------------

    def on(
        self,
        operation: str | Sequence[str] = "*",
        *,
        region: str | None = None,
        account: str | None = None,
        when: Callable[[Call], object] | None = None,
        **members: Any,
    ) -> On:
        """Select calls. A method of the returned object then makes a rule for them.

        `mock.on("PutVectors").fail("TooManyRequestsException", times=2)` makes a rule. Without one of `fail`,
        `delay`, `limit`, `disconnect` and `answer`, nothing happens.

        The newest rule that is about a call decides what becomes of it. After a delay, and within a limit,
        older rules look at the call too, and then those of the outer mocks.

        Args:
            operation: the name of an operation, several in a list, or `"*"` for all.
            region: the Region of the caller; None for any.
            account: the account of the caller, 12 digits; None for any.
            when: a function that takes the Call, and returns whether the rule is about it.
            **members: the values of parameters, by AWS's names: `indexName="plots"`. They are compared as
                `expected == actual`, so `unittest.mock.ANY` and `pytest.approx` work; None means absent.
                `vectorBucketName` and `indexName` also match what an ARN names.

        Raises:
            UsageError: the mock is off, or there is no such operation or member.

        Example:
            >>> rule = mock.on("QueryVectors", indexName="plots").fail("ServiceUnavailableException", times=1)
            >>> query = {"queryVector": {"float32": [3, 4]}, "topK": 1}
            >>> found = client.query_vectors(vectorBucketName="films", indexName="plots", **query)
            >>> found["vectors"], rule.hits  # botocore has called again
            ([{'key': 'alien'}], 1)
        """
        from mock_s3vectors.workbench.matching import Matcher  # noqa: PLC0415 - it loads botocore
        from mock_s3vectors.workbench.rules import On  # noqa: PLC0415 - the same

        level = self._steered("on()")
        conditions = {"region": region, "account": account, "when": when}
        return On(Matcher.of(operation, {**members, **conditions}), LevelRules(level))

    def fail(  # noqa: PLR0913 - those of `on` and `On.fail`
        self,
        operation: str | Sequence[str],
        code: str | int,
        message: str | None = None,
        *,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        seed: int | None = None,
        optional: bool = False,
        region: str | None = None,
        account: str | None = None,
        when: Callable[[Call], object] | None = None,
        **members: Any,
    ) -> Rule:
        """Have calls fail: short for `mock.on(operation, **members).fail(code, ...)`.

        Args:
            operation: see `on`.
            code: see `On.fail`.
            message: see `On.fail`.
            times: see `On`, as for `after`, `probability`, `seed` and `optional`.
            after: see `On`.
            probability: see `On`.
            seed: see `On`.
            optional: see `On`.
            region: see `on`.
            account: see `on`.
            when: see `on`.
            **members: see `on`.

        Returns:
            The rule.

        Raises:
            UsageError: the mock is off, or an argument is wrong.
        """
        on = self.on(operation, region=region, account=account, when=when, **members)
        return on.fail(
            code, message, times=times, after=after, probability=probability, seed=seed, optional=optional
        )

    def delay(  # noqa: PLR0913 - those of `on` and `On.delay`
        self,
        operation: str | Sequence[str],
        seconds: Seconds,
        *,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        seed: int | None = None,
        optional: bool = False,
        region: str | None = None,
        account: str | None = None,
        when: Callable[[Call], object] | None = None,
        **members: Any,
    ) -> Rule:
        """Have answers come later: short for `mock.on(operation, **members).delay(seconds, ...)`.

        Args:
            operation: see `on`.
            seconds: see `On.delay`.
            times: see `On`, as for `after`, `probability`, `seed` and `optional`.
            after: see `On`.
            probability: see `On`.
            seed: see `On`.
            optional: see `On`.
            region: see `on`.
            account: see `on`.
            when: see `on`.
            **members: see `on`.

        Returns:
            The rule.

        Raises:
            UsageError: the mock is off, or an argument is wrong.
        """
        on = self.on(operation, region=region, account=account, when=when, **members)
        return on.delay(
            seconds, times=times, after=after, probability=probability, seed=seed, optional=optional
        )

    def disconnect(  # noqa: PLR0913 - those of `on` and `On.disconnect`
        self,
        operation: str | Sequence[str],
        kind: Disconnect = "reset",
        *,
        applied: bool = False,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        seed: int | None = None,
        optional: bool = False,
        region: str | None = None,
        account: str | None = None,
        when: Callable[[Call], object] | None = None,
        **members: Any,
    ) -> Rule:
        """Have answers get lost: short for `mock.on(operation, **members).disconnect(kind, ...)`.

        Args:
            operation: see `on`.
            kind: see `On.disconnect`.
            applied: see `On.disconnect`.
            times: see `On`, as for `after`, `probability`, `seed` and `optional`.
            after: see `On`.
            probability: see `On`.
            seed: see `On`.
            optional: see `On`.
            region: see `on`.
            account: see `on`.
            when: see `on`.
            **members: see `on`.

        Returns:
            The rule.

        Raises:
            UsageError: the mock is off, or an argument is wrong.
        """
        on = self.on(operation, region=region, account=account, when=when, **members)
        return on.disconnect(
            kind,
            applied=applied,
            times=times,
            after=after,
            probability=probability,
            seed=seed,
            optional=optional,
        )

    def limit_as_on_aws(self) -> Rule:
        """Refuse calls that put or delete vectors faster than AWS allows, by the mock's clock.

        The rule lets 1,000 requests and 6,250 vectors a second pass for each index, and refuses others with
        TooManyRequestsException. AWS documents 2,500 vectors, but was seen to let bursts pass.

        Raises:
            UsageError: the mock is off.
        """
        return self.on(["PutVectors", "DeleteVectors"]).limit(
            requests=_REQUESTS_A_SECOND, vectors=_VECTORS_A_SECOND, per=1.0, optional=True
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that hold for calls of this mock, in the order in which they look at a call.

        The mock's own rules come first, the newest before the others, and then those of the mocks around it.

        Raises:
            UsageError: the mock is off.
        """
        from mock_s3vectors.workbench.rules import Rule  # noqa: PLC0415 - it loads botocore

        return tuple(rule for rule in self._steered("rules").world.rules.all() if isinstance(rule, Rule))

    # --- time -------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """The time of the mock, which can be moved, shifted and frozen.

        Raises:
            UsageError: the mock is off.
        """
        return self._steered("clock").world.clock

    # --- permissions ------------------------------------------------------------------------

    @property
    def iam(self) -> Iam:
        """Users and roles with policies, which are the keyword arguments of clients that act as they.

        Raises:
            UsageError: the mock is off.
        """
        from mock_s3vectors.workbench.iam import Iam  # noqa: PLC0415 - most tests ask no policies

        self._steered("iam")
        return Iam(self._steered)

    def explain(self, call: Call | Exception) -> Explanation:
        """Return why policies allowed or denied a call, in words: print it.

        It names the statement that decided, or the policies that lack one, and what in their statements is
        not about the call. If policies were not asked, it says why.

        Args:
            call: one of `mock.calls`, or the ClientError that a client of this mock raised.

        Returns:
            A text of several lines.

        Raises:
            UsageError: it is none of these, or this mock did not answer it.

        Example:
            >>> reader = mock.iam.user("reader").allow("GetIndex")
            >>> client = boto3.client("s3vectors", region_name="us-east-1", **reader)
            >>> _ = client.get_index(vectorBucketName="films", indexName="plots")
            >>> print(mock.explain(mock.calls.last))
            Policies allowed GetIndex.
            <BLANKLINE>
            caller:   arn:aws:iam::123456789012:user/reader
            ...
        """
        from mock_s3vectors.workbench.explaining import explain  # noqa: PLC0415 - it loads botocore

        return explain(call, self.calls)

    # --- keys -------------------------------------------------------------------------------

    @property
    def kms(self) -> Kms:
        """The KMS keys of the mock. `mock.kms.key()` makes one.

        Raises:
            UsageError: the mock is off.
        """
        from mock_s3vectors.workbench.kms import Kms  # noqa: PLC0415 - few tests need keys

        self._steered("kms")
        return Kms(self._steered)

    # --- state ------------------------------------------------------------------------------

    @overload
    def seed(
        self,
        bucket: str,
        index: str,
        vectors: ArrayLike | Sequence[ArrayLike] | os.PathLike[str],
        *,
        keys: Iterable[str] | None = None,
        metadata: Iterable[Mapping[str, Any] | None] | None = None,
        distance_metric: str | None = None,
        non_filterable_metadata_keys: Iterable[str] = (),
        text_search: Mapping[str, str | None] | Iterable[str] = (),
        region: str | None = None,
        account: str | None = None,
    ) -> IndexView: ...

    @overload
    def seed(
        self,
        path: str | os.PathLike[str],
        /,
        bucket: str,
        index: str,
        *,
        distance_metric: str | None = None,
        non_filterable_metadata_keys: Iterable[str] = (),
        text_search: Mapping[str, str | None] | Iterable[str] = (),
        region: str | None = None,
        account: str | None = None,
    ) -> IndexView: ...

    @overload
    def seed(
        self, path: str | os.PathLike[str], /, *, region: str | None = None, account: str | None = None
    ) -> IndexView | tuple[IndexView, ...]: ...

    def seed(self, *given: Any, **named: Any) -> Any:  # noqa: D417 - the arguments are those of the overloads
        """Put any number of vectors into an index at once, all or none, and return a view of it.

        The bucket and the index are created if they are missing. Vectors whose keys exist are overwritten.
        Everything is checked as the service checks it, except that there is no limit to the size of a
        request, and that no KMS key is asked. It is no call: `mock.calls` does not list it, and
        `mock.usage()` counts only what it stores.

        The vectors may come from a file: `mock.seed("films.jsonl", "films", "plots")`, or with its path in
        the place of `vectors`. It is a data file, `.jsonl`, `.npz` or `.parquet`, or an index of a state
        file, `"films.db::films/plots"`, which needs no names. The settings that the file knows need not be
        given. `mock.seed("films.db")` adds all buckets of a state file, in their Regions and accounts, with
        everything in them, and `mock.seed("films.db::films")` adds one; they return a tuple of views, one for
        each index.

        Args:
            bucket: the name of the vector bucket.
            index: the name of the index.
            vectors: an array of shape (n, d) of any type of real numbers, or a list of n vectors. An array of
                shape (0, d) makes an empty index.
            keys: n keys, one for each vector; None for "0", "1", and so on.
            metadata: n entries, a dict or None for each vector; None if no vector has any.
            distance_metric: `"cosine"` or `"euclidean"`. None: that of the index, or for a new one
                `"cosine"`. An index that exists must have the given one.
            non_filterable_metadata_keys: the keys of a new index that filters must not name.
            text_search: the metadata keys by which a new index can be searched for text, with the language
                of each, `{"plot": "en"}`, or without.
            region: None for the only Region in which the account has such a bucket, else for that of the
                environment, else us-east-1.
            account: 12 digits; None for that of the options.

        Raises:
            UsageError: the mock is off, the service would refuse this, or the file is bad; the text has the
                service's words, or names file and line.

        Example:
            >>> mock.seed("films", "scenes", [[1, 0], [0, 1]], metadata=[{"year": 1979}, None])
            <IndexView 'scenes' in 'films', us-east-1, account 123456789012: 2 vectors of 2 floats, ...>
        """
        from mock_s3vectors.workbench.seed_files import is_of_path  # noqa: PLC0415 - it loads numpy

        level = self._steered("seed()")
        if is_of_path(given, named):
            from mock_s3vectors.workbench.seed_paths import seed_path  # noqa: PLC0415 - it loads SQLite

            return seed_path(level.world, level.config, *given, **named)
        from mock_s3vectors.workbench.seeding import seed  # noqa: PLC0415 - it loads numpy

        return seed(level.world, level.config, *given, **named)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save all vector buckets with everything in them, identities and keys, of all accounts and Regions.

        The file is a SQLite database; the reference describes its tables, under "State file". `load`, and the
        option `state`, begin with it again. The calls, the rules and the clock are not saved.

        The file appears as a whole, in the place of one that was saved before: whatever interrupts this
        leaves that one as it was. Calls may go on meanwhile: the file has what was there at one moment.

        Args:
            path: the file. Something else than a saved state, or the state of a server, is not replaced.

        Raises:
            UsageError: the mock is off, or the file cannot be written.
        """
        from mock_s3vectors.storage.saving import save  # noqa: PLC0415 - it loads numpy and sqlite3

        check_path("path", path)
        save(self._steered("save()").world, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Drop all vector buckets, identities and keys, and begin again with those of a saved file.

        An inner mock undoes this when it ends. The calls, the rules and the clock stay. The file is not
        written, whatever happens in the mock.

        Args:
            path: the file.

        Raises:
            UsageError: the mock is off; or the file is missing, damaged, of another program or of a newer
                version. Then nothing has changed.

        Example:
            >>> mock.save("films.db")
            >>> _ = client.delete_index(vectorBucketName="films", indexName="plots")
            >>> mock.load("films.db")
            >>> mock.index("films", "plots").keys
            ('alien', 'brazil')
        """
        from mock_s3vectors.storage.loading import loaded  # noqa: PLC0415 - it loads numpy and sqlite3

        check_path("path", path)
        self._steered("load()").world.hold(loaded(path))

    def bucket(self, name: str, region: str | None = None, account: str | None = None) -> VectorBucketView:
        """Return a view of a vector bucket, as it is now.

        Args:
            name: the name of the bucket.
            region: None for the only Region in which the account has such a bucket, else for that of the
                environment, else us-east-1.
            account: 12 digits; None for that of the options.

        Raises:
            UsageError: the mock is off, or there is no such bucket; the text names those that exist.
        """
        from mock_s3vectors.workbench import views  # noqa: PLC0415 - it loads numpy

        level = self._steered("bucket()")
        return views.bucket(level.world, level.config, name, region, account)

    def index(
        self, bucket: str, index: str, region: str | None = None, account: str | None = None
    ) -> IndexView:
        """Return a view of an index, as it is now: its keys, vectors, metadata and settings.

        Args:
            bucket: the name of its vector bucket.
            index: the name of the index.
            region: see `bucket`.
            account: see `bucket`.

        Raises:
            UsageError: the mock is off, or there is no such index; the text names those that exist.
        """
        from mock_s3vectors.workbench import views  # noqa: PLC0415 - it loads numpy

        level = self._steered("index()")
        return views.index(level.world, level.config, bucket, index, region, account)

    def describe(self) -> Description:
        """Return a table of all vector buckets and indexes: print it, or show it in a notebook or with rich.

        Raises:
            UsageError: the mock is off.

        Example:
            >>> print(mock.describe())
            Account       Region     Bucket  Index  Vectors  Dimension  Metric  Mode  ...
            ------------  ---------  ------  -----  -------  ---------  ------  ----...
            123456789012  us-east-1  films   plots        2          2  cosine  ...
        """
        from mock_s3vectors.workbench.describe import describe  # noqa: PLC0415 - it loads numpy

        return describe(self._steered("describe()").world)

    def usage(self) -> Usage:
        """Return what calls used since the mock began, in the units that AWS bills by, without prices.

        Raises:
            UsageError: the mock is off.

        Example:
            >>> record = {"key": "dune", "data": {"float32": [8, 15]}}
            >>> _ = client.put_vectors(vectorBucketName="films", indexName="plots", vectors=[record])
            >>> mock.usage().put_requests, mock.usage().billed_put_bytes
            (1, 131072)
        """
        from mock_s3vectors.workbench.usage import usage_of  # noqa: PLC0415 - it loads numpy

        return usage_of(self._steered("usage()").world)

    # --- calls ------------------------------------------------------------------------------

    @property
    def calls(self) -> Calls:
        """The calls that have reached the mock since it began, every attempt, the oldest first.

        The list does not grow: ask for `mock.calls` again to see later calls. After the mock has ended, it
        has all calls until then. Calls that an inner mock answers are in the list of the inner mock, and in
        this one only if the inner mock is shared.

        Raises:
            UsageError: the mock has not been on yet, or it was on for a decorated function, which forgets
                its calls.
        """
        from mock_s3vectors.workbench.calls import Calls  # noqa: PLC0415 - it loads botocore

        level = self._level()
        if level is not None:
            return calls_of(level)
        if self._past is None:
            raise UsageError(
                "calls was used on a mock that is off: use it while the mock is on, or after its `with` "
                "block or its stop(). The calls of a decorated function are forgotten when it returns."
            )
        return Calls.of_records(*self._past)

    def keep_calls(self, level: Steered) -> None:
        """Keep the calls of a mock that ends."""
        self._past = level.world.journal.since(level.calls_before)

    def assert_called(
        self, operation: str | Sequence[str] = "*", times: int | None = None, **members: Any
    ) -> None:
        """Raise unless an operation was called, with these parameters; see `Calls.assert_called`.

        Args:
            operation: see `on`.
            times: how often; None for at least once.
            **members: the parameters; see `on`.

        Raises:
            AssertionError: it was not. The nearest calls are shown, with what differs.
            UsageError: calls were dropped, so nobody knows.
        """
        self.calls.assert_called(operation, times, **members)

    def assert_not_called(self, operation: str | Sequence[str] = "*", **members: Any) -> None:
        """Raise if an operation was called, with these parameters; see `Calls.assert_not_called`.

        Args:
            operation: see `on`.
            **members: the parameters; see `on`.

        Raises:
            AssertionError: it was. The calls are shown.
            UsageError: calls were dropped, so nobody knows.
        """
        self.calls.assert_not_called(operation, **members)


class BoundWorkbench(Workbench):
    """The workbench of whichever mock a function returns."""

    def __init__(self, level: Callable[[], Steered | None]) -> None:
        self._find_level = level

    def __repr__(self) -> str:
        return f"<the mock of a server that is {'on' if self._level() else 'off'}>"

    def _level(self) -> Steered | None:
        return self._find_level()
