"""How Sphinx builds the documentation."""

from importlib.metadata import version as version_of

project = "mock_s3vectors"
version = release = version_of("mock_s3vectors")
extensions = ["myst_parser"]
html_theme = "furo"
myst_heading_anchors = 3
