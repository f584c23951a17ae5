"""Pages with the prose editor allow what the editor needs; no other page does."""

import base64
import hashlib
from functools import lru_cache, wraps

from csp.decorators import csp_update
from django_prose_editor.widgets import importmap

# The one sheet that the editor writes into the page by itself (ProseMirror's own few rules), the same in every page.
# A newer editor may bring another: then the browser test of the editor fails and shows the new sum.
EDITORS_SHEET = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"


@lru_cache(maxsize=1)
def import_map_sum():
    """The sum by which the browser knows the map of the editor's modules, the only script inside a page."""
    inside = str(importmap).partition(">")[2].rpartition("</script>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


def prose_page(view):
    """Mark a view whose page may hold the prose editor."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        allowed = {"script-src": [import_map_sum()], "style-src": [EDITORS_SHEET]}
        return csp_update(allowed)(view)(request, *args, **kwargs)

    return wrapped
