from pathlib import Path

import pytest

from bellwether.errors import InvalidInput, NotFound
from bellwether.objects import open_objects


def test_an_object_is_read_back_and_is_itself_the_local_file(tmp_path: Path) -> None:
    objects = open_objects(f"{tmp_path.as_uri()}/store")
    objects.put("rows/credit/a.parquet", b"content")
    assert objects.get("rows/credit/a.parquet") == b"content"
    with objects.local("rows/credit/a.parquet") as path:
        assert path == tmp_path / "store/rows/credit/a.parquet"
    assert list(objects.list("rows/credit")) == ["rows/credit/a.parquet"]
    with pytest.raises(NotFound):
        objects.get("rows/credit/b.parquet")
    with pytest.raises(InvalidInput):
        objects.put("../outside", b"")
