"""Writers, each of which knows what clients must see of its own resources.

A writer has the state that acknowledged calls have left, and during a call the one that it leads to. After a
kill, one of the two must be there.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from tests.durable.line import LOST, Unavailable
from tests.durable.steps import HAS_TAGS, Caller, State, Step, shown
from tests.support.helpers import pages_of

if TYPE_CHECKING:
    from tests.support.helpers import Client


class Writer(Caller):
    """A writer of one client.

    Attributes:
        step: the call whose answer is missing; None if there is none.
        acknowledged: how many calls were answered.
        carried_out, dropped: how many of the calls without an answer were carried out, or were not.
        is_refused: whether the last call was answered with ServiceUnavailableException.
        is_writing: whether it goes on to make calls.
        fault: an error that is no consequence of a kill.
    """

    def __init__(self, number: int, seed: int) -> None:
        super().__init__(number, seed)
        self.step: Step | None = None
        self.acknowledged = self.carried_out = self.dropped = 0
        self.is_refused = self.is_writing = False
        self.fault: Exception | None = None

    def write(self, calls: int | None = None) -> None:
        """Make so many calls, one after the other, or until one is refused, or has no answer."""
        self.is_refused, self.is_writing = False, True
        try:
            for _ in count() if calls is None else range(calls):
                self.step = self.next_step()
                self.step.call()
                self.known, self.step = self.step.after, None
                self.acknowledged += 1
        except LOST:
            return
        except (Unavailable, self._client.exceptions.ServiceUnavailableException):
            self.step, self.is_refused = None, True
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is about to fail of it
            self.fault = error
        finally:
            self.is_writing = False

    def compare(self, shared: State) -> None:
        """Look at what is there, and know it from now on.

        Args:
            shared: the vectors of all writers in the index that they share.
        """
        seen = self._seen(shared)
        about = "nothing"
        if self.step is not None:
            about = self.step.about
            if seen == self.step.after != self.known:
                self.carried_out += 1
                self.known = seen
            else:
                self.dropped += 1
            self.step = None
        assert seen == self.known, (
            f"Writer {self.number}, of whose calls {about} has no answer: "
            f"{'; '.join(differences(self.known, seen)[:10])}"
        )

    # --- what is there

    def _seen(self, shared: State) -> State:
        own = f"w{self.number}-"
        identities: State = {}
        for found in self._line.control("GET", "/identities")["identities"]:
            if found.get("user", "").startswith(own):
                actions = [policy["Statement"]["Action"] for policy in found["policies"]]
                identities.setdefault(found["user"], {})[found["access_key_id"]] = actions
        return {
            "buckets": {
                bucket["vectorBucketName"]: self._seen_bucket(bucket)
                for page in pages_of(self._client.list_vector_buckets, prefix=own)
                for bucket in page["vectorBuckets"]
            },
            "shared": {key: value for key, value in shared.items() if key.startswith(own)},
            "identities": identities,
            "keys": {
                key["arn"]: [key["state"], key["admits_indexing"]]
                for key in self._line.control("GET", "/keys")["keys"]
                if key["arn"].startswith(self._key_arn(""))
            },
        }

    def _seen_bucket(self, summary: Any) -> State:
        name = {"vectorBucketName": summary["vectorBucketName"]}
        bucket = self._client.get_vector_bucket(**name)["vectorBucket"]
        try:
            policy = self._client.get_vector_bucket_policy(**name)["policy"]
        except self._client.exceptions.NotFoundException:
            policy = None
        indexes = self._client.list_indexes(**name)["indexes"]
        return {
            "tags": self._tags(bucket["vectorBucketArn"]),
            "policy": policy,
            "mode": bucket.get("defaultIndexMode"),
            "indexes": {index["indexName"]: self._seen_index(index) for index in indexes},
        }

    def _seen_index(self, summary: Any) -> State:
        address = {"vectorBucketName": summary["vectorBucketName"], "indexName": summary["indexName"]}
        index = self._client.get_index(**address)["index"]
        texts = index.get("metadataConfiguration", {}).get("textSearchConfigurations", [])
        return {
            "tags": self._tags(index["indexArn"]),
            "mode": index.get("indexMode"),
            "texts": [text["metadataKey"] for text in texts],
            "vectors": vectors_in(self._client, address),
        }

    def _tags(self, arn: str) -> Any:
        return self._client.list_tags_for_resource(resourceArn=arn)["tags"] if HAS_TAGS else {}


def vectors_in(client: Client, address: dict[str, str]) -> State:
    """Return what clients see of the vectors of an index, by key."""
    listed = {"returnData": True, "returnMetadata": True, "maxResults": 1000}
    return {
        record["key"]: shown(record)
        for page in pages_of(client.list_vectors, **address, **listed)
        for record in page["vectors"]
    }


def differences(expected: Any, seen: Any, place: str = "") -> list[str]:
    """Return where two states differ, and how."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        missing = object()
        return [
            line
            for name in {**expected, **seen}
            if expected.get(name, missing) != seen.get(name, missing)
            for line in differences(expected.get(name), seen.get(name), f"{place}/{name}")
        ]
    return [f"{place} is {str(seen)[:80]}, and was {str(expected)[:80]}"]
