"""The parent's side of a model's process: start, ask with a deadline, kill, start again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bellwether.explain.asked import ModelFailed
from bellwether.explain.flavours.base import Artifact
from bellwether.explain.host import wire
from bellwether.explain.host.sandbox import Limits
from bellwether.explain.trees.ensemble import Unsupported
from bellwether.telemetry.metrics import MODEL_HOST_STARTS_TOTAL

_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),  # never all of /proc
)
_BEGIN = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1));"
    "runpy.run_module('bellwether.explain.host.child', run_name='__main__')"
)
"""Isolated from the environment, a child knows only the installed packages: where ours are is told."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def _places() -> list[str]:
    """Where code is imported from, but the folder this process was started in: more than code may lie there."""
    here = Path.cwd()
    return [place for place in sys.path if place and Path(place).resolve() != here]


def _end(process: subprocess.Popen[bytes]) -> str:
    if process.returncode == -signal.SIGKILL:
        return "was killed by the system, as happens where memory of the machine or container runs out,"
    return f"ended with status {process.returncode}"


class HostDied(ModelFailed):
    """The model's process ended or was stopped while it was asked."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A model in a folder: what to open and how.

    ``section`` is the flavour's part of the MLmodel document, ``signature`` its input columns, ``columns`` those of the
    rows, for a model that names none.
    """

    folder: Path
    flavour: str
    artifact: Artifact
    section: Mapping[str, Any] = field(default_factory=dict)
    signature: Sequence[Mapping[str, Any]] | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How a process is held: limits, what of the isolation must be active, seconds to start, threads."""

    limits: Limits = field(default_factory=Limits)
    require: frozenset[str] = frozenset({"rlimits"})
    require_for_code: frozenset[str] = frozenset({"rlimits", "no_new_privs", "seccomp"})
    allow_code: bool = False
    start_seconds: float = 60.0
    threads: int = 1


class ModelHost:
    """One model in one child process. Not for use by two threads at once.

    The child is a new interpreter, never a fork: XGBoost, LightGBM and histogram boosting hang in a fork of a process
    that has used OpenMP. Its environment is empty but for thread counts; it dies with the thread that started it.

    Raises
    ------
    ModelFailed
        The file runs code and that is not allowed, the isolation lacks what is required, or the model does not load.
    """

    def __init__(self, stored: Stored, rules: Rules) -> None:
        if stored.artifact.level == "code" and not rules.allow_code:
            raise ModelFailed(
                f"{stored.artifact.path}: opening a {stored.artifact.loader} file runs the code in it, which is not"
                " allowed here; log the model with skops, or set BELLWETHER_EXPLAIN__ALLOW_PICKLE=true"
            )
        self._stored, self._rules = stored, rules
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: str | None = None
        self.isolation: tuple[str, ...] = ()
        self.starts = 0

    def ask(
        self, head: wire.Head, parts: list[bytes], seconds: float, body_limit: int
    ) -> tuple[wire.Head, list[memoryview]]:
        """Return the answer to one frame; raises ``Unsupported``, ``ModelFailed`` or ``HostDied``."""
        if self._process is None:
            self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        stdin: Any = process.stdin

        def exchange() -> tuple[wire.Head, list[memoryview]]:
            wire.write(stdin, head, parts)
            return self._receive(body_limit)

        found, body = self._within(seconds, exchange)
        if "error" in found:
            message = str(found.get("message"))[:2000]
            raise Unsupported(message) if found["error"] == "unsupported" else ModelFailed(message)
        return found, body

    def start(self) -> None:
        """Start the process and load the model."""
        self.close()
        self.starts += 1
        MODEL_HOST_STARTS_TOTAL.labels("first" if self.starts == 1 else "again").inc()
        self._scratch = tempfile.mkdtemp(prefix="model-")
        environment = {
            **dict.fromkeys(_THREADS, str(self._rules.threads)),
            "HOME": self._scratch,
            "TMPDIR": self._scratch,
            "LANG": "C.UTF-8",
            "JOBLIB_MULTIPROCESSING": "0",
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": str(self._rules.allow_code).lower(),
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-B", "-c", _BEGIN, json.dumps(_places())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        found, _ = self._within(self._rules.start_seconds, self._open)
        self.isolation = tuple(str(part) for part in found.get("isolation", []))
        if "error" in found:
            self.close()
            raise ModelFailed(f"{self._stored.artifact.path} did not load: {found.get('message')}")
        required = self._rules.require
        if self._stored.artifact.level == "code":
            required = required | self._rules.require_for_code
        if not required <= set(self.isolation):
            self.close()
            raise ModelFailed(f"the isolation lacks {sorted(required - set(self.isolation))}")

    def resident_bytes(self) -> int:
        """Memory of the process; 0 where there is none."""
        if self._process is None:
            return 0
        with suppress(OSError):
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0

    def cpu_seconds(self) -> float:
        """CPU time of the process so far; 0 where there is none."""
        if self._process is None:
            return 0.0
        with suppress(OSError):
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def close(self) -> None:
        """Kill the process; nothing in it is worth a farewell."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _options(self) -> dict[str, Any]:
        stored, folder = self._stored, self._stored.folder.resolve()
        python = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *_places()}
        return {
            "flavour": stored.flavour,
            "loader": stored.artifact.loader,
            "path": str(folder / stored.artifact.path),
            "section": dict(stored.section),
            "signature": None if stored.signature is None else [dict(column) for column in stored.signature],
            "columns": list(stored.columns),
            "readable": [*sorted({os.path.realpath(path) for path in python} | python), *_SYSTEM, str(folder)],
            "writable": self._scratch,
            "limits": asdict(self._rules.limits),
            "parent": os.getpid(),
        }

    def _open(self) -> tuple[wire.Head, list[memoryview]]:
        """Tell the process what to open, over its stream: thousands of columns are too long for an argument."""
        assert self._process is not None
        assert self._process.stdin is not None
        stdin: Any = self._process.stdin
        wire.write(stdin, self._options())
        return self._receive(0)

    def _receive(self, body_limit: int) -> tuple[wire.Head, list[memoryview]]:
        assert self._process is not None
        assert self._process.stdout is not None
        stdout: Any = self._process.stdout
        return wire.read(stdout, body_limit)

    def _within(
        self, seconds: float, exchange: Callable[[], tuple[wire.Head, list[memoryview]]]
    ) -> tuple[wire.Head, list[memoryview]]:
        """Run ``exchange``; past the deadline the process is killed, which ends ``exchange`` too."""
        process, late = self._process, threading.Event()
        assert process is not None

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        started = time.monotonic()
        try:
            return exchange()
        except (EOFError, OSError, ValueError) as error:
            self.close()
            spent = time.monotonic() - started
            why = (
                f"was stopped after {seconds:g} s"
                if late.is_set()
                else f"{_end(process)} after {spent:.1f} s ({error})"
            )
            raise HostDied(f"the model's process {why}") from error
        finally:
            timer.cancel()
