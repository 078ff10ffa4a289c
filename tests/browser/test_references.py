"""In a real browser: an address of a section that is gone, and the citation of one that is there."""

import pytest

from manual import workflow
from manual.models import Chapter
from tests.manual_maker import agreed, newest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lost_section_says_so_without_a_script_and_a_section_is_cited_in_a_dialog(reader):
    enquiries = Chapter.objects.get(slug="child-protection-enquiries")
    before = newest(enquiries)
    start, _, rest = before.text.partition("## Seeing the child")
    workflow.publish(
        by=None, amendments=[agreed(enquiries, text=f"{start}## {rest.partition(chr(10) + '## ')[2]}")]
    )

    for javascript in (False, True):
        page = reader(width=360, javascript=javascript)
        page.goto("/chapters/child-protection-enquiries/#seeing-the-child")
        notice = page.locator("#seeing-the-child")
        assert "no longer in this chapter" in notice.inner_text()
        assert 0 <= notice.bounding_box()["y"] < 400
        assert not page.locator("#site-lost-section").is_visible()

    page.goto("/chapters/child-protection-enquiries/?#never-there")
    page.wait_for_selector("#site-lost-section:focus")

    page.locator(".cite-link").first.click()
    dialog = page.get_by_role("dialog")
    assert "section 1 (How enquiries begin), in force" in dialog.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.className") == "cite-link"
