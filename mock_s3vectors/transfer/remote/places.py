"""Servers and AWS as places: which vector buckets and indexes there are behind a client of boto3."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.remote.connecting import connect
from mock_s3vectors.transfer.remote.indexes import RemoteSink, RemoteSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.transfer.batches import Sink, Source
    from mock_s3vectors.transfer.places import Access, Address
    from mock_s3vectors.transfer.remote.connecting import RemoteClient


class RemotePlace:
    """A server or AWS, or a vector bucket or an index there."""

    is_gradual = True

    def __init__(self, address: Address, access: Access) -> None:
        self.address = address
        self._access = access
        self._clients: dict[tuple[str | None, str | None], RemoteClient] = {}

    def _client(self, location: Location | None = None) -> RemoteClient:
        """Return a client of the place, or of the Region and account of a location in it."""
        where = (None, None) if location is None else (location.region, location.account)
        if where not in self._clients:
            self._clients[where] = connect(self.address, self._access, *where)
        return self._clients[where]

    def buckets(self) -> list[Location]:
        """Return where the vector buckets are, also those without indexes.

        Raises:
            UsageError: there is none of this name, or the place cannot be read.
        """
        client, wanted = self._client(), self.address.location.bucket
        if wanted is not None:
            found = client.find("get_vector_bucket", vectorBucketName=wanted)
            if found is None:
                raise self._no_bucket(client, wanted)
            return [_location_of(found["vectorBucket"]["vectorBucketArn"])]
        pages = client.pages("list_vector_buckets", "vectorBuckets")
        return [_location_of(entry["vectorBucketArn"]) for page in pages for entry in page]

    def sources(self) -> Iterator[Source]:
        """Yield each index that the place names, in the order of names.

        Raises:
            UsageError: there is none of this name, or the place cannot be read.
        """
        bucket, index = self.address.location.bucket, self.address.location.index
        client = self._client()
        if bucket is not None and index is not None:
            found = client.find("get_index", vectorBucketName=bucket, indexName=index)
            if found is None:
                raise self._no_index(client, bucket, index)
            locations = [_location_of(found["index"]["indexArn"])]
        else:
            locations = [place for there in self.buckets() for place in _indexes(client, there)]
        self._announce("Reading from", client, next(iter(locations), None))
        for location in locations:
            yield RemoteSource(client, location)

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return an index to write to.

        On a server it is in the Region and account of the command, or those of the location; on AWS in those
        of the command, the profile, or the environment.
        """
        del resume  # an index with vectors can be written in either case
        client = self._client_of(location)
        return RemoteSink(client, location, partial(self._announce_writing, location))

    def destination(self, location: Location) -> Location:
        """Return where an index is that is written to a location, as far as it is known.

        Raises:
            UsageError: the place cannot be asked.
        """
        client = self._client_of(location)
        is_server = self.address.kind == "server"
        account = client.account if is_server else _account(client, location.bucket)
        return Location(location.bucket, location.index, account, client.region)

    def named(self, location: Location) -> str:
        """Return the name of an index: `AWS, account 111122223333, Region us-east-1: films/plots`.

        Raises:
            UsageError: the place cannot be asked, or AWS's account is another one than the command's.
        """
        if self.address.kind == "server":
            return f"{self.address.endpoint}/{location}"
        return self._at_aws(self._client(), location.account, str(location))

    def _client_of(self, location: Location) -> RemoteClient:
        return self._client(location if self.address.kind == "server" else None)

    def _at_aws(self, client: RemoteClient, account: str | None, name: str) -> str:
        """Return where something on AWS is.

        Raises:
            UsageError: the account is another one than the command's, or may be.
        """
        wanted = self._access.account
        if wanted is not None and account is None:
            raise UsageError(
                f"{self.address.text}: nothing tells whether the credentials are those of account {wanted}: "
                f"theirs has no vector buckets in Region {client.region}. Leave the account out, or make a "
                "vector bucket first."
            )
        if wanted not in (None, account):
            raise UsageError(
                f"{self.address.text}: the credentials are those of account {account}, and not of {wanted}."
            )
        who = f"account {account}" if account else "an account without vector buckets"
        at = "" if client.is_at_aws else f" at {client.endpoint}"
        return f"AWS{at}, {who}, Region {client.region}: {name}"

    def _announce(self, what: str, client: RemoteClient, there: Location | None) -> None:
        """Say what happens on AWS before it does."""
        if self.address.kind == "aws":
            account = there.account if there else _account(client, self.address.location.bucket)
            self._say(f"{what} {self._at_aws(client, account, str(self.address.location))}.")

    def _announce_writing(self, location: Location) -> None:
        """Say that an index on AWS is about to be changed."""
        if self.address.kind == "aws":
            self._say(f"Writing to {self.named(self.destination(location))}.")

    def _say(self, text: str) -> None:
        if self._access.notice is not None:
            self._access.notice(text)

    def _no_bucket(self, client: RemoteClient, wanted: str) -> UsageError:
        names = [
            entry["vectorBucketName"]
            for page in client.pages("list_vector_buckets", "vectorBuckets")
            for entry in page
        ]
        return UsageError(
            f"{self.address.text!r}: there is no vector bucket {wanted!r} in Region {client.region}."
            f"{near(wanted, names)} Vector buckets there: {', '.join(names) or 'none'}."
        )

    def _no_index(self, client: RemoteClient, bucket: str, wanted: str) -> UsageError:
        if client.find("get_vector_bucket", vectorBucketName=bucket) is None:
            return self._no_bucket(client, bucket)
        names = [str(place.index) for place in _indexes(client, Location(bucket))]
        return UsageError(
            f"{self.address.text!r}: there is no index {wanted!r} in vector bucket {bucket!r}."
            f"{near(wanted, names)} Indexes in it: {', '.join(names) or 'none'}."
        )


def _indexes(client: RemoteClient, bucket: Location) -> list[Location]:
    pages = client.pages("list_indexes", "indexes", vectorBucketName=bucket.bucket)
    return [_location_of(entry["indexArn"]) for page in pages for entry in page]


def _location_of(text: str) -> Location:
    arn = parse_arn(text)
    if arn is None:
        raise UsageError(f"The service has answered with {text!r}, which is no ARN of a bucket or an index.")
    return Location(arn.bucket, arn.index, arn.account, arn.region)


def _account(client: RemoteClient, bucket: str | None) -> str | None:
    """Return the account of a vector bucket or, if it does not exist, of others; None if there are none."""
    found = bucket and client.find("get_vector_bucket", vectorBucketName=bucket)
    if found:
        return _location_of(found["vectorBucket"]["vectorBucketArn"]).account
    page = client.call("list_vector_buckets", maxResults=1)["vectorBuckets"]
    return _location_of(page[0]["vectorBucketArn"]).account if page else None
