"""Forms, files and pictures of the board's: what there is, where it is used, and new ones, uploaded as drafts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import drafting, workflow
from manual.admin.decisions import VersionAdmin, not_permitted
from manual.admin.record import RecordAdmin
from manual.admin.timeline import timeline_of
from manual.interchange.upload import TAKEN, Upload, UploadRefused, check, check_size
from manual.models import (
    Amendment,
    Contents,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Line,
    Status,
    StoredFile,
    manual_lock,
)
from manual.models.document import DocumentVersionQuerySet
from manual.models.file_kind import kind_of, size_in_words
from manual.views.documents import file_response
from manual.workflow import name_of, said
from manual.workflow.permission import SUBMIT

ON_A_PAGE = 50
A_DAY = 24 * 60 * 60
KEPT = "manual.admin.document.kept"
# A draft is seen by those who work on it, and by no cache between.
PRIVATE = "private, no-store"


# --- The form ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A file that was uploaded and passed, while the rest of the form is put right: nobody has to choose it again."""

    sha256: str
    filename: str
    media_type: str
    width: int | None
    height: int | None
    size: int

    @classmethod
    def of(cls, upload: Upload) -> Kept:
        stored = StoredFile.objects.keep(upload.content)
        return cls(
            stored.pk, upload.filename, upload.media_type, upload.width, upload.height, len(upload.content)
        )

    @classmethod
    def read(cls, token: str) -> Kept | None:
        """The one that a page of ours wrote into itself; none where it is too old, or not ours."""
        try:
            kept = cls(**signing.loads(token, salt=KEPT, max_age=A_DAY))
        except (signing.BadSignature, TypeError):
            return None
        return kept if StoredFile.objects.filter(pk=kept.sha256).exists() else None

    @property
    def token(self) -> str:
        return signing.dumps(vars(self), salt=KEPT)

    @property
    def label(self) -> str:
        return f"{kind_of(self.media_type).label}, {size_in_words(self.size)}"

    @property
    def words(self) -> dict[str, Any]:
        """As the words of a version."""
        return {
            "file": StoredFile.objects.defer("content").get(pk=self.sha256),
            "filename": self.filename,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
        }


class DocumentForm(forms.Form):
    """A file with its words. A draft may lack some; what it needs before it is submitted is said on its page."""

    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("What readers see as the link: Referral form."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "What it is for. Of a picture: what it shows, in full, for those who cannot see it."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed and why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Readers see this in the list of changes. It can be written later, but before it is submitted."
        ),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    goes_on_from = forms.ChoiceField(
        label=gettext_lazy("Goes on from"), required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, needs_file: bool, choices: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs_file = needs_file
        self.kept: Kept | None = None
        limits = _("Up to %(document_limit)s, pictures %(picture_limit)s.") % {
            "document_limit": size_in_words(settings.DOCUMENT_LIMIT),
            "picture_limit": size_in_words(settings.PICTURE_LIMIT),
        }
        if needs_file:
            title = self.fields["title"]
            title.help_text = f"{title.help_text} " + _("Empty: made from the file’s name.")
        told = [f"{TAKEN}.", limits]
        if not needs_file:
            told.insert(0, _("Leave this empty to keep the file that there is and change only its words."))
        self.fields["file"].help_text = " ".join(told)
        cast(forms.ChoiceField, self.fields["goes_on_from"]).choices = list(choices)
        for name, bound in self.fields.items():
            if bound.help_text:
                bound.widget.attrs["aria-describedby"] = f"id_{name}_helptext"

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_description(self) -> str:
        return _lines(self.cleaned_data["description"])

    def clean_note(self) -> str:
        return _lines(self.cleaned_data["note"])

    def clean_file(self) -> Kept | None:
        uploaded: UploadedFile[Any] | None = self.cleaned_data["file"]
        if uploaded is None:
            self.kept = Kept.read(self.data.get("kept", ""))
            if self.kept is None and self.needs_file:
                raise forms.ValidationError(_("Choose the file."))
            return self.kept
        name, limits = uploaded.name or "", (settings.DOCUMENT_LIMIT, settings.PICTURE_LIMIT)
        try:
            check_size(name, uploaded.size or 0, max(limits))
            upload = check(name, uploaded.read(), document_limit=limits[0], picture_limit=limits[1])
        except UploadRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        self.kept = Kept.of(upload)
        return self.kept

    def words(self) -> dict[str, Any]:
        """What was decided, as the words of a version."""
        cleaned = self.cleaned_data
        words: dict[str, Any] = {name: cleaned[name] for name in ("title", "description", "note")}
        if self.kept:
            words |= self.kept.words
            words["title"] = words["title"] or _title_from(self.kept.filename)
        if chosen := cleaned.get("goes_on_from"):
            words["based_on"] = DocumentVersion.objects.get(pk=chosen)
        return words


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _title_from(filename: str) -> str:
    words = re.sub(r"[\s_-]+", " ", filename.rpartition(".")[0]).strip()
    return (words[:1].upper() + words[1:])[:200]


# --- What there is -------------------------------------------------------------------------------------------


@dataclass
class Shelf:
    """One document for editors: what readers have of it, what is to come, and who works on it."""

    document: Document
    in_force: DocumentVersion | None = None
    scheduled: list[DocumentVersion] = field(default_factory=list)
    drafts: list[DocumentVersion] = field(default_factory=list)
    earlier: list[DocumentVersion] = field(default_factory=list)

    @property
    def shown(self) -> DocumentVersion:
        """The version that stands for it: that of readers, or else the one that comes first."""
        return self.in_force or next(iter([*self.scheduled, *self.drafts, *self.earlier]))

    @property
    def abandoned(self) -> bool:
        return not (self.in_force or self.scheduled or self.drafts)

    def draft_of(self, person: User) -> DocumentVersion | None:
        return next((draft for draft in self.drafts if draft.open and draft.author_id == person.pk), None)

    def drafts_of_others(self, person: User) -> list[DocumentVersion]:
        return [draft for draft in self.drafts if draft.open and draft.author_id != person.pk]


def shelves_of(documents: Iterable[Document]) -> list[Shelf]:
    """One query, however many they are."""
    shelves = {document.pk: Shelf(document) for document in documents}
    now = timezone.now()
    versions = DocumentVersion.objects.filter(document__in=shelves).with_size()
    for version in versions.select_related("document", "file", "edition", "author").order_by(
        "sequence", "pk"
    ):
        shelf = shelves[version.document_id]
        if version.status == Status.PUBLISHED and version.edition.effective_at <= now:
            if shelf.in_force:
                shelf.earlier.insert(0, shelf.in_force)
            shelf.in_force = version
        elif version.status == Status.PUBLISHED:
            shelf.scheduled.append(version)
        elif version.status == Status.ABANDONED:
            shelf.earlier.append(version)
        else:
            shelf.drafts.append(version)
    return list(shelves.values())


@dataclass(frozen=True)
class Uses:
    """Where a document is referred to: chapters and keywords that readers have, and drafts."""

    chapters: list[Line]
    keywords: list[Definition]
    drafts: list[Amendment]


def where_used(document: Document) -> Uses:
    """In the edition in force, and in what is being written. Five queries."""
    address = f"document:{document.slug}"
    exact = re.compile(rf"{re.escape(address)}(?![\w-])")
    edition = Edition.objects.in_force()
    chapters: list[Line] = []
    keywords: list[Definition] = []
    if edition:
        contents = Contents.of(edition)
        stored = f'"{address}"'
        holding = Amendment.objects.filter(entries__edition=edition, html__contains=stored)
        found = set(holding.values_list("chapter_id", flat=True))
        chapters = [line for line in contents.lines if line.chapter_id in found]
        keywords = list(Definition.objects.in_edition(edition).filter(html__contains=stored).defer("html"))
    open_ones = Amendment.objects.open() | Amendment.objects.ready()
    drafts = [
        draft
        for draft in open_ones.filter(text__contains=address).select_related("chapter", "author")
        if exact.search(draft.text)
    ]
    return Uses(chapters, keywords, drafts)


# --- The pages of documents ----------------------------------------------------------------------------------


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    """Every form, file and picture, with its versions; new ones begin here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).has_perm(SUBMIT)

    def get_urls(self) -> list[URLPattern]:
        version = path(
            "<int:pk>/new-version/",
            self.admin_site.admin_view(self.version_view),
            name="manual_document_new_version",
        )
        return [version, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All of them by title, with what readers have and what is to come."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        newest = (
            DocumentVersion.objects.filter(document=OuterRef("pk"))
            .exclude(status=Status.ABANDONED)
            .order_by("-pk")
        )
        documents = Document.objects.annotate(newest_title=Subquery(newest.values("title")[:1]))
        asked = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
        if asked:
            documents = documents.filter(versions__title__icontains=asked).distinct()
        paginator = Paginator(documents.order_by("newest_title", "slug"), ON_A_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        return self._page(
            request, "admin/manual/document/list.html", title=_("Documents"), shelves=shelves_of(page.object_list),
            page=page, asked=asked, count=paginator.count, **(extra_context or {}),
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One document: its versions, where it is used, and how to refer to it."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        document = self.get_object(request, object_id)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        if document is None:
            messages.warning(request, _("There is no such document any more."))
            return redirect("admin:manual_document_changelist")
        (shelf,) = shelves_of([document])
        person = cast(User, request.user)
        return self._page(
            request, "admin/manual/document/document.html", title=shelf.shown.title_shown, shelf=shelf,
            shown=shelf.shown, uses=where_used(document), mine=shelf.draft_of(person),
            others=shelf.drafts_of_others(person), moments=timeline_of(document), **(extra_context or {}),
        )  # fmt: skip

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Upload one that the board does not have here yet."""
        by = cast(User, request.user)
        if not by.has_perm(SUBMIT):
            return self._not_permitted(request)
        posted = request.POST if request.method == "POST" else None
        form = DocumentForm(posted, request.FILES or None, needs_file=True)
        refusal = ""
        if posted is not None and form.is_valid():
            words = form.words()
            try:
                # One at a time, so that two clicks on the button make one document.
                with manual_lock():
                    mine = DocumentVersion.objects.open().filter(author=by, based_on=None)
                    version = mine.filter(file=words["file"], title=words["title"]).first()
                    if version is None:
                        version = workflow.begin_document(by=by, **words)
                        _say_uploaded(request, version)
                    else:
                        messages.info(
                            request, _("This file was uploaded with this title already. Here it is.")
                        )
                return redirect("admin:manual_documentversion_change", version.pk)
            except workflow.Refused as refused:
                refusal = str(refused)
        return self._form_page(
            request, form, refusal, title=_("Upload a document"), button=_("Upload it as a draft"),
            cancel=self._list_address(),
        )  # fmt: skip

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Upload a new version of one that there is, or change only its words."""
        by = cast(User, request.user)
        if not by.has_perm(SUBMIT):
            return self._not_permitted(request)
        document = get_object_or_404(Document, pk=pk)
        (shelf,) = shelves_of([document])
        if (mine := shelf.draft_of(by)) is not None:
            messages.info(request, _("You have begun a version of this already. Go on with it here."))
            return redirect("admin:manual_documentversion_write", mine.pk)
        options = workflow.texts_to_go_on_from(DocumentVersion(document=document))
        shown = options[-1] if options else shelf.shown
        posted = request.POST if request.method == "POST" else None
        form = DocumentForm(
            posted, request.FILES or None, needs_file=not options, choices=_choices(options),
            initial={"title": shown.title, "description": shown.description, "goes_on_from": str(shown.pk)},
        )  # fmt: skip
        refusal = ""
        if posted is not None and form.is_valid():
            words = form.words()
            words["title"] = words["title"] or shown.title
            try:
                version = workflow.draft_document(document, by=by, **words)
            except workflow.Refused as refused:
                refusal = str(refused)
            else:
                _say_uploaded(request, version)
                return redirect("admin:manual_documentversion_change", version.pk)
        return self._form_page(
            request,
            form,
            refusal,
            title=_("A new version of “%(title)s”") % {"title": shown.title_shown},
            button=_("Keep it as a draft"),
            document=document,
            shown=shown,
            others=shelf.drafts_of_others(by),
            options=options,
            cancel=reverse("admin:manual_document_change", args=[pk]),
        )

    def _list_address(self) -> str:
        return reverse("admin:manual_document_changelist")

    def _form_page(
        self, request: HttpRequest, form: DocumentForm, refusal: str, **context: Any
    ) -> HttpResponse:
        wrong = bool(refusal or form.errors)
        return self._page(
            request, "admin/manual/document/form.html", status=422 if wrong else 200,
            form=form, refusal=refusal, kept=form.kept, **context,
        )  # fmt: skip

    def _page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "may_upload": self.has_add_permission(request),
            "list_address": self._list_address(),
            **context,
        }
        return TemplateResponse(request, template, context, status=status)

    def _not_permitted(self, request: HttpRequest) -> HttpResponse:
        sentence = _("Documents are uploaded by editors. Ask an administrator of the manual for that role.")
        return not_permitted(request, self.admin_site, sentence, reverse("admin:index"))


def _choices(options: Iterable[DocumentVersion]) -> list[tuple[str, str]]:
    """What a new version may follow: the one in force, or one that is scheduled, where there is any question."""
    found = []
    now = timezone.now()
    for version in options:
        edition = cast("Edition", version.edition)
        moment = edition.effective_at
        if moment and moment > now:
            words = _("Version %(sequence)s, that edition %(number)s brings on %(moment)s") % {
                "sequence": version.sequence,
                "number": edition.number,
                "moment": said(moment),
            }
        else:
            words = _("Version %(sequence)s, that readers have now") % {"sequence": version.sequence}
        found.append((str(version.pk), words))
    return found


def _say_uploaded(request: HttpRequest, version: DocumentVersion) -> None:
    missing = drafting.missing_from(version)
    if not version.note:
        missing.append(_("Say what changed and why."))
    if missing:
        messages.warning(
            request,
            _("“%(title)s” is kept as a draft. Before it can be submitted: %(missing)s")
            % {"title": version.title_shown, "missing": " ".join(missing)},
        )
    else:
        messages.success(
            request,
            _("“%(title)s” is kept as a draft. Submit it when it is as it should be.")
            % {"title": version.title_shown},
        )


# --- The pages of a version ----------------------------------------------------------------------------------


@admin.register(DocumentVersion)
class DocumentVersionAdmin(VersionAdmin):
    """One version of a document, from the upload to the edition that carries it."""

    record_template = "admin/manual/document/record.html"
    noun = gettext_lazy("version of a document")
    list_display = ("title", "document", "sequence", "status", "edition", "author")
    list_filter = ("status", "edition")
    search_fields = ("title", "document__slug", "note")
    ordering = ("-changed_at", "-pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from the documents, so that the menu has one place for them."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        versions = cast(DocumentVersionQuerySet, super().get_queryset(request))
        return versions.with_size().select_related("document", "file", "edition", "author", "approver")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="manual_documentversion_file"),
            path("<int:pk>/write/", self.admin_site.admin_view(self.write_view), name="manual_documentversion_write"),
        ]  # fmt: skip
        return [*own, *super().get_urls()]

    # --- Its record

    def words_of(self, version: DocumentVersion) -> dict[str, str]:
        return {
            _("Title"): version.title,
            _("Description"): version.description,
            _("File"): f"{version.filename} ({version.label})",
        }

    def problems_of(self, version: DocumentVersion) -> list[drafting.Problem]:
        found = super().problems_of(version)
        before = version.based_on
        if before is not None and before.is_picture and not version.is_picture:
            found.append(
                drafting.Problem(
                    None,
                    _(
                        "It was a picture and is none any more: chapters that show it would have a link to the file "
                        "instead."
                    ),
                )
            )
        return found

    def facts_of(self, version: DocumentVersion) -> list[tuple[str, Any]]:
        facts = [
            (_("File"), version.filename),
            (_("Kind and size"), version.label),
            *super().facts_of(version),
        ]
        if version.width and version.height:
            pixels = {"width": f"{version.width:,}", "height": f"{version.height:,}"}
            facts.insert(2, (_("Width and height"), _("%(width)s by %(height)s pixels") % pixels))
        return facts

    def write_address(self, version: DocumentVersion) -> str:
        return reverse("admin:manual_documentversion_write", args=[version.pk])

    up_to_date_address = write_address

    def context_of(self, request: HttpRequest, version: DocumentVersion) -> dict[str, Any]:
        before = version.based_on
        return {
            **super().context_of(request, version),
            "before": before,
            "same_file": before is not None and before.file_id == version.file_id,
            "document": version.document,
        }

    # --- Its file and its words

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file itself, of drafts too: for those who work on the manual alone."""
        version = self.get_object(request, str(pk))
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        if version is None:
            return self._not_there(request, str(pk))
        return file_response(request, version, cached=PRIVATE)

    def write_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its author changes a draft's words, or puts another file into it."""
        by = cast(User, request.user)
        version = self._version(request, str(pk))
        if version is None:
            return self._not_there(request, str(pk))
        record = redirect("admin:manual_documentversion_change", pk)
        if not version.writable or version.author_id not in (None, by.pk) or not by.has_perm(SUBMIT):
            messages.error(request, _why_not_writable(version, by))
            return record
        options = workflow.texts_to_go_on_from(version)
        stale = not workflow.is_up_to_date(version)
        asks = stale or len(options) > 1
        posted = request.POST if request.method == "POST" else None
        form = DocumentForm(
            posted, request.FILES or None, needs_file=False, choices=_choices(options) if asks else (),
            initial={
                "title": version.title, "description": version.description, "note": version.note,
                "revision": version.revision, "goes_on_from": str(version.based_on_id),
            },
        )  # fmt: skip
        refusal, overtaken = "", None
        if posted is not None and form.is_valid():
            words = form.words()
            words["title"] = words["title"] or version.title
            try:
                workflow.revise(version, by=by, revision=form.cleaned_data["revision"], **words)
            except workflow.Overtaken as refused:
                overtaken = cast(DocumentVersion, refused.current)
                refusal = _(
                    "%(refused)s What you wrote is still below. Saving again puts it in the place of that."
                ) % {"refused": refused}
            except workflow.Refused as refused:
                refusal = str(refused)
            else:
                messages.success(
                    request, _("“%(title)s” is saved.") % {"title": words["title"] or version.title_shown}
                )
                return record
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Go on with “%(title)s”") % {"title": version.title_shown},
            "button": _("Save"),
            "list_address": reverse("admin:manual_document_changelist"),
            "cancel": self.record_address(version),
            "form": form,
            "kept": form.kept,
            "refusal": refusal,
            "overtaken": overtaken,
            "revision": (overtaken or version).revision
            if overtaken or posted is None
            else form["revision"].value(),
            "document": version.document,
            "shown": version,
            "options": options,
            "stale": stale,
        }
        status = 409 if overtaken else 422 if refusal or form.errors else 200
        return TemplateResponse(request, "admin/manual/document/form.html", context, status=status)


def _why_not_writable(version: DocumentVersion, by: User) -> str:
    if not version.writable:
        return _("“%(title)s” is %(status)s; it cannot be changed now.") % {
            "title": version.title_shown,
            "status": version.get_status_display().lower(),
        }
    if not by.has_perm(SUBMIT):
        return _("Your account may read it, but not change it.")
    return _("“%(title)s” is a draft by %(author)s, who alone can change it.") % {
        "title": version.title_shown,
        "author": name_of(version.author),
    }
