"""Links types in signatures to the classes that the reference describes, and shows fewer constructors.

A signature names a type as its module does, `Call`, and the reference describes it under the name by which
people import it, `mock_s3vectors.Call`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from docutils.nodes import Element, TextElement, reference
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_CLASSES = ("class", "exception")
# The classes that people call, with what these take. The package makes the objects of all others.
_CALLED = {
    "mock_s3vectors.Config": "(**options)",
    "mock_s3vectors.MockS3Vectors": "(*, shared=False, **options)",
}


def link_to_class(
    app: Sphinx, env: BuildEnvironment, node: Element, content: TextElement
) -> reference | None:
    """Return a link to the one class with the last part of a name; None if there is none, or several."""
    if node.get("refdomain") != "py":
        return None
    wanted = node["reftarget"].rpartition(".")[2]
    found = [
        (name, described)
        for name, described in env.domains.python_domain.objects.items()
        if described.objtype in _CLASSES and name.rpartition(".")[2] == wanted
    ]
    if len(found) != 1:
        return None
    ((name, described),) = found
    return make_refnode(app.builder, node["refdoc"], described.docname, described.node_id, content, name)


def shorten_constructor(
    _app: Sphinx, what: str, name: str, _class: object, _options: object, signature: str | None, _: str | None
) -> tuple[str, str] | None:
    """Return the signature of a class as people call it, if they do; None leaves that of others as it is."""
    return (_CALLED.get(name, ""), "") if what in _CLASSES and signature else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Have Sphinx ask for the link of each type that it does not find, and for signatures."""
    app.connect("missing-reference", link_to_class)
    app.connect("autodoc-process-signature", shorten_constructor)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
