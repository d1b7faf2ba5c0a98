"""Give up rights in this process for good: network, file system, privileges, resources. Standard library only.

Call ``confine`` before numpy or a model library is imported: ``unshare`` needs a process with one thread, and Landlock
binds the calling thread and the threads it starts later, not those that already run. What a kernel or container denies
is reported, not hidden: the caller decides whether the rest is enough.

Source: landlock(7), unshare(2), prctl(2), setrlimit(2).
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bellwether.explain.host import seccomp

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULESET_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 0b101, 0b1101  # execute, read file (, read folder)
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # file-system rights known to each version of Landlock
_TCP = 0b11  # bind, connect; since version 4
_SCOPES = 0b11  # abstract sockets, signals; since version 6


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a process: bytes of address space, CPU seconds of its whole life, bytes of one written file."""

    address_space: int = 6 << 30
    cpu_seconds: int = 6 * 3600
    file_size: int = 256 << 20


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def confine(readable: Iterable[str], writable: str, limits: Limits, parent: int) -> list[str]:
    """Confine this process; returns what is active, such as ``["no_network", "no_new_privs", "rlimits"]``.

    Parameters
    ----------
    readable
        Files and folders that may be read; all others may not, where the kernel knows Landlock.
    writable
        The one folder that may be written.
    parent
        Process id; this process is killed when that one ends.
    """
    active = ["process"]
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"
    if linux and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        active.append("no_network")
    if linux:  # after unshare: a change of credentials clears it
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        with suppress(OSError):  # where memory of the machine runs out, this goes first
            Path("/proc/self/oom_score_adj").write_text("1000")
    _limit(limits)
    active.append("rlimits")
    if linux and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        active.append("no_new_privs")
        if _landlock(libc, readable, writable):
            active.append("landlock")
        if seccomp.install(libc):
            active.append("seccomp")
    return active


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))


def _landlock(libc: ctypes.CDLL, readable: Iterable[str], writable: str) -> bool:
    """Deny all of the file system but these, and TCP; False where the kernel has no Landlock."""
    version = libc.syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION)
    if version < 1:
        return False
    rights = (1 << _RIGHTS[min(version, 5)]) - 1
    attributes = _Ruleset(rights, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ_FOLDER if os.path.isdir(path) else _READ_FILE)  # noqa: PTH112 - before imports
        _allow(libc, ruleset, writable, rights)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there, or not ours to read anyway
    try:
        rule = _Beneath(rights, folder)
        if libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), f"landlock rule for {path}")
    finally:
        os.close(folder)
