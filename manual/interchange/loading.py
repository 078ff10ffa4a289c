"""From the content folder to a manual: read, check, and only then write, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import F

from manual import manifest, rendering, workflow
from manual.interchange import agreement, synonyms_file
from manual.interchange import folder as content_folder
from manual.interchange.chapter_file import ChapterFile
from manual.interchange.document_file import DocumentEntry
from manual.interchange.edition_file import Spot
from manual.interchange.folder import EditionFolder
from manual.interchange.history import History, Plan, Standing, render_all
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.manual_file import ManualFile
from manual.interchange.mistakes import ContentRefused, Mistake, Mistakes, in_order
from manual.interchange.progress import Progress, Step
from manual.interchange.synonyms_file import SynonymSet
from manual.interchange.upload import UploadRefused
from manual.models import (
    Amendment,
    Chapter,
    Definition,
    Document,
    DocumentVersion,
    Edition,
    Entry,
    Keyword,
    Manual,
    Section,
    Significance,
    StoredFile,
    TreeRefused,
    manual_lock,
)
from manual.models.amendment import AmendmentRefused
from manual.rendering import RenderingRefused


@dataclass
class Loaded:
    """What came into the database, and what is wrong with texts that were let pass."""

    editions: int = 0
    chapters: int = 0
    amendments: int = 0
    definitions: int = 0
    documents: int = 0
    synonyms: int = 0
    flaws: list[Mistake] = field(default_factory=list)


def load(
    folder: Path | str, *, update: bool = False, as_published: bool = False, progress: Progress | None = None
) -> Loaded:
    """Publish the editions of a content folder as their board published them. All or nothing.

    `update` takes into a manual that has editions those it has not; `manual.yaml`, `synonyms.yaml` and the texts of the
    others are not looked at again. `as_published` lets flaws of texts pass (broken references, skipped headings):
    history cannot be mended. Raises ContentRefused with every mistake.
    """
    # Each text is rendered to be checked and to be stored.
    with rendering.each_once():
        return _load(Path(folder), update, as_published, progress)


def _load(folder: Path, update: bool, as_published: bool, progress: Progress | None) -> Loaded:
    if not folder.is_dir():
        raise ContentRefused(
            [Mistake(str(folder), None, "There is no such folder.", "Name the one with manual.yaml.")]
        )
    if not update:
        _refuse_unless_empty(folder)
    mistakes = Mistakes()
    published = set(Edition.objects.published().values_list("number", flat=True)) if update else set()
    content = content_folder.read(folder, mistakes, known=published)  # type: ignore[arg-type] # published have a number
    manual = ManualFile.of(Manual.objects.current()) if published else content.manual
    if manual is None:
        # What words mark an area is not known, so that no text can be judged.
        raise ContentRefused(in_order([*mistakes.faults, *mistakes.flaws]))
    renderings = render_all(
        [edition for edition in content.editions if edition.number not in published],
        manual,
        mistakes,
        progress,
    )
    with manual_lock():
        if not update:
            _refuse_unless_empty(folder)  # once more: rendering took a while
        coming = _not_there_yet(content.editions, mistakes)
        history = History(_standing(), manual, renderings, mistakes)
        plans = history.play_all(coming)
        _say_what_means_the_same(content.synonyms, mistakes)
        mistakes.refuse(flaws=not as_published)
        if not published:
            Manual(**manual.fields()).save()
        loaded = _Writer(progress).write(plans)
    loaded.synonyms = len(content.synonyms)
    loaded.flaws = mistakes.flaws
    return loaded


def _say_what_means_the_same(sets: Sequence[SynonymSet], mistakes: Mistakes) -> None:
    """Search goes by them once all is loaded. What is refused is a mistake like others, and undoes all of them."""
    for each in sets:
        try:
            workflow.add_synonym(by=None, forms=each.forms, note=each.note)
        except workflow.Refused as refusal:
            mistakes.fault(synonyms_file.NAME, each.line, str(refusal))


def _refuse_unless_empty(folder: Path) -> None:
    if any(noun._default_manager.exists() for noun in (Edition, Chapter, Keyword, Document)):
        cause = "The manual in the database has editions or chapters already."
        remedy = "Load into an empty one, or ask for an update, which takes only editions that are not there."
        raise ContentRefused([Mistake(str(folder), None, cause, remedy)])


def _not_there_yet(editions: Sequence[EditionFolder], mistakes: Mistakes) -> list[EditionFolder]:
    """The editions that the database has not; the others have to take effect when they do there."""
    there = dict(Edition.objects.published().values_list("number", "effective_at"))
    coming = []
    for edition in editions:
        if edition.number not in there:
            coming.append(edition)
        elif edition.says.effective and edition.says.effective != there[edition.number]:
            mistakes.fault(
                edition.file, edition.says.lines.get("effective"),
                f"In the database edition {edition.number} takes effect at {there[edition.number]}, not at "
                f"{edition.says.effective}.", "This folder is of another manual, or has been changed.",
            )  # fmt: skip
    if coming and coming[0].number > len(there) + 1:
        mistakes.fault(
            coming[0].file, None, f"The database has {len(there)} editions, so that one before this is missing.",
            "Put the folders of all editions here.",
        )  # fmt: skip
    return coming


def _standing() -> Standing:
    """The manual in the database as its newest published edition has it, scheduled or in force."""
    newest = Edition.objects.published().last()
    if newest is None:
        return Standing(begun=dict(Chapter.objects.values_list("slug", "kind")))
    entries = Entry.objects.filter(edition=newest).order_by("position")
    lines = [
        manifest.Line(*row)
        for row in entries.values_list(
            "chapter__slug", "parent__slug", "amendment_id", "introduced_in__number", "changed_in__number",
            "withdrawn_in__number", "numbered", "gone", "number", "level",
        )
    ]  # fmt: skip
    kinds = dict(entries.values_list("chapter__slug", "chapter__kind"))
    anchors: dict[str, set[str]] = {slug: set() for slug in kinds}
    sections = Section.objects.filter(amendment__entries__edition=newest).exclude(anchor="")
    for slug, anchor in sections.values_list("amendment__chapter__slug", "anchor"):
        anchors[slug].add(anchor)
    return Standing(
        number=newest.number or 0,
        effective=newest.effective_at,
        lines=lines,
        kinds=kinds,
        anchors=dict(anchors),
        keywords=set(Definition.objects.in_edition(newest).values_list("keyword__slug", flat=True)),
        documents=set(DocumentVersion.objects.in_edition(newest).values_list("document__slug", flat=True)),
        begun=dict(Chapter.objects.exclude(slug__in=kinds).values_list("slug", "kind")),
    )


@contextmanager
def _blaming(file: str) -> Iterator[None]:
    """What the verbs and nouns refuse though it was checked here is a mistake of this file too."""
    try:
        yield
    except (workflow.Refused, TreeRefused, AmendmentRefused, RenderingRefused, UploadRefused) as refusal:
        raise ContentRefused([Mistake(file, None, str(refusal))]) from refusal


class _Writer:
    """Puts planned editions into the database."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.loaded = Loaded()
        self.chapters: dict[str, Chapter] = {chapter.slug: chapter for chapter in Chapter.objects.in_order()}
        self.documents: dict[str, Document] = {document.slug: document for document in Document.objects.all()}
        self.keywords: dict[str, Keyword] = {keyword.slug: keyword for keyword in Keyword.objects.all()}
        # What the next version of each is based on.
        newest = Edition.objects.published().last()
        self.amendments: dict[str, Amendment] = {}
        self.definitions: dict[str, Definition] = {}
        self.versions: dict[str, DocumentVersion] = {}
        if newest:
            entries = Entry.objects.filter(edition=newest).select_related("amendment", "chapter")
            self.amendments = {
                entry.chapter.slug: entry.amendment for entry in entries.defer("amendment__html")
            }
            in_edition = Definition.objects.in_edition(newest)
            self.definitions = {definition.keyword.slug: definition for definition in in_edition}
            files = DocumentVersion.objects.in_edition(newest)
            self.versions = {version.document.slug: version for version in files}

    def write(self, plans: Sequence[Plan]) -> Loaded:
        self.brings = {chapter.slug: chapter for plan in plans for chapter in plan.chapters if chapter.kind}
        for plan in plans:
            self._publish(plan)
        self.loaded.editions = len(plans)
        return self.loaded

    def _publish(self, plan: Plan) -> None:
        says, number = plan.folder.says, plan.folder.number
        if not says.effective or not says.published:
            raise ValueError(f"{plan.folder.file} was not checked before it was published.")
        places = {spot.slug: spot for spot in says.contents or ()}
        with _blaming(plan.folder.file):
            self._place(plan, places)
        amendments = []
        for done, chapter in enumerate(plan.chapters, start=1):
            with _blaming(chapter.file):
                amendments.append(self._record(chapter, plan.folder, places))
            if self.progress:
                self.progress(Step("Loading", f"edition {number}", done, len(plan.chapters)))
        definitions = []
        for keyword in plan.folder.keywords:
            with _blaming(keyword.file):
                definitions.append(self._define(keyword, plan.folder))
        versions = []
        for document in plan.folder.documents:
            with _blaming(document.file):
                versions.append(self._keep(document, plan.folder))
        with _blaming(plan.folder.file):
            workflow.publish(
                by=None,
                kind=says.kind,
                amendments=amendments,
                definitions=definitions,
                documents=versions,
                rearrange=says.contents is not None,
                effective_at=says.effective,
                name=says.name,
                notes=says.notes,
                law_stated_as_at=says.law_stated_as_at,
                at=says.published,
                published_at=says.published,
                **agreement.of(says),
            )
        self.amendments |= {
            chapter.slug: made for chapter, made in zip(plan.chapters, amendments, strict=True)
        }
        keywords = plan.folder.keywords
        self.definitions |= {keyword.slug: made for keyword, made in zip(keywords, definitions, strict=True)}
        documents = plan.folder.documents
        self.versions |= {document.slug: made for document, made in zip(documents, versions, strict=True)}
        self.loaded.amendments += len(amendments)
        self.loaded.definitions += len(definitions)
        self.loaded.documents += len(versions)

    def _record(self, chapter: ChapterFile, folder: EditionFolder, places: Mapping[str, Spot]) -> Amendment:
        under, numbered = chapter.under, chapter.numbered
        new = chapter.significance == Significance.NEW
        if new and chapter.slug in places:
            under, numbered = places[chapter.slug].parent or "", places[chapter.slug].numbered
        return workflow.record_agreed(
            self.chapters[chapter.slug],
            approved_at=chapter.approved or folder.says.published,  # type: ignore[arg-type] # checked by the caller
            significance=chapter.significance,
            based_on=self.amendments.get(chapter.slug),
            title=chapter.title,
            text=chapter.text,
            areas=list(chapter.areas),
            remark=chapter.remark,
            label=chapter.label,
            link=chapter.link,
            numbering=chapter.numbering,
            keywords_off=list(chapter.keywords_off),
            passage_status=chapter.status,
            under=self.chapters[under] if under else None,
            numbered=numbered,
            counterpart=self._named(chapter.counterpart) if chapter.counterpart else None,
            successor=self._named(chapter.successor) if chapter.successor else None,
            note=chapter.note,
            **agreement.of(chapter),
        )

    def _named(self, slug: str) -> Chapter:
        """A successor or counterpart may be a chapter that only a later edition brings."""
        if slug not in self.chapters:
            self._add(self.brings[slug], "", True)
        return self.chapters[slug]

    def _define(self, keyword: KeywordEntry, folder: EditionFolder) -> Definition:
        if keyword.slug not in self.keywords:
            self.keywords[keyword.slug] = Keyword.objects.create(slug=keyword.slug)
        return workflow.record_agreed_definition(
            self.keywords[keyword.slug],
            approved_at=keyword.approved or folder.says.published,  # type: ignore[arg-type] # checked by the caller
            based_on=self.definitions.get(keyword.slug),
            name=keyword.name,
            also=list(keyword.also),
            meaning=keyword.meaning,
            see_also=list(keyword.see_also),
            note=keyword.note,
            **agreement.of(keyword),
        )

    def _keep(self, document: DocumentEntry, folder: EditionFolder) -> DocumentVersion:
        if document.upload is None or document.fetch is None:
            raise ValueError(f"{document.file} was not checked before it was published.")
        if document.slug not in self.documents:
            self.documents[document.slug] = Document.objects.create(slug=document.slug)
        return workflow.record_agreed_document(
            self.documents[document.slug],
            approved_at=document.approved or folder.says.published,  # type: ignore[arg-type] # checked by the caller
            based_on=self.versions.get(document.slug),
            title=document.title,
            description=document.description,
            filename=document.filename,
            media_type=document.upload.media_type,
            file=StoredFile.objects.keep(document.fetch()),
            width=document.upload.width,
            height=document.upload.height,
            note=document.note,
            **agreement.of(document),
        )

    # --- The tree that editors arrange -----------------------------------------------------------------------

    def _place(self, plan: Plan, places: Mapping[str, Spot]) -> None:
        """Let the editors' tree have what the edition brings, where the edition has it."""
        new = {chapter.slug: chapter for chapter in plan.chapters if chapter.significance == Significance.NEW}
        if plan.folder.says.contents is not None:
            for slug, spot in places.items():
                if slug not in self.chapters:
                    self._add(new[slug], spot.parent or "", spot.numbered)
            self._arrange(list(places.values()))
            return
        # One that is withdrawn but still in its place comes back there, whatever its file says.
        waiting = [
            chapter for slug, chapter in new.items() if slug not in self.amendments or self._is_gone(slug)
        ]
        while waiting:
            # Siblings in their order, each after the chapter that it stands under.
            left = []
            for chapter in waiting:
                if chapter.under in {other.slug for other in waiting}:
                    left.append(chapter)
                elif chapter.slug in self.chapters:
                    self._move_to_the_end(chapter)
                else:
                    self._add(chapter, chapter.under, chapter.numbered)
            waiting = left

    def _add(self, chapter: ChapterFile, under: str, numbered: bool) -> None:
        parent = self.chapters[under] if under else None
        self.chapters[chapter.slug] = Chapter.objects.add(
            chapter.slug, kind=chapter.kind, parent=parent, numbered=numbered
        )
        self.loaded.chapters += 1

    def _is_gone(self, slug: str) -> bool:
        newest = Edition.objects.published().last()
        return Entry.objects.filter(edition=newest, chapter=self.chapters[slug], gone=True).exists()

    def _move_to_the_end(self, chapter: ChapterFile) -> None:
        node = self.chapters[chapter.slug]
        parent = self.chapters[chapter.under] if chapter.under else None
        self._number(node, chapter.numbered)
        beside = Chapter.objects.filter(parent=parent).order_by(F("tree_id").desc(), F("lft").desc()).first()
        if beside is None:
            node.move(under=parent)
        elif beside.pk != node.pk:
            node.move(after=beside)

    def _number(self, node: Chapter, numbered: bool) -> None:
        if node.numbered != numbered:
            node.numbered = numbered
            node.save(update_fields=["numbered"])

    def _arrange(self, contents: Sequence[Spot]) -> None:
        """Bring the tree into the order of the contents. What they do not name stands last under its parent."""
        named = {spot.slug for spot in contents}
        slugs = {chapter.pk: slug for slug, chapter in self.chapters.items()}
        order: dict[str | None, list[str]] = {}
        parents: dict[str, str | None] = {}
        for pk, parent in Chapter.objects.in_order().values_list("pk", "parent"):
            parents[slugs[pk]] = slugs.get(parent)
            order.setdefault(slugs.get(parent), []).append(slugs[pk])

        def move(slug: str, parent: str | None, after: str | None) -> None:
            node = self.chapters[slug]
            if after:
                node.move(after=self.chapters[after])
            else:
                node.move(under=self.chapters[parent] if parent else None)
            order[parents[slug]].remove(slug)
            parents[slug] = parent
            siblings = order.setdefault(parent, [])
            siblings.insert(siblings.index(after) + 1 if after else 0, slug)

        for parent, siblings in list(order.items()):
            last_named = max((n for n, slug in enumerate(siblings) if slug in named), default=-1)
            for slug in [slug for slug in siblings[:last_named] if slug not in named]:
                move(slug, parent, siblings[-1])
        last: dict[str | None, str] = {}
        for spot in contents:
            self._number(self.chapters[spot.slug], spot.numbered)
            siblings, after = order.get(spot.parent, []), last.get(spot.parent)
            place = siblings.index(after) + 1 if after else 0
            if siblings[place : place + 1] != [spot.slug]:
                move(spot.slug, spot.parent, after)
            last[spot.parent] = spot.slug
