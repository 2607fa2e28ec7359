"""The workbench: what a mock offers a test, beside the service itself."""
