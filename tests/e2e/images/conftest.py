"""The composition, built and brought up once for all tests of this folder, as its page says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bellwether.embedded.home import free_port
from tests.e2e.images.project import BUILT, Project
from tests.network import changing

PAGE = Path(__file__).parents[3] / "docs" / "deploy-compose.md"
BUILD_S, STEP_S = 1500.0, 240.0


class Page:
    """The page a reader follows: headings and the commands below them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        text = PAGE.read_text(encoding="utf-8")
        parts = re.split(r"^## (.+)$", text, flags=re.M)[1:]
        self.blocks = {
            heading: re.findall(r"^```sh\n(.*?)^```$", body, flags=re.M | re.S)
            for heading, body in zip(parts[::2], parts[1::2], strict=True)
        }
        self.followed: list[str] = []
        self.first = self.follow("From nothing to the first report", BUILD_S)
        """What its blocks printed: images were built and brought up, a key was made, a batch was pushed."""

    def follow(self, heading: str, timeout_s: float = STEP_S) -> list[str]:
        """Run the commands below a heading; what each block printed."""
        self.followed.append(heading)
        return [self.project.run(block, timeout_s) for block in self.blocks[heading]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, its first part followed: images built, everything up, a key made, a batch pushed, its report read."""
    project = Project(tmp_path_factory.mktemp("compose"), free_port())
    try:
        # Building takes longest and changes no interface.
        project.run(f"cp .env.example .env\ndocker compose build {' '.join(BUILT)}", BUILD_S)
    except BaseException:
        project.close()
        raise
    with changing():
        try:
            yield Page(project)
        finally:
            project.close()
