"""How Sphinx builds the documentation: `sphinx-build -W -n docs docs/_build`."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "mock_s3vectors"
version = release = version_of("mock_s3vectors")
extensions = [
    "generated",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "type_links",
]
exclude_patterns = ["_build"]

# Links such as `pages.md#heading`. Sphinx warns of each that leads nowhere.
myst_heading_anchors = 4
# Versions of MyST differ in what they make of punctuation.
myst_heading_slug_func = "docutils.nodes.make_id"
myst_enable_extensions = ["colon_fence", "deflist"]
# Dashes alone: quotation marks stay as they are written.
smartquotes_action = "D"

# Docstrings say `name` for code.
default_role = "code"
autoclass_content = "class"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90
napoleon_numpy_docstring = False
# Types in signatures that have no page here: those of other libraries, and names for a few types.
nitpick_ignore_regex = [("py:(class|exc)", r"(?!mock_s3vectors\.).*")]

html_theme = "furo"
# The default underlines the names of imported modules.
pygments_dark_style = "a11y-high-contrast-dark"
html_title = f"mock_s3vectors {version}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# Both colours are legible on white and on black.
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b6e5f", "color-brand-content": "#0b6e5f"},
    "dark_css_variables": {"color-brand-primary": "#5fd3bf", "color-brand-content": "#5fd3bf"},
}
# A prompt is not copied.
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
# `linkcheck` looks at links to other sites: `tox -e links`.
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_anchors = False
linkcheck_ignore = [r"http://127\.0\.0\.1.*", r"http://localhost.*"]
