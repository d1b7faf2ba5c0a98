"""Every page, on a screen and on a telephone, in both schemes: sound for axe, no wider than the screen, bounded."""

from collections.abc import Callable

import pytest

from tests.e2e.web.browser import MOST_ELEMENTS, NARROW, WIDE, Tab
from tests.e2e.web.pages import PAGES

pytestmark = pytest.mark.lane("browser")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_is_sound_in_both_schemes_and_on_a_telephone(
    open_tab: Callable[..., Tab], size: dict[str, int], scheme: str
) -> None:
    tab = open_tab(size=size, scheme=scheme)
    for name, path in PAGES.items():
        page = tab.show(path)
        assert (name, page.get_by_role("alert").all_inner_texts()) == (name, [])
        assert (name, tab.findings()) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert tab.elements <= MOST_ELEMENTS, name
