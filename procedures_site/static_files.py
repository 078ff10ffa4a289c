"""Static files under names that hold their hash, the modules that a script imports among them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Without this a browser would go on with the modules of the release before, beside a new script that needs new
    ones."""

    support_js_module_import_aggregation = True
