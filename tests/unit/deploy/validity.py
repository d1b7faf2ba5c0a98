"""Whether the API, or the operator of a custom kind, would take one resource as it is."""

from collections.abc import Iterator

import kubernetes_validate

from tests.unit.deploy import custom_kinds
from tests.unit.deploy.manifests import Doc

VERSION = "1.32"


def faults(doc: Doc) -> Iterator[str]:
    """Yield what would be refused, unknown fields included."""
    if custom_kinds.is_custom(doc):
        yield from custom_kinds.faults(doc)
        return
    try:
        kubernetes_validate.validate(doc, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{doc['kind']}/{doc['metadata']['name']}: {error.message[:300]}"
