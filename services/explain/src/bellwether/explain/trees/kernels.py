"""Compiled loops of the pattern tables. Every innermost loop runs over a block of rows.

The formulas are explained in ``tables``.
"""
# Kernels have no annotations: their types are the signatures numba compiles.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import numba as nb
import numpy as np

from bellwether.explain.trees.jit import compiled

BLOCK = 128
"""Rows handled together."""
SPAN = 16
"""Blocks that meet one tree before the next tree is read."""
CACHE_BYTES = 4 << 20
"""Bound of the rows and sums held for one span."""
EVERY = np.int32(0x7FFFFFFF)
"""The pattern of a row at the root: nothing violated yet."""

_b, _i, _j, _w, _f, _s = nb.boolean[::1], nb.int32[::1], nb.int64[::1], nb.uint32[::1], nb.float64[::1], nb.float32[::1]
_i2, _f2, _b2 = nb.int32[:, ::1], nb.float64[:, ::1], nb.boolean[:, ::1]


@nb.njit(inline="always")
def in_set(value, bits, first, words, other):
    """Say whether a categorical test sends a value left; codes beyond the bits go where ``other`` says."""
    if not (value >= 0.0 and value < 32.0 * words):
        return other
    code = np.int64(value)
    return ((bits[first + (code >> 5)] >> np.uint32(code & 31)) & np.uint32(1)) != 0


@compiled(nb.void(_f, nb.int64, nb.boolean, nb.float64, nb.boolean, nb.int64, nb.int64, nb.boolean, _w, _b))
def goes_left(values, m, missing, threshold, missing_left, first, words, other, bits, go):
    """Write for each of the first m values whether one test sends it left."""
    if first >= 0:
        for r in range(m):
            v = values[r]
            go[r] = missing_left if v != v else in_set(v, bits, first, words, other)
    elif missing and missing_left:
        for r in range(m):
            go[r] = not (values[r] > threshold)
    else:
        for r in range(m):
            go[r] = values[r] <= threshold


@compiled(_i(_i, _i))
def depths(left, right):
    """Depth of every node, shape (m,)."""
    depth = np.zeros(left.shape[0], np.int32)
    stack = np.empty(left.shape[0], np.int32)
    stack[0] = 0
    top = 1
    while top > 0:
        top -= 1
        i = stack[top]
        if left[i] >= 0:
            for c in (left[i], right[i]):
                depth[c] = depth[i] + 1
                stack[top] = c
                top += 1
    return depth


@compiled(nb.types.Tuple((_i, _i, _i, _i2, _f2))(_i, _i, _i, _f, nb.int64))
def paths(left, right, who, cover, room):
    """Nodes in preorder; per node its test's slot, the slots above it, the player and cover product of each slot."""
    n = left.shape[0]
    order = np.empty(n, np.int32)
    n_order = 0
    slot = np.full(n, -1, np.int32)
    size = np.zeros(n, np.int32)
    slot_player = np.full((n, room), -1, np.int32)
    slot_p = np.ones((n, room))
    stack = np.empty(n, np.int32)
    stack[0] = 0
    top = 1
    while top > 0:
        top -= 1
        i = stack[top]
        order[n_order] = i
        n_order += 1
        if left[i] < 0:
            continue
        s = size[i]
        for j in range(size[i]):
            if slot_player[i, j] == who[i]:
                s = j
        slot[i] = s
        for c in (left[i], right[i]):
            for j in range(size[i]):
                slot_player[c, j] = slot_player[i, j]
                slot_p[c, j] = slot_p[i, j]
            size[c] = max(size[i], s + 1)
            slot_player[c, s] = who[i]
            slot_p[c, s] = slot_p[i, s] * (cover[c] / cover[i] if cover[i] > 0 else 0.5)
            stack[top] = c
            top += 1
    return order, slot, size, slot_player, slot_p


@compiled(nb.void(nb.int64, _f, nb.float64, _f2, _f2))
def path_table(k, p, value, weight, table):
    """Add the path-dependent contributions of one leaf for all 2^k patterns."""
    poly = np.zeros(k + 1)
    for a in range(1 << k):
        for i in range(k):
            poly[:] = 0.0
            poly[0] = 1.0
            degree = 0
            constant = 1.0
            for j in range(k):
                if j == i:
                    continue
                if (a >> j) & 1:
                    for t in range(degree, -1, -1):
                        poly[t + 1] += poly[t]
                        poly[t] *= p[j]
                    degree += 1
                else:
                    constant *= p[j]
            total = 0.0
            for t in range(degree + 1):
                total += poly[t] * weight[k, t]
            satisfied = 1.0 if (a >> i) & 1 else 0.0
            table[a, i] += value * (satisfied - p[i]) * constant * total


@compiled(nb.void(nb.int64, _f, nb.float64, _f2, _f2))
def background_table(k, share, value, weight, table):
    """Add the interventional contributions of one leaf; ``share[c]`` of the background has pattern c."""
    full = (1 << k) - 1
    for c in range(1 << k):
        if share[c] == 0.0:
            continue
        must = full & ~c
        both = c
        while True:  # every row pattern a = must | both with both a subset of c
            must_not = c & ~both
            x = 0
            y = 0
            for i in range(k):
                x += (must >> i) & 1
                y += (must_not >> i) & 1
            if x + y > 0:
                for i in range(k):
                    if (must >> i) & 1:
                        table[must | both, i] += value * share[c] * weight[x, y]
                    elif (must_not >> i) & 1:
                        table[must | both, i] -= value * share[c] * weight[y, x]
            if both == 0:
                break
            both = (both - 1) & c


@compiled(nb.void(_i, _i, _b, _i, _f, _i, _i, _b, _w, _i, _i, _i, _i, _j, _f2, _f))
def histogram(
    left, right, missing_left, feature, threshold, first, words, other, bits, order, slot, size, leaves, start, rows,
    out,
):  # fmt: skip
    """Share of the background rows with each pattern at each leaf, written to ``out``."""
    n = rows.shape[0]
    pattern = np.zeros((left.shape[0], BLOCK), np.int32)
    column = np.empty(BLOCK)
    go = np.empty(BLOCK, np.bool_)
    for b0 in range(0, n, BLOCK):
        m = min(BLOCK, n - b0)
        for r in range(m):
            pattern[0, r] = EVERY
        for i in order:
            if left[i] < 0:
                continue
            for r in range(m):
                column[r] = rows[b0 + r, feature[i]]
            goes_left(column, m, True, threshold[i], missing_left[i], first[i], words[i], other[i], bits, go)
            keep = ~(np.int32(1) << slot[i])
            for r in range(m):
                p = pattern[i, r]
                pattern[left[i], r] = p if go[r] else p & keep
                pattern[right[i], r] = p & keep if go[r] else p
        for n_leaf in range(leaves.shape[0]):
            leaf = leaves[n_leaf]
            mask = (1 << size[leaf]) - 1
            for r in range(m):
                out[start[n_leaf] + (pattern[leaf, r] & mask)] += 1.0
    for c in range(out.shape[0]):
        out[c] /= n


def _look_up_signature(table):
    return nb.void(_f2, _j, _j, _j, _i, _i, _i, _i, _i, _f, _b, _i, _i, _b, _w, _j, _i, _i, _i2, _i, table, _f2)


@compiled(_look_up_signature(_s), _look_up_signature(_f))
def look_up(  # noqa: C901 - one loop nest
    x, node_start, unit_start, node_test, node_slot, node_left, node_right,
    test_start, feature, threshold, missing_left, first, words, other, bits,
    offset, width, path_bits, unit_player, n_tests, table, out,
):  # fmt: skip
    """Contributions of x, shape (n, f), into ``out``, shape (n, p)."""
    n, d = x.shape
    p = out.shape[1]
    # A tree's tables are read by several blocks while they are in the cache: trees outside, blocks inside.
    span = max(1, min(SPAN, CACHE_BYTES // ((d + p) * BLOCK * 8), (n + BLOCK - 1) // BLOCK))
    xt = np.empty((span, d, BLOCK))
    gaps = np.zeros((span, d), np.bool_)
    acc = np.zeros((span, p, BLOCK))
    most = 1
    for t in range(node_start.shape[0] - 1):
        most = max(most, max(node_start[t + 1] - node_start[t], unit_start[t + 1] - unit_start[t]))
    at_node = np.empty((most + 1, BLOCK), np.int32)
    at_unit = np.empty((most + 1, BLOCK), np.int32)
    pos = np.empty(BLOCK, np.int64)
    go = np.empty(BLOCK, np.bool_)
    for c0 in range(0, n, BLOCK * span):
        blocks = min(span, (n - c0 + BLOCK - 1) // BLOCK)
        for s in range(blocks):
            b0 = c0 + s * BLOCK
            for f in range(d):
                gap = False
                for r in range(min(BLOCK, n - b0)):
                    v = x[b0 + r, f]
                    xt[s, f, r] = v
                    gap |= v != v
                gaps[s, f] = gap
        acc[:] = 0.0
        for t in range(node_start.shape[0] - 1):
            for s in range(blocks):
                m = min(BLOCK, n - c0 - s * BLOCK)
                values = xt[s]
                gap = gaps[s]
                total = acc[s]
                n0 = node_start[t]
                n1 = node_start[t + 1]
                root = at_node[0] if n1 > n0 else at_unit[0]
                for r in range(m):
                    root[r] = EVERY
                for i in range(n0, n1):
                    q = node_test[i]
                    keep = ~(np.int32(1) << node_slot[i])
                    lo = node_left[i]
                    hi = node_right[i]
                    to_l = at_node[lo] if lo >= 0 else at_unit[-1 - lo]
                    to_r = at_node[hi] if hi >= 0 else at_unit[-1 - hi]
                    src = at_node[i - n0]
                    f = feature[q]
                    goes_left(
                        values[f], m, gap[f], threshold[q], missing_left[q], first[q], words[q], other[q], bits, go
                    )
                    for r in range(m):
                        v = src[r]
                        to_l[r] = v if go[r] else v & keep
                        to_r[r] = v & keep if go[r] else v
                for u in range(unit_start[t], unit_start[t + 1]):
                    k = width[u]
                    src = at_unit[u - unit_start[t]]
                    mask = (np.int32(1) << path_bits[u]) - np.int32(1)
                    for r in range(m):
                        pos[r] = src[r] & mask
                    for j in range(n_tests[u]):
                        q = test_start[u] + j
                        f = feature[q]
                        goes_left(
                            values[f], m, gap[f], threshold[q], missing_left[q], first[q], words[q], other[q], bits, go
                        )
                        bit = np.int64(1) << (path_bits[u] + j)
                        for r in range(m):
                            pos[r] |= bit if go[r] else 0
                    o = offset[u]
                    for r in range(m):
                        pos[r] = o + pos[r] * k
                    for j in range(k):
                        a = total[unit_player[u, j]]
                        for r in range(m):
                            a[r] += table[pos[r] + j]
        for s in range(blocks):
            b0 = c0 + s * BLOCK
            for r in range(min(BLOCK, n - b0)):
                for f in range(p):
                    out[b0 + r, f] = acc[s, f, r]


@compiled(_look_up_signature(_s), _look_up_signature(_f))
def look_up_few(  # noqa: C901 - one loop nest
    x, node_start, unit_start, node_test, node_slot, node_left, node_right,
    test_start, feature, threshold, missing_left, first, words, other, bits,
    offset, width, path_bits, unit_player, n_tests, table, out,
):  # fmt: skip
    """``look_up`` row by row: several times faster for a handful of rows."""
    most = 1
    for t in range(node_start.shape[0] - 1):
        most = max(most, max(node_start[t + 1] - node_start[t], unit_start[t + 1] - unit_start[t]))
    at_node = np.empty(most + 1, np.int32)
    at_unit = np.empty(most + 1, np.int32)
    for r in range(x.shape[0]):
        row = x[r]
        for t in range(node_start.shape[0] - 1):
            n0 = node_start[t]
            at_node[0] = EVERY
            at_unit[0] = EVERY
            for i in range(n0, node_start[t + 1]):
                q = node_test[i]
                v = row[feature[q]]
                if v != v:
                    go = missing_left[q]
                elif first[q] >= 0:
                    go = in_set(v, bits, first[q], words[q], other[q])
                else:
                    go = v <= threshold[q]
                p = at_node[i - n0]
                failed = p & ~(np.int32(1) << node_slot[i])
                lo = node_left[i]
                hi = node_right[i]
                if lo >= 0:
                    at_node[lo] = p if go else failed
                else:
                    at_unit[-1 - lo] = p if go else failed
                if hi >= 0:
                    at_node[hi] = failed if go else p
                else:
                    at_unit[-1 - hi] = failed if go else p
            for u in range(unit_start[t], unit_start[t + 1]):
                key = np.int64(at_unit[u - unit_start[t]] & ((np.int32(1) << path_bits[u]) - np.int32(1)))
                for j in range(n_tests[u]):
                    q = test_start[u] + j
                    v = row[feature[q]]
                    if v != v:
                        go = missing_left[q]
                    elif first[q] >= 0:
                        go = in_set(v, bits, first[q], words[q], other[q])
                    else:
                        go = v <= threshold[q]
                    if go:
                        key |= np.int64(1) << (path_bits[u] + j)
                at = offset[u] + key * width[u]
                for j in range(width[u]):
                    out[r, unit_player[u, j]] += table[at + j]
