"""What folds on a narrow screen."""

from playwright.sync_api import Page


def unfold(page: Page, name: str) -> None:
    """Open it, where it is folded: on a wide screen it stands open already."""
    summary = page.locator("summary", has_text=name)
    if summary.is_visible():
        summary.click()
