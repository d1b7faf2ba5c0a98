"""What a model's process lets through, what it stops, and that it comes back."""

import os
import pickle
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import lightgbm
import numpy as np
import pyarrow as pa
import pytest
import skops.io
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from bellwether.explain.asked import ModelFailed
from bellwether.explain.explainers import Options
from bellwether.explain.flavours import FLAVOURS, Artifact
from bellwether.explain.host import packing
from bellwether.explain.host.process import HostDied, ModelHost, Rules, Stored
from bellwether.explain.host.remote import Remote
from bellwether.explain.host.sandbox import Limits
from bellwether.explain.routes import explain
from bellwether.explain.trees.ensemble import Unsupported, check

NAMES = ("a", "b", "c", "d")
X = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32).astype(np.float64)
Y = (X[:, 0] + X[:, 1] > 0).astype(int)
TABLE = pa.table(dict(zip(NAMES, X.T, strict=True)))
OPEN = Rules(allow_code=True, require_for_code=frozenset({"rlimits"}))


class Hostile:
    """Unpickles to a regressor whose ``predict`` runs ``code``; its answer goes into ``result``."""

    def __init__(self, code: str, at_load: str = "") -> None:
        self.code, self.at_load = code, at_load

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        body = f"lambda self, x: exec({self.code!r}, (g := {{'x': x}})) or g['result']"
        source = f"(exec({self.at_load!r}), type('M', (), {{'predict': {body}}})())[1]"
        return eval, (source,)


def stored(folder: Path, flavour: str, **section: Any) -> Stored:
    found = next(f for f in FLAVOURS if f.slug == flavour)
    return Stored(folder, flavour, found.find(section), section, None, NAMES)


def hostile(folder: Path, code: str, at_load: str = "") -> Stored:
    folder.mkdir(exist_ok=True)
    (folder / "model.pkl").write_bytes(pickle.dumps(Hostile(code, at_load)))
    return stored(folder, "sklearn")


def asked(host: ModelHost, seconds: float = 60.0) -> Remote:
    return Remote(host, TABLE.slice(0, 20), seconds)


def rows(value: float, n: int = 2) -> pa.Table:
    return pa.table({name: np.full(n, value) for name in NAMES})


def test_boosters_in_their_own_process_are_explained_exactly(tmp_path: Path) -> None:
    booster = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(X, Y)
    booster.save_model(tmp_path / "model.ubj")
    with ModelHost(stored(tmp_path, "xgboost", model_class="xgboost.sklearn.XGBClassifier"), Rules()) as host:
        model = asked(host)
        np.testing.assert_allclose(model.raw(TABLE)[:, 0], booster.predict(X, output_margin=True), atol=1e-6)
        route, checked = explain(model, 0, TABLE.slice(50, 40), TABLE, Options())
        assert (route.explainer.slug, checked.additivity.state) == ("pattern_tables", "exact")
        assert {"process", "rlimits"} <= set(host.isolation)
        assert host.resident_bytes() > 1 << 20
        assert dict(model.about.versions)["xgboost"] == xgboost.__version__
    light = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1).fit(X, Y)
    light.booster_.save_model(tmp_path / "model.lgb")
    with ModelHost(stored(tmp_path, "lightgbm"), Rules()) as host:
        np.testing.assert_allclose(asked(host).raw(TABLE)[:, 0], light.predict(X, raw_score=True))


@pytest.mark.parametrize("kind", [RandomForestClassifier, HistGradientBoostingClassifier])
def test_skops_files_are_opened_without_leave_to_run_code(tmp_path: Path, kind: type) -> None:
    model = kind(random_state=0).fit(X, Y)
    skops.io.dump(model, tmp_path / "model.skops")
    with ModelHost(stored(tmp_path, "sklearn", pickled_model="model.skops"), Rules()) as host:
        remote = asked(host)
        np.testing.assert_allclose(remote.answers(TABLE)[:, 0], model.predict_proba(X)[:, 1])
        route, checked = explain(remote, 0, TABLE.slice(0, 30), TABLE, Options())
        assert checked.additivity.state == "exact"
        assert route.explainer.slug in ("pattern_tables", "quadrature")


def test_a_type_outside_our_list_is_refused(tmp_path: Path) -> None:
    skops.io.dump({"socket": socket.socket}, tmp_path / "model.skops")
    with pytest.raises(ModelFailed, match=r"did not load: .*Untrusted"):
        ModelHost(stored(tmp_path, "sklearn", pickled_model="model.skops"), Rules()).start()


def test_a_pickle_needs_leave_and_says_which(tmp_path: Path) -> None:
    with pytest.raises(ModelFailed, match="not allowed here; log the model with skops, or set BELLWETHER_EXPLAIN"):
        ModelHost(hostile(tmp_path, "result = x"), Rules())


def test_a_model_of_an_absent_package_says_so(tmp_path: Path) -> None:
    host = ModelHost(hostile(tmp_path, "result = x", "import no_such_package"), OPEN)
    with pytest.raises(ModelFailed, match="did not load: ModuleNotFoundError: No module named 'no_such_package'"):
        host.start()


def test_a_model_that_dies_once_is_asked_again(tmp_path: Path) -> None:
    with ModelHost(hostile(tmp_path, "result = x[:, 0]"), OPEN) as host:
        model = asked(host)
        assert host._process is not None
        os.kill(host._process.pid, signal.SIGKILL)
        np.testing.assert_array_equal(model.raw(rows(4.0))[:, 0], [4.0, 4.0])
        assert host.starts == 2


def test_a_model_the_system_killed_says_what_that_means(tmp_path: Path) -> None:
    with ModelHost(hostile(tmp_path, "result = x[:, 0]"), OPEN) as host:
        asked(host)
        assert host._process is not None
        os.kill(host._process.pid, signal.SIGKILL)
        with pytest.raises(HostDied, match="killed by the system, as happens where memory of the machine or container"):
            host.ask({"op": "raw", "output": 0, "tables": 0, "arrays": []}, [], 10.0, 0)


def test_an_endless_or_dying_model_is_stopped_and_comes_back(tmp_path: Path) -> None:
    code = (
        "import os, time\nv = x[0, 0]\nif v == 1:\n  while True: pass\n"
        "if v == 2: os._exit(7)\nif v == 3: 1 / 0\nif v == 5: result = None\nelse: result = x[:, 0]"
    )
    with ModelHost(hostile(tmp_path, code), OPEN) as host:
        model = asked(host, seconds=10.0)
        model._seconds = 1.0
        with pytest.raises(HostDied, match="was stopped after 1 s"):
            model.raw(rows(1.0))
        model._seconds = 10.0
        with pytest.raises(HostDied, match="ended with status 7"):
            model.raw(rows(2.0))
        with pytest.raises(ModelFailed, match="ZeroDivisionError"):
            model.raw(rows(3.0))
        with pytest.raises(ModelFailed):
            model.raw(rows(5.0))
        np.testing.assert_array_equal(model.raw(rows(0.0, 3))[:, 0], np.zeros(3))


def test_memory_is_bounded(tmp_path: Path) -> None:
    code = "import numpy\nif x[0, 0] == 1: big = numpy.ones(1 << 30)\nresult = x[:, 0]"
    rules = Rules(Limits(address_space=3 << 30), allow_code=True, require_for_code=frozenset())
    with ModelHost(hostile(tmp_path, code), rules) as host, pytest.raises(ModelFailed, match="MemoryError"):
        asked(host).raw(rows(1.0))


PROBES = (
    ({"landlock"}, "open({secret!r}).read()"),
    ({"landlock"}, "open({folder!r} + '/new', 'w')"),
    ({"landlock"}, "open('/proc/{pid}/environ', 'rb').read()"),
    ({"no_network", "seccomp"}, "import socket; socket.create_connection(('127.0.0.1', {port}), 2)"),
    ({"seccomp"}, "import socket; socket.socket(socket.AF_UNIX)"),
    ({"seccomp"}, "import subprocess; subprocess.run(['/bin/true'])"),
    ({"seccomp"}, "import os; os.kill({pid}, 0)"),
    ({"seccomp"}, "import os; os.setpgid(0, 0)"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines processes")
def test_files_processes_and_networks_are_out_of_reach(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        given = {"secret": str(secret), "folder": str(tmp_path / "m"), "pid": os.getpid(), "port": port}
        codes = [code.format(**given) for _, code in PROBES]
        at_load = f"for probe in {codes!r}:\n  try: exec(probe)\n  except OSError: continue\n  raise SystemError(probe)"
        with ModelHost(
            hostile(tmp_path / "m", f"exec({codes!r}[int(x[0, 0])]); result = x[:, 0]", at_load), OPEN
        ) as host:
            model = asked(host)
            for number, (parts, _) in enumerate(PROBES):
                with pytest.raises(ModelFailed, match=r"PermissionError|unreachable|not permitted"):
                    model.raw(rows(float(number)))
                assert parts & set(host.isolation)
    assert not (tmp_path / "m" / "new").exists()


def test_its_scratch_folder_vanishes_and_its_environment_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "key")
    code = (
        "import os, tempfile\nassert 'AZURE_CLIENT_SECRET' not in os.environ\n"
        "f = tempfile.NamedTemporaryFile(delete=False)\nf.write(b'1')\n"
        "print('x' * 100, flush=True); os.write(1, b'what a model prints must not disturb the protocol')\n"
        "result = x[:, 0]"
    )
    with ModelHost(hostile(tmp_path, code), OPEN) as host:
        assert len(asked(host).raw(rows(0.0, 3))) == 3
        scratch = host._scratch
        assert scratch is not None
        assert any(Path(scratch).iterdir())
    assert not Path(scratch).exists()


def test_missing_isolation_is_an_error_not_a_warning(tmp_path: Path) -> None:
    rules = Rules(allow_code=True, require_for_code=frozenset({"gvisor"}))
    host = ModelHost(hostile(tmp_path, "result = x"), rules)
    with pytest.raises(ModelFailed, match=r"isolation lacks \['gvisor'\]"):
        host.start()


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    given = hostile(tmp_path, "result = x[:, 0]")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        host = ModelHost(given, OPEN)
        host.start()
        assert host._process is not None
        os.write(write, str(host._process.pid).encode())
        time.sleep(60)
        os._exit(0)
    pid = int(os.read(read, 20))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{pid}").exists()


ANSWERS = (
    "{'sizes': [4], 'arrays': [['values', '<f8', [1]]]}, [b'abcd']",
    "{'arrays': [['values', 'O', [1]]]}, [bytes(8)]",
    "{'arrays': [['values', '<f8', [-1]]]}, [bytes(8)]",
    "{'arrays': 7}, []",
    "{'arrays': [['values', '<f8', [7, 1]]]}, [bytes(56)]",
    "{'arrays': []}, []",
)


def test_hostile_answers_are_refused_not_believed(tmp_path: Path) -> None:
    code = (
        "from bellwether.explain.host import serving\n"
        f"answers = iter([{', '.join(f'({a})' for a in ANSWERS)}])\n"
        "serving.Serving.answer = lambda self, head, parts: next(answers)\nresult = x[:, 0]"
    )
    with ModelHost(hostile(tmp_path, code), OPEN) as host:
        model = asked(host)
        model.raw(rows(0.0))
        for _ in ANSWERS:
            with pytest.raises(ModelFailed):
                model.raw(rows(0.0))
        assert host.starts == 1


def test_ensembles_survive_the_wire_and_nonsense_does_not() -> None:
    booster = xgboost.XGBRegressor(n_estimators=3, max_depth=2, n_jobs=1).fit(X, Y)
    from bellwether.explain.flavours.xgboost import estimator_of  # noqa: PLC0415 - beside what it is compared with

    ensemble = estimator_of(booster).ensemble(0)
    arrays = packing.ensemble_arrays(ensemble)
    described, parts = packing.pack(arrays)
    again = packing.ensemble_of(packing.unpack(described, [memoryview(p) for p in parts]))
    check(again)
    assert again.offset == ensemble.offset
    np.testing.assert_array_equal(again.trees[2].threshold, ensemble.trees[2].threshold)
    for name, wrong in (("sizes", np.array([10**9], np.int64)), ("bit_sizes", np.array([5] * 3, np.int64))):
        with pytest.raises(ValueError, match=r"arrays|sizes"):
            packing.ensemble_of({**arrays, name: wrong})
    loops = {**arrays, "left": np.zeros_like(arrays["left"])}
    with pytest.raises(Unsupported):
        check(packing.ensemble_of(loops))


@pytest.mark.filterwarnings("ignore")
def test_a_function_logged_by_mlflow_is_a_black_box(tmp_path: Path) -> None:
    import mlflow.pyfunc  # noqa: PLC0415 - slow to load

    class Model(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # mlflow has no types
        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]  # it reads type hints
            return model_input["a"] * 2 + model_input["b"]

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    mlflow.pyfunc.save_model(str(tmp_path / "m"), python_model=Model(), pip_requirements=[])
    given = Stored(tmp_path / "m", "python_function", Artifact(".", "pyfunc", "code"), {}, None, NAMES)
    with ModelHost(given, OPEN) as host:
        model = asked(host)
        route, checked = explain(model, 0, TABLE.slice(0, 20), TABLE.slice(0, 3), Options())
        assert route.explainer.slug == "black_box"
        expected = (X[:3] - X[:20].mean(axis=0)) * [2, 1, 0, 0]
        np.testing.assert_allclose(checked.contributions.values, expected, atol=1e-9)
