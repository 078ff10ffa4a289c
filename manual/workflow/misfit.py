"""What keeps changes out of an edition, in the language of the site; the manifest, which is pure, knows English."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from manual.manifest import ManifestRefused

# After the title of a chapter, a keyword or a document.
SAID = (
    gettext_noop("would stand under a chapter that has no place in the contents"),
    gettext_noop("is changed twice by the same edition"),
    gettext_noop("has changed since this version was begun; bring it up to date"),
    gettext_noop("has changed since this amendment was begun; bring it up to date"),
    gettext_noop("is in the manual already, so it cannot be new"),
    gettext_noop("is not in the manual, so it can only be new"),
    gettext_noop("would stand deeper than 10 levels"),
    gettext_noop("would stand under a withdrawn chapter"),
)


def misfit_said(refusal: ManifestRefused) -> str:
    """“would stand under a withdrawn chapter”: what stands after the title of what does not fit."""
    return gettext(str(refusal))
