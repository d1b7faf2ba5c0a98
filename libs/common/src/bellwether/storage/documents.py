"""Between contracts and the store's documents."""

from typing import TypeVar

from pydantic import ValidationError

from bellwether.contracts import Document
from bellwether.errors import ContractError
from bellwether.storage.port import SYSTEM_FIELDS, Doc

D = TypeVar("D", bound=Document)


def dump(document: Document) -> Doc:
    """Return the JSON document a store keeps."""
    return document.model_dump(mode="json")


def parse(kind: type[D], doc: Doc) -> D:
    """Read a stored document as a contract; raises ``ContractError`` when it is not one.

    Fields it does not know are left out: a newer process may have written them.
    """
    try:
        return kind.model_validate(
            {key: value for key, value in doc.items() if key not in SYSTEM_FIELDS}, extra="ignore"
        )
    except ValidationError as error:
        raise ContractError(f"stored document {doc.get('id')!r} is no {kind.__name__}: {error}") from error
