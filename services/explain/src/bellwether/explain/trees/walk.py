"""Compiled loops of the quadrature: the edges of a tree, and one depth-first walk over them for a block of rows.

The formulas are explained in ``quadrature``.
"""
# Kernels have no annotations: their types are the signatures numba compiles.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import numba as nb
import numpy as np

from bellwether.explain.trees.jit import compiled
from bellwether.explain.trees.kernels import goes_left

BLOCK = 128
"""Rows walked together: the innermost, vectorised axis."""

_b, _i, _j, _w, _f = nb.boolean[::1], nb.int32[::1], nb.int64[::1], nb.uint32[::1], nb.float64[::1]
_f2 = nb.float64[:, ::1]


@compiled(nb.types.Tuple((_i, _i))(_i, _i))
def preorder(left, right):
    """Nodes from the root, left before right, and the parent of every node."""
    n = left.shape[0]
    order = np.empty(n, np.int32)
    parent = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    stack[0] = 0
    top = 1
    at = 0
    while top > 0:
        top -= 1
        i = stack[top]
        order[at] = i
        at += 1
        if left[i] >= 0:
            parent[left[i]] = i
            parent[right[i]] = i
            stack[top] = right[i]
            stack[top + 1] = left[i]
            top += 2
    return order, parent


@compiled(nb.types.UniTuple(nb.float64, 2)(_i, _i, _i, _f, _f, _i, _i, _i, _i, _f, _f))
def edges(left, right, who, cover, value, order, parent, depth, above, p_old, p):
    """Fill the edges' arrays, shape (m - 1,); returns the tree's base value and the most players of a path.

    The edge of a node is the one that leads to it. ``above``: depth of the last edge of the same player, or -1.
    """
    n = left.shape[0]
    if n == 1:
        return value[0], 0.0
    at_depth = np.zeros(n, np.int32)  # of nodes
    path = np.zeros(n + 1, np.int64)  # edge at each depth of the current path
    base = 0.0
    most = 0
    for e in range(n - 1):
        node = order[e + 1]
        mother = parent[node]
        d = at_depth[mother] + 1
        at_depth[node] = d
        above[e] = -1
        p_old[e] = 1.0
        for other in range(d - 1, 0, -1):
            if who[parent[order[path[other] + 1]]] == who[mother]:
                above[e] = other
                p_old[e] = p[path[other]]
                break
        p[e] = p_old[e] * (cover[node] / cover[mother] if cover[mother] > 0 else 0.5)
        depth[e] = d
        path[d] = e
        if left[node] < 0:
            # the last edge of each player holds its product
            share = value[node]
            n_players = 0
            for a in range(1, d + 1):
                last = True
                for b in range(a + 1, d + 1):
                    if above[path[b]] == a:
                        last = False
                if last:
                    share *= p[path[a]]
                    n_players += 1
            base += share
            most = max(most, n_players)
    return base, float(most)


@compiled(
    nb.void(
        _f2, _j, _i, _i, _i, _i, _b, _b, _f, _f, _b, _i, _i, _b, _w, _f2, _f2, _f2, _f2, _f, nb.int64, _f2
    ),
    fastmath={"contract", "reassoc", "nsz", "arcp"},
)  # fmt: skip
def walk(  # noqa: C901 - one loop nest
    x, start, depth, above, feature, player, is_left, is_leaf, value, threshold, missing_left, first, words, other,
    bits, mul_on, mul_off, con_on, con_off, ratio, depth_max, out,
):  # fmt: skip
    """Contributions of x, shape (n, f), into ``out``; g: running products, s: sums of the leaves below, a: a_j."""
    n, d = x.shape
    nodes = mul_on.shape[1]
    block = min(BLOCK, (n + 7) // 8 * 8)  # few rows need not pay for many
    g = np.ones((depth_max + 1, nodes, block))
    s = np.zeros((depth_max + 2, nodes, block))
    a = np.ones((depth_max + 1, block))
    xt = np.empty((d, block))
    gaps = np.zeros(d, np.bool_)
    acc = np.zeros((out.shape[1], block))
    open_edge = np.zeros(depth_max + 2, np.int64)
    tmp = np.empty(block)
    go = np.empty(block, np.bool_)
    for b0 in range(0, n, max(block, 1)):
        m = min(block, n - b0)
        acc[:] = 0.0
        for f in range(d):
            gap = False
            for r in range(block):
                v = x[b0 + (r if r < m else m - 1), f]
                xt[f, r] = v
                gap |= np.isnan(v)
            gaps[f] = gap
        for t in range(start.shape[0] - 1):
            cur = 0
            end = start[t + 1]
            for e in range(start[t], end + 1):
                at = depth[e] if e < end else 1
                while cur >= at:  # close the edges that are not above this one
                    c = open_edge[cur]
                    to = acc[player[c]]
                    ac = a[cur]
                    for r in range(block):
                        tmp[r] = 0.0
                    for q in range(nodes):
                        below = s[cur, q]
                        on = con_on[c, q]
                        off = con_off[c, q]
                        for r in range(block):
                            tmp[r] += below[r] * (off + ac[r] * (on - off))
                    if above[c] >= 0:
                        ap = a[above[c]]
                        for r in range(block):
                            to[r] += tmp[r] * ap[r]
                    else:
                        for r in range(block):
                            to[r] += tmp[r]
                    if cur > 1:
                        for q in range(nodes):
                            below = s[cur, q]
                            sp = s[cur - 1, q]
                            for r in range(block):
                                sp[r] += below[r]
                    cur -= 1
                if e == end:
                    break
                open_edge[at] = e
                cur = at
                f = feature[e]
                goes_left(xt[f], block, gaps[f], threshold[e], missing_left[e], first[e], words[e], other[e], bits, go)
                ad = a[at]
                yes = 1.0 if is_left[e] else 0.0
                for r in range(block):
                    ad[r] = yes if go[r] else 1.0 - yes
                if above[e] >= 0:  # the player was met before: replace its factor
                    ap = a[above[e]]
                    rr = ratio[e]
                    for r in range(block):
                        ad[r] *= ap[r]
                    for q in range(nodes):
                        gq = g[at, q]
                        gp = g[at - 1, q]
                        on = mul_on[e, q]
                        off = mul_off[e, q]
                        for r in range(block):
                            gq[r] = gp[r] * (rr + ap[r] * (off - rr + ad[r] * (on - off)))
                else:
                    for q in range(nodes):
                        gq = g[at, q]
                        gp = g[at - 1, q]
                        on = mul_on[e, q]
                        off = mul_off[e, q]
                        for r in range(block):
                            gq[r] = gp[r] * (off + ad[r] * (on - off))
                if is_leaf[e]:
                    for q in range(nodes):
                        below = s[at, q]
                        gq = g[at, q]
                        for r in range(block):
                            below[r] = value[e] * gq[r]
                else:
                    for q in range(nodes):
                        below = s[at, q]
                        for r in range(block):
                            below[r] = 0.0
        for r in range(m):
            for f in range(out.shape[1]):
                out[b0 + r, f] = acc[f, r]
