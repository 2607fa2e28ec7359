"""The drivers; and as in `tests/activation`, no mock stays on and nothing reaches the network."""

from tests.activation.conftest import all_mocks_off, no_credentials_at_all, no_network
from tests.support.drivers import driver, in_process

__all__ = ["all_mocks_off", "driver", "in_process", "no_credentials_at_all", "no_network"]
