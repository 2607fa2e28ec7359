"""The installed botocore's model of Amazon S3 Vectors: the source of truth for every shape."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from botocore.model import OperationModel

SERVICE = "s3vectors"
# The first botocore whose model has every operation and member that the mock implements.
COMPLETE_SINCE = "1.44.5"


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """Return the model, read once per process.

    An older botocore has fewer operations and shapes than a newer one, so nothing here names any.
    """
    return ServiceModel(Loader().load_service_model(SERVICE, "service-2"), SERVICE)


def operation_models() -> list[OperationModel]:
    """Return all operations of the installed model."""
    model = service_model()
    return [model.operation_model(name) for name in model.operation_names]
