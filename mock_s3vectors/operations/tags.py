"""TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import errors, limits
from mock_s3vectors.arns import parse_arn
from mock_s3vectors.operations.addressing import lookup_index, lookup_vector_bucket, store_of

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.operations.call import Call, Params, Result
    from mock_s3vectors.state import Index, Store, VectorBucket

_SYSTEM = "aws:"


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """The tags themselves, if a resource may have them.

    Raises:
        ValidationException: too many of them, or a key that is reserved for AWS.
    """
    for key in tags:
        if key.startswith(_SYSTEM):
            raise errors.system_tag()
        if key.lower().startswith(_SYSTEM):
            raise errors.system_tag_case(key)
    if len(tags) > limits.TAGS:
        raise errors.too_many_tags()
    return tags


def tag_resource(call: Call, params: Params) -> Result:
    """Adds tags to a resource and overwrites those of the same keys."""
    arn = _addressed_resource(params)
    store = store_of(call, arn)
    with store.lock:
        resource = _resource_in(store, arn)
        resource.tags = check_tags({**resource.tags, **params["tags"]})
    return {}


def untag_resource(call: Call, params: Params) -> Result:
    """Removes tags from a resource. Choice: absent keys are none of our business."""
    removed = set(params["tagKeys"])
    arn = _addressed_resource(params)
    store = store_of(call, arn)
    with store.lock:
        resource = _resource_in(store, arn)
        resource.tags = {key: value for key, value in resource.tags.items() if key not in removed}
    return {}


def list_tags_for_resource(call: Call, params: Params) -> Result:
    """Returns all tags of a resource."""
    arn = _addressed_resource(params)
    return {"tags": _resource_in(store_of(call, arn), arn).tags}


def _addressed_resource(params: Params) -> Arn:
    """Return the ARN of a bucket or an index, whether or not there is one.

    Raises:
        NotFoundException: the text is no ARN (Choice).
    """
    arn = parse_arn(params["resourceArn"])
    if arn is None:
        raise errors.resource_not_found()
    return arn


def _resource_in(store: Store, arn: Arn) -> VectorBucket | Index:
    """Return the bucket or the index of an ARN.

    Raises:
        NotFoundException: there is no such bucket or index.
    """
    if arn.index is None:
        resource: VectorBucket | Index | None = lookup_vector_bucket(store, arn)
    else:
        _, resource = lookup_index(store, arn) or (None, None)
    if resource is None:
        raise errors.resource_not_found()
    return resource
