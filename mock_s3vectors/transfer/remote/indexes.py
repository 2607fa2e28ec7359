"""Indexes behind a client of boto3: on a server, or on AWS.

All reading is listing, by segments side by side, in bounded memory; the order of the vectors is that in which
pages come. Calls that are refused for now are repeated, more slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH, Settings
from mock_s3vectors.transfer.remote.connecting import RefusedCallError
from mock_s3vectors.transfer.remote.side_by_side import CallThreads, side_by_side
from mock_s3vectors.transfer.remote.wire import batch_of, bodies
from mock_s3vectors.transfer.settings import check_agree, creation_params

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from typing_extensions import Self

    from mock_s3vectors.transfer.batches import Batch, Location
    from mock_s3vectors.transfer.remote.connecting import RemoteClient
    from mock_s3vectors.transfer.remote.pacing import Pace

# As many as the service has at most.
_SEGMENTS = 16
# How many pages may be there that nobody has taken yet, each of at most 1 MB of vectors.
_PAGES_AHEAD = 20
_LONGEST_PAGE = 1_000
# How many calls that write are under way together: each takes 500 vectors, and AWS 2,500 a second.
_WRITES = 4


def _settings_of(index: dict[str, Any]) -> Settings:
    """Return the settings that GetIndex answers with."""
    configuration = index.get("metadataConfiguration", {})
    texts = configuration.get("textSearchConfigurations", ())
    return Settings(
        dimension=index["dimension"],
        distance_metric=index["distanceMetric"],
        non_filterable_keys=tuple(configuration.get("nonFilterableMetadataKeys", ())),
        text_search={text["metadataKey"]: text.get("language") for text in texts},
        mode=index.get("indexMode"),
    )


def _listed(
    client: RemoteClient, location: Location, pace: Pace, **wanted: bool
) -> list[Iterator[list[dict[str, Any]]]]:
    """Return the pages of each segment of an index."""
    names: dict[str, Any] = {"vectorBucketName": location.bucket, "indexName": location.index}
    return [
        client.pages(
            "list_vectors",
            "vectors",
            pace,
            **names,
            segmentCount=_SEGMENTS,
            segmentIndex=segment,
            maxResults=_LONGEST_PAGE,
            **wanted,
        )
        for segment in range(_SEGMENTS)
    ]


class RemoteSource:
    """An index on a server or on AWS.

    Attributes:
        client: makes the calls.
        location: where the index is.
    """

    def __init__(self, client: RemoteClient, location: Location) -> None:
        self.client = client
        self.location = location

    def settings(self) -> Settings:
        """Return the settings of the index.

        Raises:
            UsageError: it cannot be read any more.
        """
        names: dict[str, Any] = {"vectorBucketName": self.location.bucket, "indexName": self.location.index}
        return _settings_of(self.client.call("get_index", **names)["index"])

    def count(self) -> int | None:
        """Return None: only listing the index tells."""
        return None

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors.

        Raises:
            UsageError: the index cannot be read any more.
        """
        pace = self.client.new_pace()
        segments = _listed(self.client, self.location, pace, returnData=True, returnMetadata=True)
        pages = side_by_side(list(map(_as_batches, segments)), ahead=_PAGES_AHEAD, end=pace.end)
        for page in pages:
            for start in range(0, len(page), BATCH):
                yield page.part(start, start + BATCH)


def _as_batches(pages: Iterator[list[dict[str, Any]]]) -> Iterator[Batch]:
    return map(batch_of, filter(None, pages))


class RemoteSink:
    """An index on a server or on AWS to write to. Some calls are under way together."""

    def __init__(self, client: RemoteClient, location: Location, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._client = client
        self._location = location
        self._names: dict[str, Any] = {"vectorBucketName": location.bucket, "indexName": location.index}
        self._pace = self._client.new_pace()
        self._threads: CallThreads | None = None
        self._known: set[str] | None = None

    def __enter__(self) -> Self:
        self._threads = CallThreads(_WRITES)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        threads, self._threads = self._threads, None
        if threads is None:
            return
        try:
            if kind is None:
                threads.wait()
        finally:
            # After an error or an interruption, calls that are refused for now are not repeated.
            self._pace.end()
            threads.close()

    def check(self, settings: Settings) -> bool:
        """Return whether the index is there already.

        Raises:
            UsageError: it does not fit, or cannot be made.
        """
        found = self._client.find("get_index", **self._names)
        if found is None:
            creation_params(settings)
            self._known = set()
            return False
        check_agree(settings, _settings_of(found["index"]), str(self._location))
        return True

    def prepare(self, settings: Settings) -> None:
        """Make the index and its vector bucket if they are missing, or check that the index fits.

        Raises:
            UsageError: it does not fit, or the service refuses to make it.
        """
        self._announce()
        if self.check(settings):
            return
        params = creation_params(settings)
        bucket: dict[str, Any] = {"vectorBucketName": self._location.bucket}
        if self._client.find("get_vector_bucket", **bucket) is None:
            self._client.call("create_vector_bucket", **bucket)
        self._client.call("create_index", **self._names, **params)

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that the index had when this was first asked; it remembers all."""
        if self._known is None:
            pace = self._client.new_pace()
            segments = _listed(self._client, self._location, pace)
            pages = side_by_side(segments, ahead=_PAGES_AHEAD, end=pace.end)
            self._known = {record["key"] for page in pages for record in page}
        return self._known.intersection(keys)

    def write(self, batch: Batch) -> None:
        """Write a batch, in several requests if it is too large for one; the index has all of each, or none.

        Raises:
            UsageError: the service refuses a vector of this batch or, as requests are under way together, of
                one before it.
        """
        if self._threads is None:
            raise RuntimeError("an index is written in a `with` block")
        for part, body in bodies(batch, self._location):
            self._threads.make(self._put, part, body)

    def _put(self, part: Batch, body: bytes) -> None:
        try:
            self._client.call("put_vectors", self._pace, **self._names, vectors=body)
        except RefusedCallError as refusal:
            if refusal.code != "ValidationException":
                raise
            raise UsageError(_named(part, refusal.message)) from None


def _named(part: Batch, message: str) -> str:
    """Return the text of a refusal that names the file and line of the vector, if it is about one."""
    for row, key in enumerate(part.keys):
        start = f"Invalid record for key '{key}': "
        if message.startswith(start):
            return f"{part.row_named(row)}: {message.removeprefix(start)}."
    return f"{part.named()}: {message}"
