"""Clients of servers and of AWS: whose credentials sign their calls, in which Region, and how calls fail."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.protocol.partitions import default_region
from mock_s3vectors.transfer.remote.pacing import Pace
from mock_s3vectors.transfer.remote.wire import quicken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.transfer.places import Access, Address

_FAKE = "testing"
_KEY_VARIABLE = "AWS_ACCESS_KEY_ID"
# More than the threads of a copy that has its source and its target here.
_CONNECTIONS = 32


class RefusedCallError(UsageError):
    """A call that a server or AWS has refused.

    Attributes:
        code: the code of the error, such as `NotFoundException`.
        message: its text.
    """

    def __init__(self, place: str, error: ClientError) -> None:
        details = error.response["Error"]
        self.code, self.message = details["Code"], details["Message"]
        super().__init__(f"{place}: {error.operation_name} was refused. {self.code}: {self.message}")


class RemoteClient:
    """A client of S3 Vectors on a server or on AWS; its connections close when nobody uses it any more.

    Attributes:
        account: the account that the access key names; None if it is another key.
        region: the Region that calls are signed for.
        endpoint: the URL that is called.
    """

    def __init__(self, client: Any, address: Address, account: str | None = None) -> None:
        self.account = account
        self.region: str = client.meta.region_name
        self.endpoint: str = client.meta.endpoint_url
        self._client = client
        self._text = address.text
        quicken(client)
        weakref.finalize(self, client.close)

    @property
    def is_at_aws(self) -> bool:
        """Whether the endpoint is one of AWS's own, and none that the environment names."""
        return (urlsplit(self.endpoint).hostname or "").startswith(("s3vectors.", "s3vectors-fips."))

    def new_pace(self) -> Pace:
        """Return a pace for some calls."""
        return Pace(self._text)

    def call(self, operation: str, pace: Pace | None = None, **params: Any) -> Any:
        """Call an operation, by the name of the client's method.

        Raises:
            RefusedCallError: it is refused.
            UsageError: nobody answers, or something else than S3 Vectors, or there are no valid credentials.
        """
        try:
            answer = (pace or self.new_pace()).call(getattr(self._client, operation), **params)
        except ClientError as error:
            raise RefusedCallError(self._text, error) from None
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise UsageError(f"{self._text}: nobody answers there. {error}") from None
        except BotoCoreError as error:
            raise UsageError(f"{self._text}: {error}") from None
        self._check(operation, answer)
        return answer

    def _check(self, operation: str, answer: dict[str, Any]) -> None:
        """Raise unless an answer has the members that all answers have.

        Raises:
            UsageError: it lacks one.
        """
        name = self._client.meta.method_to_api_mapping[operation]
        lacking = _lacking(self._client.meta.service_model.operation_model(name).output_shape, answer)
        if lacking is not None:
            raise UsageError(
                f"{self._text}: the answer to {name} has no {lacking}, so it is half an answer, or not one "
                "of S3 Vectors. Is the address right?"
            )

    def find(self, operation: str, **params: Any) -> Any:
        """Call an operation; return None if what it names does not exist.

        Raises:
            UsageError: see `call`.
        """
        try:
            return self.call(operation, **params)
        except RefusedCallError as refusal:
            if refusal.code == "NotFoundException":
                return None
            raise

    def pages(
        self, operation: str, member: str, pace: Pace | None = None, **params: Any
    ) -> Iterator[list[Any]]:
        """Yield the pages of a list, also those that are empty before others.

        Raises:
            UsageError: see `call`.
        """
        token: dict[str, str] = {}
        while True:
            page = self.call(operation, pace, **params, **token)
            yield page[member]
            if not page.get("nextToken"):
                return
            token = {"nextToken": page["nextToken"]}


def _lacking(shape: Any, answer: dict[str, Any]) -> str | None:
    """Return the first member that a structure must have and an answer has not."""
    if shape is None:
        return None
    for name in shape.required_members:
        if name not in answer:
            return str(name)
        member = shape.members[name]
        lacking = _lacking(member, answer[name]) if member.type_name == "structure" else None
        if lacking is not None:
            return lacking
    return None


def connect(address: Address, access: Access, region: str | None, account: str | None) -> RemoteClient:
    """Return a client of a place.

    Args:
        address: the place.
        access: what the command says of it.
        region: where to look, unless the command names a Region; for a server only.
        account: whose indexes to look at, unless somebody else's credentials are there; for a server only.

    Raises:
        UsageError: there is no such profile and, for AWS, there are no credentials, or no Region.
    """
    try:
        session = boto3.Session(profile_name=access.profile, region_name=access.region)
        if address.kind == "aws":
            return RemoteClient(_of_aws(session, address), address)
        own = _account_of(access, account)
        client = _of_server(session, address, access, _region_of(session, access, region), own)
        return RemoteClient(client, address, own)
    except (BotoCoreError, ValueError) as error:
        raise UsageError(f"{address.text}: {error}") from None


def _region_of(session: Any, access: Access, region: str | None) -> str:
    """Return the Region to look in on a server, which has all of them."""
    of_profile = session.region_name if access.profile is not None else None
    return access.region or region or of_profile or default_region()


def _account_of(access: Access, account: str | None) -> str | None:
    """Return the account that calls of a server are signed for; None if other credentials decide."""
    return access.account or (None if _has_credentials(access) else account)


def _has_credentials(access: Access) -> bool:
    return access.profile is not None or os.environ.get(_KEY_VARIABLE, "") not in ("", _FAKE)


def _of_server(session: Any, address: Address, access: Access, region: str, account: str | None) -> Any:
    """Return a client of a server, which may be a mock: an access key of 12 digits is an account there."""
    own = account or (None if _has_credentials(access) else _FAKE)
    keys = {} if own is None else {"aws_access_key_id": own, "aws_secret_access_key": _FAKE}
    # A server is near, so no proxy is asked; and it is known at once if there is none.
    config = Config(max_pool_connections=_CONNECTIONS, proxies={}, retries={"total_max_attempts": 1})
    return session.client(
        "s3vectors",
        endpoint_url=address.endpoint,
        region_name=region,
        config=config,
        **keys,
    )


def _of_aws(session: Any, address: Address) -> Any:
    region = session.region_name or os.environ.get("AWS_REGION")
    if not region:
        raise UsageError(
            f"{address.text} is on AWS, and nothing says in which Region: give --region, or a profile that "
            "has one."
        )
    if session.get_credentials() is None:
        raise UsageError(
            f"{address.text} is on AWS, and there are no credentials: give --profile, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    return session.client("s3vectors", region_name=region, config=Config(max_pool_connections=_CONNECTIONS))
