from html.parser import HTMLParser

from bellwether.gateway import docs
from bellwether.gateway.app import openapi


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def test_people_find_every_operation_on_a_page_without_scripts() -> None:
    page = docs.page(openapi)
    tags = Tags()
    tags.feed(page)
    assert not tags.found & {"script", "iframe", "img", "link"}
    assert "://" not in page
    for path in openapi()["paths"]:
        assert path in page
