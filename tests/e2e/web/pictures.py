"""What is drawn where in a picture of a page, whatever its colours; pure.

A picture that is kept differs from machine to machine: fonts, their smoothing, the browser's own controls. Two pictures
made one after the other on one machine differ by what is compared alone. So the two schemes are compared with each
other: what is drawn in one has to be drawn in the other, at the same place.
"""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

BLOCK = 12
"""Pixels of a side of the squares that are compared: about a line of text."""
SEEN = 2.2
"""Contrast from which something counts as drawn: grids and borders are fainter on purpose, text and marks are not."""


def light(png: bytes) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the relative luminance of each pixel, in [0, 1], as WCAG defines it."""
    rgb = np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=float) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def drawn(png: bytes) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return for each square whether something can be seen in it: its lightest against its darkest pixel."""
    squares = _squares(light(png))
    return np.asarray((squares.max(axis=(1, 3)) + 0.05) / (squares.min(axis=(1, 3)) + 0.05) >= SEEN)


def missing(one: bytes, other: bytes) -> float:
    """Return the share, in [0, 1], of what is drawn in ``one`` that is not in ``other``, at or beside its place."""
    here, there = drawn(one), drawn(other)
    near = np.zeros_like(there)
    padded = np.pad(there, 1)
    for row in range(3):
        for column in range(3):
            near |= padded[row : row + there.shape[0], column : column + there.shape[1]]
    return float((here & ~near).sum() / max(1, here.sum()))


def usual_light(png: bytes) -> float:
    """Return the luminance of the middle pixel: that of the paper, if most of a page is paper."""
    return float(np.median(light(png)))


def _squares(found: "np.ndarray[Any, np.dtype[np.float64]]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    rows, columns = (size // BLOCK for size in found.shape)
    return found[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
