"""The service that a run asks: AWS, or anything that speaks its protocol at a URL, or the mock itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mock_s3vectors.doors.hosts import is_loopback
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.protocol.partitions import default_region
from mock_s3vectors.transfer.places import check_region

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_s3vectors.parity.gate import Gate

_KEY_VARIABLE = "AWS_ACCESS_KEY_ID"
_FAKE: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
_OWN_ENDPOINT: dict[str, Any] = {"ignore_configured_endpoint_urls": True}
# In seconds: an answer that takes longer is lost.
_CONNECT_TIMEOUT = 10
_READ_TIMEOUT = 30
# How often botocore sends a request of a fact.
_ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service to ask.

    Attributes:
        region: the Region that calls are signed for.
        endpoint: its URL; None for AWS's own.
        session: a session of boto3, whose credentials sign the calls.
        keys: credentials to use instead.
        secrets: the texts that must not get into a report, and what stands for each there.
    """

    region: str
    endpoint: str | None
    session: Any
    keys: dict[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the service in a report, which names no server."""
        return f"AWS {self.region}" if self.endpoint is None else "a server"

    @property
    def needs_confirmation(self) -> bool:
        """Whether asking may cost somebody something: all that is not on this machine."""
        return self.endpoint is None or not is_loopback(urlsplit(self.endpoint).hostname or "")

    def title(self) -> str:
        """Return who is asked, for the one who asks: the URL, or the account that pays, and the Region."""
        return f"{self.endpoint or f'AWS account {self._account()}'}, Region {self.region}"

    def _account(self) -> str:
        """Return the account of the credentials, by AWS STS."""
        try:
            client = self.session.client("sts", region_name=self.region)
            account: str = client.get_caller_identity()["Account"]
        except (BotoCoreError, ClientError):
            return "unknown (AWS STS did not say)"
        return account

    def client(self, gate: Gate, *, attempts: int = _ATTEMPTS, **settings: Any) -> Any:
        """Return a client whose requests pass a gate.

        Args:
            gate: the gate.
            attempts: how often botocore sends a request that fails for now.
            **settings: more for botocore's `Config`.
        """
        options: dict[str, Any] = {
            "retries": {"mode": "standard", "total_max_attempts": attempts},
            "connect_timeout": _CONNECT_TIMEOUT,
            "read_timeout": _READ_TIMEOUT,
            # The environment may name a server, to which neither AWS nor the mock must yield.
            "ignore_configured_endpoint_urls": self.endpoint is None,
            **({} if self.needs_confirmation else {"proxies": {}}),
            **settings,
        }
        config = Config(**options)
        client = self.session.client(
            "s3vectors", region_name=self.region, endpoint_url=self.endpoint, config=config, **self.keys
        )
        gate.watch(client)
        return client


def target_of(*, endpoint: str | None, region: str | None, profile: str | None) -> Target:
    """Return the service that options name.

    Args:
        endpoint: the URL of a server; None for AWS.
        region: the Region; None for that of the profile or the environment.
        profile: the profile of AWS's configuration to call with; None for that of the environment.

    Raises:
        UsageError: there is no such profile, or, for AWS, there are no credentials or no Region.
    """
    if region is not None:
        check_region(region)
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        return _of_server(session, endpoint, profile) if endpoint is not None else _of_aws(session)
    except (BotoCoreError, ValueError) as error:
        raise UsageError(str(error)) from None


def _of_server(session: Any, endpoint: str, profile: str | None) -> Target:
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise UsageError(f"{endpoint!r} is no URL of a server: write it as in http://127.0.0.1:7380.")
    has_credentials = profile is not None or bool(os.environ.get(_KEY_VARIABLE))
    # The name of the host by itself may be a word of another text, unless it has dots.
    hosts = {name: "<server>" for name in (parts.netloc, parts.hostname) if set(name) & set(".:")}
    return Target(
        region=session.region_name or default_region(),
        endpoint=f"{parts.scheme}://{parts.netloc}",
        session=session,
        keys={} if has_credentials else _FAKE,
        secrets={**hosts, **(_secrets_of(session) if has_credentials else {})},
    )


def _of_aws(session: Any) -> Target:
    region = session.region_name or os.environ.get("AWS_REGION")
    if not region:
        raise UsageError(
            "Nothing says in which Region of AWS to ask: give --region, or set AWS_DEFAULT_REGION."
        )
    if session.get_credentials() is None:
        raise UsageError(
            "There are no credentials for AWS: give --profile, or set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY. A server that needs none is named by --endpoint-url."
        )
    configured, own = (
        session.client("s3vectors", region_name=region, config=config).meta.endpoint_url
        for config in (None, Config(**_OWN_ENDPOINT))
    )
    if configured != own:
        raise UsageError(
            f"The environment or the profile sends calls of S3 Vectors to {configured}. To ask that server, "
            "give --endpoint-url with its URL; to ask AWS, remove AWS_ENDPOINT_URL, "
            "AWS_ENDPOINT_URL_S3VECTORS or the endpoint_url of the profile."
        )
    return Target(region=region, endpoint=None, session=session, keys={}, secrets=_secrets_of(session))


def _secrets_of(session: Any) -> dict[str, str]:
    """Return the parts of the credentials, and what stands for each in a report."""
    credentials = session.get_credentials()
    if credentials is None:
        return {}
    frozen = credentials.get_frozen_credentials()
    parts = {frozen.access_key: "<access key>", frozen.secret_key: "<secret>", frozen.token: "<token>"}
    return {text: replacement for text, replacement in parts.items() if text}


def target_of_mock() -> Target:
    """Return the mock that is on in this process."""
    return Target(region="us-east-1", endpoint=None, session=boto3.Session(**_FAKE), keys=_FAKE)
