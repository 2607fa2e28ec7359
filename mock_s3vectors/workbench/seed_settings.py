"""The settings of an index that a test seeds: checked, made parameters of CreateIndex, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.protocol.model import COMPLETE_SINCE, service_model
from mock_s3vectors.transfer.batches import Settings
from mock_s3vectors.transfer.settings import creation_params
from mock_s3vectors.workbench.places import check_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_s3vectors.workbench.seed_values import Vectors
    from mock_s3vectors.world import Index


@dataclass(frozen=True)
class SeedSettings:
    """The settings of the index, as far as they were given."""

    distance_metric: str | None
    non_filterable_keys: list[str]
    text_search: dict[str, str | None]

    def completed(self, known: Settings) -> SeedSettings:
        """Return these settings, with those that a file knows in place of what was not given."""
        return SeedSettings(
            known.distance_metric if self.distance_metric is None else self.distance_metric,
            self.non_filterable_keys or list(known.non_filterable_keys or ()),
            self.text_search or known.text_search or {},
        )

    def check(self) -> None:
        """Raise unless the settings have the right types, and botocore knows them.

        Raises:
            UsageError: they have not, or it does not.
        """
        if self.distance_metric is not None:
            check_text("distance_metric", self.distance_metric)
        if self.text_search and "textSearchConfigurations" not in _configuration_members():
            raise UsageError(
                f"text_search needs botocore {COMPLETE_SINCE} or newer: the installed one is "
                f"{botocore.__version__}, and its model has no textSearchConfigurations."
            )

    def params(self, dimension: int) -> dict[str, Any]:
        """Return the parameters of CreateIndex."""
        return creation_params(
            Settings(
                dimension=dimension,
                distance_metric=self.distance_metric,
                non_filterable_keys=tuple(self.non_filterable_keys),
                text_search=self.text_search,
            )
        )

    def check_agree(self, index: Index, vectors: Vectors) -> None:
        """Raise if an index that exists has other settings than those that were given.

        Raises:
            UsageError: the text names the first one.
        """
        has_text_search = {key: text.language for key, text in index.text_search.items()}
        width = index.dimension if vectors.count or vectors.width is None else vectors.width
        for name, wanted, there in (
            ("distance_metric", self.distance_metric or index.distance_metric, index.distance_metric),
            (
                "non_filterable_metadata_keys",
                sorted(self.non_filterable_keys or index.non_filterable_keys),
                sorted(index.non_filterable_keys),
            ),
            ("text_search", self.text_search or has_text_search, has_text_search),
            ("the dimension of vectors", width, index.dimension),
        ):
            if wanted != there:
                raise UsageError(
                    f"Index {index.name!r} in vector bucket {index.arn.bucket!r} exists, and keeps its "
                    f"settings: {name} is {there!r}, not {wanted!r}. Leave that out, or seed another index."
                )


def _configuration_members() -> Mapping[str, Any]:
    shape: Any = service_model().operation_model("CreateIndex").input_shape
    members: Mapping[str, Any] = shape.members["metadataConfiguration"].members
    return members
