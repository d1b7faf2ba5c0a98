import json
from pathlib import Path

from bellwether.gateway.app import openapi

WRITTEN = Path(__file__).parents[3] / "services/web/src/api/openapi.json"


def test_the_web_app_reads_the_current_document() -> None:
    assert json.loads(WRITTEN.read_text()) == openapi(), "run scripts/openapi"
