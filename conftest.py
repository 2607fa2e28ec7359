"""The fenced blocks of README.md and of the pages under docs are tests, each at its own line."""

pytest_plugins = ["tests.support.blocks.plugin"]
