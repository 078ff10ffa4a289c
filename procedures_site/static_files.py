"""Static files under names that hold their hash, the modules that a script imports among them."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from procedures_site import stylesheets


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Without this a browser would go on with the modules of the release before, beside a new script that needs new
    ones."""

    support_js_module_import_aggregation = True
    # The small style sheets of every page in one: a phone asks once for what it has to have.
    joined = "css/site.css"

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            self.join(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def join(self, paths: dict[str, Any]) -> None:
        """Put the joined style sheet beside those that it is made of."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        text = stylesheets.joined(stylesheets.of_the_screen(), read)
        self.delete(self.joined)
        self._save(self.joined, ContentFile(text.encode()))
        paths[self.joined] = (self, self.joined)
