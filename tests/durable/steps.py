"""Calls at random that change something, each with what clients must see when it was made.

A state is what clients see, as JSON values; those of a vector are one text, so that 1 is not 1.0.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from tests.durable.line import HOME, Line
from tests.support.helpers import POLICY, vector
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Client

State = dict[str, Any]

SHARED = {"vectorBucketName": "shared", "indexName": "shared"}
DIMENSION = 3
INDEX = {"dataType": "float32", "dimension": DIMENSION, "distanceMetric": "euclidean"}
# How many keys a writer has in each index, and how many it writes at once.
KEYS = 60
COUNTS = (1, 1, 2, 10, 50)
PLACES = (("us-east-1", HOME), ("eu-west-1", HOME), ("us-east-1", "111122223333"))
ACTIONS = ("s3vectors:GetVectors", "s3vectors:ListVectors")
MODE_NAMES = ("CLASSIC", "ENHANCED")
HAS_TAGS, HAS_MODES, HAS_TEXTS = has(*TAGS), has(*MODES), has(*TEXT_SEARCH)


@dataclass
class Step:
    """A call, and the state that it leads to."""

    about: str
    call: Callable[[], object]
    after: State


class Caller:
    """A maker of calls, with resources that nobody else touches.

    Attributes:
        number: that of the caller, by which its resources are named.
        region, account: where they are, but for its vectors in the index that all share.
        known: the state after all calls that were answered.
    """

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.region, self.account = PLACES[number]
        self.known: State = {"buckets": {}, "shared": {}, "identities": {}, "keys": {}}
        self._random = Random(seed + number)
        self._version = 0
        self._line: Line = None  # type: ignore[assignment] # until it meets a server
        self._client: Client = None
        self._shared: Client = None

    def meet(self, line: Line) -> None:
        """Turn to a new server."""
        self._line, self._shared = line, line.client
        self._client = line.client_at(self.region, self.account)

    def next_step(self) -> Step:
        """Return a call that can be made in the state that is known."""
        makes = [self._put_vectors, self._delete_vectors] * 5 + [
            self._put_shared,
            self._put_shared,
            self._delete_shared,
            self._create_bucket,
            self._delete_bucket,
            self._create_index,
            self._create_index,
            self._delete_index,
            self._put_policy,
            self._delete_policy,
            *([self._put_identity, self._put_key] * 2),
            self._delete_identity,
            self._delete_key,
            *([self._tag, self._tag, self._untag] if HAS_TAGS else []),
            *([self._set_default_mode, self._set_mode] if HAS_MODES else []),
            *([self._configure_texts, self._configure_texts] if HAS_TEXTS else []),
        ]
        step = None
        while step is None:
            self._version += 1
            step = self._random.choice(makes)()
        return step

    def _one_of(self, names: Any) -> Any:
        """Return any of them, None if there are none."""
        found = list(names)
        return self._random.choice(found) if found else None

    def _changed(self) -> State:
        return deepcopy(self.known)

    def _step(self, about: str, call: Any, after: State, **arguments: Any) -> Step:
        return Step(about, partial(call, **arguments), after)

    def _an_index(self) -> tuple[str, str] | None:
        buckets = self.known["buckets"]
        index: tuple[str, str] | None = self._one_of(
            (bucket, name) for bucket in buckets for name in buckets[bucket]["indexes"]
        )
        return index

    def _records(self, prefix: str = "") -> tuple[list[Any], State]:
        """Return records whose content is new, and what clients will see of them."""
        numbers = self._random.sample(range(KEYS), self._random.choice(COUNTS))
        text = "x" * self._random.choice((0, 10, 700))
        records = [
            vector(f"{prefix}{n}", [float(self._version), n + 0.5, 1.0], version=self._version, text=text)
            for n in numbers
        ]
        return records, {record["key"]: shown(record) for record in records}

    def _some_keys(self, vectors: State, prefix: str = "") -> list[str]:
        known = self._random.sample(sorted(vectors), min(len(vectors), self._random.choice(COUNTS)))
        return [*known, f"{prefix}unknown"]

    def _put_vectors(self) -> Step | None:
        place = self._an_index()
        if place is None:
            return None
        (bucket, name), after = place, self._changed()
        records, seen = self._records()
        after["buckets"][bucket]["indexes"][name]["vectors"].update(seen)
        about = f"a put of {sorted(seen)} into {bucket}/{name}"
        address = {"vectorBucketName": bucket, "indexName": name}
        return self._step(about, self._client.put_vectors, after, **address, vectors=records)

    def _delete_vectors(self) -> Step | None:
        place = self._an_index()
        if place is None:
            return None
        (bucket, name), after = place, self._changed()
        vectors = after["buckets"][bucket]["indexes"][name]["vectors"]
        keys = self._some_keys(vectors)
        for key in keys:
            vectors.pop(key, None)
        about = f"a deletion of {keys} in {bucket}/{name}"
        address = {"vectorBucketName": bucket, "indexName": name}
        return self._step(about, self._client.delete_vectors, after, **address, keys=keys)

    def _put_shared(self) -> Step:
        after = self._changed()
        records, seen = self._records(f"w{self.number}-")
        after["shared"].update(seen)
        about = f"a put of {sorted(seen)} into the shared index"
        return self._step(about, self._shared.put_vectors, after, **SHARED, vectors=records)

    def _delete_shared(self) -> Step:
        after = self._changed()
        keys = self._some_keys(after["shared"], f"w{self.number}-")
        for key in keys:
            after["shared"].pop(key, None)
        about = f"a deletion of {keys} in the shared index"
        return self._step(about, self._shared.delete_vectors, after, **SHARED, keys=keys)

    def _create_bucket(self) -> Step | None:
        after = self._changed()
        name = self._one_of({f"w{self.number}-{letter}" for letter in "ab"} - after["buckets"].keys())
        if name is None:
            return None
        tags = {"version": str(self._version)} if HAS_TAGS else {}
        mode = "CLASSIC" if HAS_MODES else None
        after["buckets"][name] = {"tags": tags, "policy": None, "mode": mode, "indexes": {}}
        tagged = {"tags": tags} if tags else {}
        create = self._client.create_vector_bucket
        return self._step(f"creating {name}", create, after, vectorBucketName=name, **tagged)

    def _delete_bucket(self) -> Step | None:
        after = self._changed()
        buckets = after["buckets"]
        name = self._one_of(name for name, bucket in buckets.items() if not bucket["indexes"])
        if name is None:
            return None
        del buckets[name]
        delete = self._client.delete_vector_bucket
        return self._step(f"deleting {name}", delete, after, vectorBucketName=name)

    def _create_index(self) -> Step | None:
        after = self._changed()
        bucket = self._one_of(after["buckets"])
        if bucket is None:
            return None
        indexes, mode = after["buckets"][bucket]["indexes"], after["buckets"][bucket]["mode"]
        name = self._one_of({"one", "two"} - indexes.keys())
        if name is None:
            return None
        tags = {"version": str(self._version)} if HAS_TAGS else {}
        indexes[name] = {"tags": tags, "mode": mode, "texts": [], "vectors": {}}
        settings = {**INDEX, **({"tags": tags} if tags else {})}
        create, about = self._client.create_index, f"creating {bucket}/{name}"
        return self._step(about, create, after, vectorBucketName=bucket, indexName=name, **settings)

    def _delete_index(self) -> Step | None:
        place = self._an_index()
        if place is None:
            return None
        (bucket, name), after = place, self._changed()
        del after["buckets"][bucket]["indexes"][name]
        delete, about = self._client.delete_index, f"deleting {bucket}/{name}"
        return self._step(about, delete, after, vectorBucketName=bucket, indexName=name)

    def _a_resource(self, after: State) -> tuple[str, State] | None:
        """Return the ARN and the state of a bucket or an index."""
        arn = f"arn:aws:s3vectors:{self.region}:{self.account}:bucket"
        resources = {}
        for name, bucket in after["buckets"].items():
            resources[f"{arn}/{name}"] = bucket
            for index in bucket["indexes"]:
                resources[f"{arn}/{name}/index/{index}"] = bucket["indexes"][index]
        chosen: tuple[str, State] | None = self._one_of(resources.items())
        return chosen

    def _tag(self) -> Step | None:
        after = self._changed()
        chosen = self._a_resource(after)
        if chosen is None:
            return None
        tags = {name: str(self._version) for name in self._random.sample("abcdefgh", 3)}
        chosen[1]["tags"].update(tags)
        tag, about = self._client.tag_resource, f"tagging {chosen[0]}"
        return self._step(about, tag, after, resourceArn=chosen[0], tags=tags)

    def _untag(self) -> Step | None:
        after = self._changed()
        chosen = self._a_resource(after)
        if chosen is None:
            return None
        names = self._random.sample("abcdefgh", 3)
        for name in names:
            chosen[1]["tags"].pop(name, None)
        untag, about = self._client.untag_resource, f"untagging {chosen[0]}"
        return self._step(about, untag, after, resourceArn=chosen[0], tagKeys=names)

    def _put_policy(self) -> Step | None:
        after = self._changed()
        name = self._one_of(after["buckets"])
        if name is None:
            return None
        policy = after["buckets"][name]["policy"] = f"{POLICY}{' ' * (self._version % 50)}"
        put, about = self._client.put_vector_bucket_policy, f"a policy for {name}"
        return self._step(about, put, after, vectorBucketName=name, policy=policy)

    def _delete_policy(self) -> Step | None:
        after = self._changed()
        name = self._one_of(after["buckets"])
        if name is None:
            return None
        after["buckets"][name]["policy"] = None
        delete, about = self._client.delete_vector_bucket_policy, f"deleting the policy of {name}"
        return self._step(about, delete, after, vectorBucketName=name)

    def _set_default_mode(self) -> Step | None:
        after = self._changed()
        name = self._one_of(after["buckets"])
        if name is None:
            return None
        mode = after["buckets"][name]["mode"] = self._random.choice(MODE_NAMES)
        put, about = self._client.put_vector_bucket_default_index_mode, f"{name}: {mode} by default"
        return self._step(about, put, after, vectorBucketName=name, defaultIndexMode=mode)

    def _set_mode(self) -> Step | None:
        place = self._an_index()
        if place is None:
            return None
        (bucket, name), after = place, self._changed()
        mode = after["buckets"][bucket]["indexes"][name]["mode"] = self._random.choice(MODE_NAMES)
        update, address = self._client.update_index_mode, {"vectorBucketName": bucket, "indexName": name}
        return self._step(f"{bucket}/{name}: {mode}", update, after, **address, indexMode=mode)

    def _configure_texts(self) -> Step | None:
        after = self._changed()
        place = self._one_of(
            (bucket, name)
            for bucket, settings in after["buckets"].items()
            for name, index in settings["indexes"].items()
            if index["mode"] == "ENHANCED"
        )
        if place is None:
            return None
        bucket, name = place
        texts = after["buckets"][bucket]["indexes"][name]["texts"]
        key = self._random.choice(("text", "plot"))
        change = "delete" if key in texts else "add"
        (texts.remove if key in texts else texts.append)(key)
        entry = {"metadataKey": key, **({} if change == "delete" else {"language": "en"})}
        arguments: Any = {change: {"textSearchConfigurations": [entry]}}
        update, about = self._client.update_metadata_configuration, f"{change} {key} in {bucket}/{name}"
        return self._step(about, update, after, vectorBucketName=bucket, indexName=name, **arguments)

    def _put_identity(self) -> Step:
        """A known user gets one more access key, and a policy for all of them."""
        after = self._changed()
        name = f"w{self.number}-{self._random.choice('ab')}"
        key = f"AKIA{self.number}{name[-1]}{self._random.randrange(3)}".ljust(20, "0")
        action = self._random.choice(ACTIONS)
        keys = {*after["identities"].get(name, {}), key}
        after["identities"][name] = {known: [action] for known in keys}
        policy = {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}
        document = {"user": name, "policy": policy, "access_key_id": key}
        call = partial(self._line.control, "POST", "/identities", document)
        return Step(f"user {name} with {key} and {action}", call, after)

    def _delete_identity(self) -> Step | None:
        after = self._changed()
        name = self._one_of(after["identities"])
        if name is None:
            return None
        del after["identities"][name]
        path = f"/identities/arn:aws:iam::{HOME}:user/{name}"
        return Step(f"deleting user {name}", partial(self._line.control, "DELETE", path), after)

    def _key_arn(self, name: str) -> str:
        return f"arn:aws:kms:us-east-1:{self.number:012}:key/{name}"

    def _put_key(self) -> Step:
        """A new key that is disabled at once, or a known one."""
        after = self._changed()
        arn, admits = self._key_arn(self._random.choice("abc")), self._random.random() < 0.5
        disable = self._random.random() < 0.5
        after["keys"][arn] = ["Disabled" if disable else "Enabled", admits]
        document = {"arn": arn, "disable" if disable else "enable": True, "admit_indexing": admits}
        call = partial(self._line.control, "POST", "/keys", document)
        return Step(f"key {arn}: {after['keys'][arn]}", call, after)

    def _delete_key(self) -> Step | None:
        after = self._changed()
        arn = self._one_of(after["keys"])
        if arn is None:
            return None
        del after["keys"][arn]
        return Step(f"deleting {arn}", partial(self._line.control, "DELETE", f"/keys/{arn}"), after)


def shown(record: Any) -> str:
    """Return what clients see of a vector."""
    return json.dumps([record["data"]["float32"], record.get("metadata")])
