"""How Sphinx builds the documentation."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "mock_s3vectors"
version = release = version_of("mock_s3vectors")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "type_links"]
html_theme = "furo"
myst_heading_anchors = 3

# The API by its docstrings: `names` in them are code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
# Types in signatures that have no page here: those of other libraries, and names for a few types.
nitpick_ignore_regex = [("py:(class|exc)", r"(?!mock_s3vectors\.).*")]
