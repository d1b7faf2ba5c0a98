"""Between arrays, tables, ensembles and the parts of a frame. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.trees.ensemble import CategorySets, Ensemble, Tree

_KINDS = {"<f8": np.float64, "<i4": np.int32, "<i8": np.int64, "|b1": np.bool_, "<u4": np.uint32}
_FIELDS = ("left", "right", "missing_left", "feature", "threshold", "value", "cover")


def pack(arrays: Mapping[str, NDArray[Any]]) -> tuple[list[list[Any]], list[bytes]]:
    """Return the description of arrays, for the head, and their bytes."""
    head, parts = [], []
    for name, array in arrays.items():
        kind = next(k for k, dtype in _KINDS.items() if array.dtype == dtype)
        head.append([name, kind, list(array.shape)])
        parts.append(np.ascontiguousarray(array).tobytes())
    return head, parts


def unpack(head: Any, parts: Sequence[memoryview]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a frame; raises ``ValueError`` where the description does not fit the bytes."""
    if not isinstance(head, list) or len(head) != len(parts):
        raise ValueError("as many descriptions as arrays are wanted")
    found = {}
    for (name, kind, shape), part in zip(head, parts, strict=True):
        if kind not in _KINDS or any(type(n) is not int or n < 0 for n in shape):
            raise ValueError(f"an array of {kind!r} and shape {shape!r}")
        found[str(name)] = np.frombuffer(part, _KINDS[kind]).reshape(shape)
    return found


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def table_of(raw: memoryview) -> pa.Table:
    """Read a table from an Arrow stream of our own making."""
    return pa.ipc.open_stream(pa.py_buffer(raw)).read_all()


def ensemble_arrays(ensemble: Ensemble) -> dict[str, NDArray[Any]]:
    """Return an ensemble as flat arrays, trees one after another."""
    trees = ensemble.trees
    sets = [tree.sets for tree in trees]

    def flat(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)

    kinds: dict[str, type] = dict.fromkeys(_FIELDS, np.float64)
    kinds |= {"left": np.int32, "right": np.int32, "feature": np.int32, "missing_left": np.bool_}
    found = {name: flat([getattr(tree, name) for tree in trees], kinds[name]) for name in _FIELDS}
    sizes = [len(tree.left) for tree in trees]
    words = [0 if s is None else len(s.bits) for s in sets]
    empty = [np.full(n, -1) for n in sizes]
    found["first"] = flat([e if s is None else s.first for s, e in zip(sets, empty, strict=True)], np.int32)
    found["words"] = flat([0 * e if s is None else s.words for s, e in zip(sets, empty, strict=True)], np.int32)
    found["other"] = flat([e != e if s is None else s.other_left for s, e in zip(sets, empty, strict=True)], np.bool_)
    found["bits"] = flat([s.bits for s in sets if s is not None], np.uint32)
    found["sizes"], found["bit_sizes"] = np.array(sizes, np.int64), np.array(words, np.int64)
    found["zero_missing"] = np.array(ensemble.zero_missing, np.int64)
    found["offset"] = np.array([ensemble.offset, float(ensemble.single), float(ensemble.n_features)])
    return found


def ensemble_of(arrays: Mapping[str, NDArray[Any]]) -> Ensemble:
    """Return the ensemble of flat arrays; raises ``ValueError`` or ``KeyError`` where they are none.

    Whether its trees are trees is for ``trees.ensemble.check`` to say.
    """
    sizes, bit_sizes = arrays["sizes"], arrays["bit_sizes"]
    if len(sizes) != len(bit_sizes) or np.any(sizes < 1) or np.any(bit_sizes < 0):
        raise ValueError("sizes of trees that cannot be")
    names = (*_FIELDS, "first", "words", "other")
    if any(len(arrays[name]) != sizes.sum() for name in names) or len(arrays["bits"]) != bit_sizes.sum():
        raise ValueError("arrays that do not hold the trees they announce")
    trees, at, bit = [], 0, 0
    for n, w in zip(sizes.tolist(), bit_sizes.tolist(), strict=True):
        own = {name: arrays[name][at : at + n].copy() for name in names}
        first, words, other = own.pop("first"), own.pop("words"), own.pop("other")
        sets = CategorySets(first, words, other, arrays["bits"][bit : bit + w].copy()) if (first >= 0).any() else None
        trees.append(Tree(**own, sets=sets))
        at, bit = at + n, bit + w
    offset, single, n_features = arrays["offset"].tolist()
    return Ensemble(tuple(trees), offset, int(n_features), bool(single), tuple(arrays["zero_missing"].tolist()))
