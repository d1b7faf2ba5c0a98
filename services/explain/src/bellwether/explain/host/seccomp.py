"""A filter of system calls: no sockets, no programs, no reaching into other processes. Standard library only.

It holds where a container forbids network namespaces, and is of use beside them. Denied calls fail with EPERM. Only for
the two architectures whose call numbers are listed.

Source: seccomp(2), the kernel's syscall tables.
"""

import ctypes
import os

_LD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _EPERM, _ENOSYS, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
_PR_SET_SECCOMP, _FILTER = 22, 2
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000

_DENIED: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "bind": 49,
            "execve": 59,
            "kill": 62,
            "ptrace": 101,
            "setpgid": 109,
            "setsid": 112,
            "mount": 165,
            "umount2": 166,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "setns": 308,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "kexec_file_load": 320,
            "bpf": 321,
            "execveat": 322,
            "userfaultfd": 323,
            "pidfd_send_signal": 424,
            "io_uring_setup": 425,
            "pidfd_open": 434,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "umount2": 39,
            "mount": 40,
            "unshare": 97,
            "ptrace": 117,
            "kill": 129,
            "setpgid": 154,
            "setsid": 157,
            "socket": 198,
            "bind": 200,
            "connect": 203,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "execve": 221,
            "perf_event_open": 241,
            "setns": 268,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "bpf": 280,
            "execveat": 281,
            "userfaultfd": 282,
            "kexec_file_load": 294,
            "pidfd_send_signal": 424,
            "io_uring_setup": 425,
            "pidfd_open": 434,
            "pidfd_getfd": 438,
        },
    ),
}
_CLONE3 = 435  # its flags cannot be looked at: "not there" makes the C library use clone


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def install(libc: ctypes.CDLL) -> bool:
    """Install the filter in this process and its threads to come; False where it cannot be."""
    found = _DENIED.get(os.uname().machine)
    if found is None:
        return False
    arch, calls = found
    numbers = sorted(calls.values())
    steps = [(_LD_WORD, 0, 0, _ARCH), (_JUMP_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL), (_LD_WORD, 0, 0, _NUMBER)]
    for call in numbers:
        steps += [(_JUMP_EQUAL, 0, 1, call), (_RETURN, 0, 0, _EPERM)]
        steps += [(_JUMP_EQUAL, 0, 1, call | _X32), (_RETURN, 0, 0, _EPERM)]
    steps += [(_JUMP_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ENOSYS), (_RETURN, 0, 0, _ALLOW)]
    code = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.POINTER(_Instruction)))
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
