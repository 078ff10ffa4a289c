"""The editions of a content folder played through, one after another, as publishing them would go; no database.

What publishing would refuse is found here, with its file and line, and so are references that an edition breaks.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from manual import drafting, manifest, rendering
from manual.interchange.chapter_file import ChapterFile
from manual.interchange.document_file import DocumentEntry
from manual.interchange.edition_file import EditionFile, Spot
from manual.interchange.folder import EditionFolder
from manual.interchange.keyword_file import KeywordEntry
from manual.interchange.manual_file import ManualFile
from manual.interchange.mistakes import Mistakes
from manual.interchange.progress import Progress, Step
from manual.models import EditionKind, Kind, Significance
from manual.models.file_kind import kind_of
from manual.rendering import Reference, Rendered, RenderingRefused

if TYPE_CHECKING:
    from manual.rendering.sections import Numbering

LONGEST_NUMBER = 40


class _Anything(Collection[str]):
    """The anchors of a text that could not be read: nobody is told that theirs is not among them."""

    def __contains__(self, _anchor: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


ANYTHING = _Anything()


@dataclass(frozen=True)
class Text:
    """A text in force: where its file is and where it begins there, and what it points at."""

    file: str
    offset: int
    references: tuple[Reference, ...]


@dataclass
class Standing:
    """A manual as its newest edition has it: what the next edition has to fit."""

    number: int = 0
    effective: datetime | None = None
    lines: list[manifest.Line] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, Collection[str]] = field(default_factory=dict)
    keywords: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    texts: dict[str, Text] = field(default_factory=dict)
    meanings: dict[str, Text] = field(default_factory=dict)
    # Chapters that editors have begun and no edition has carried.
    begun: dict[str, str] = field(default_factory=dict)
    # Chapters that editions bring which have not had their turn.
    to_come: set[str] = field(default_factory=set)
    # Keywords that editions bring, whether these have had their turn or not.
    keywords_to_come: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """An edition that can be published: its chapters in the order in which new ones come to stand."""

    folder: EditionFolder
    chapters: list[ChapterFile]


@dataclass(frozen=True)
class Renderings:
    """The texts of all editions as HTML, sections and references, by edition and slug, without the refused ones."""

    chapters: dict[tuple[int, str], Rendered] = field(default_factory=dict)
    meanings: dict[tuple[int, str], Rendered] = field(default_factory=dict)


def render_all(
    folders: Sequence[EditionFolder], manual: ManualFile, mistakes: Mistakes, progress: Progress | None
) -> Renderings:
    """Render every text once, noting those that are refused."""
    made = Renderings()
    for folder in folders:
        for done, chapter in enumerate(folder.chapters, start=1):
            numbering = chapter.numbering or manual.numbering
            try:
                rendered = rendering.render(
                    chapter.text, numbering=cast("Numbering", numbering), areas=manual.areas
                )
                made.chapters[folder.number, chapter.slug] = rendered
            except RenderingRefused as refusal:
                line = chapter.offset + refusal.line if refusal.line else None
                mistakes.fault(chapter.file, line, _sentence(refusal))
            if progress:
                progress(Step("Checking", f"edition {folder.number}", done, len(folder.chapters)))
        for keyword in folder.keywords:
            try:
                made.meanings[folder.number, keyword.slug] = rendering.render(
                    keyword.meaning, areas=manual.areas
                )
            except RenderingRefused as refusal:
                mistakes.fault(keyword.file, keyword.lines["meaning"], _sentence(refusal))
    return made


class History:
    """Takes the editions one by one and keeps what stands after each."""

    def __init__(
        self, standing: Standing, manual: ManualFile, renderings: Renderings, mistakes: Mistakes
    ) -> None:
        self.standing = standing
        self.manual = manual
        self.renderings = renderings
        self.mistakes = mistakes
        self._broken: set[tuple[str, Reference]] = set()

    def play_all(self, folders: Sequence[EditionFolder]) -> list[Plan]:
        self.standing.to_come = {chapter.slug for folder in folders for chapter in folder.chapters}
        self.standing.keywords_to_come = {keyword.slug for folder in folders for keyword in folder.keywords}
        return [self.play(folder) for folder in folders]

    def play(self, folder: EditionFolder) -> Plan:
        """Note all that keeps an edition from being published after those before it, and go on as if it were."""
        turn = _Turn(folder, self.standing, self.manual, self.mistakes)
        turn.check()
        after = self.standing
        after.number, after.effective = folder.number, folder.says.effective or after.effective
        after.lines = turn.lines
        after.kinds |= turn.brings
        for chapter in folder.chapters:
            rendered = self.renderings.chapters.get((folder.number, chapter.slug))
            after.anchors[chapter.slug] = (
                {section.anchor for section in rendered.sections if section.anchor} if rendered else ANYTHING
            )
        after.anchors |= dict.fromkeys(folder.unread, ANYTHING)
        after.keywords |= {keyword.slug for keyword in folder.keywords}
        after.documents |= {document.slug for document in folder.documents}
        for document in folder.documents:
            self._check_document(document)
        self._check_texts(folder)
        return Plan(folder, turn.order)

    def _check_texts(self, folder: EditionFolder) -> None:
        """The texts of an edition, and what it does to references of older ones."""
        standing = self.standing
        living = {str(line.chapter) for line in standing.lines if line.living}
        known = drafting.Known(
            anchors={
                str(line.chapter): standing.anchors.get(str(line.chapter), ANYTHING)
                for line in standing.lines
            },
            keywords=standing.keywords,
            documents=standing.documents,
            withdrawn={str(line.chapter) for line in standing.lines} - living,
        )
        changed = {chapter.slug for chapter in folder.chapters}
        for slug, text in standing.texts.items():
            if slug in living and slug not in changed:
                self._check_older(slug, text, known, folder)
        for chapter in folder.chapters:
            self._check_chapter(chapter, known, folder)
        for slug in folder.unread:
            standing.texts.pop(slug, None)
        defined = {keyword.slug for keyword in folder.keywords}
        for slug, text in standing.meanings.items():
            if slug not in defined:
                self._check_older("", text, known, folder)
        for keyword in folder.keywords:
            self._check_keyword(keyword, known, folder)

    def _check_chapter(self, chapter: ChapterFile, known: drafting.Known, folder: EditionFolder) -> None:
        rendered = self.renderings.chapters.get((folder.number, chapter.slug))
        if rendered is None:
            self.standing.texts.pop(chapter.slug, None)
            return
        if chapter.significance == Significance.WITHDRAWN:
            # Its text is kept as it was last, whatever is withdrawn along with it.
            known = replace(known, withdrawn=frozenset())
        for problem in drafting.problems(
            chapter.text,
            slug=chapter.slug,
            title=chapter.title or chapter.slug,
            known=known,
            rendered=rendered,
        ):
            self.mistakes.flaw(
                chapter.file, chapter.offset + problem.line if problem.line else None, problem.message
            )
        self._keep(
            self.standing.texts, chapter.slug, Text(chapter.file, chapter.offset, rendered.references), known
        )

    def _check_document(self, document: DocumentEntry) -> None:
        if (
            document.upload
            and kind_of(document.upload.media_type).is_picture
            and not document.description.strip()
        ):
            self.mistakes.fault(
                document.file, document.lines["description"],
                f"The picture “{document.slug}” has no description for those who cannot see it.",
                "Add a line `description: …` that says what it shows.",
            )  # fmt: skip

    def _check_keyword(self, keyword: KeywordEntry, known: drafting.Known, folder: EditionFolder) -> None:
        rendered = self.renderings.meanings.get((folder.number, keyword.slug))
        if rendered is None:
            self.standing.meanings.pop(keyword.slug, None)
            return
        line = keyword.lines["meaning"]
        for problem in drafting.problems(
            keyword.meaning, slug="", title=keyword.name or keyword.slug, known=known, rendered=rendered
        ):
            self.mistakes.flaw(keyword.file, line, f"The meaning of “{keyword.slug}”: {problem.message}")
        for slug in dict.fromkeys(keyword.see_also):
            if slug == keyword.slug or slug not in known.keywords:
                why = "is itself" if slug == keyword.slug else "is no keyword of this edition"
                self.mistakes.flaw(
                    keyword.file,
                    keyword.lines["see_also"],
                    f"“{keyword.slug}” says see also “{slug}”, which {why}.",
                )
        # A meaning is folded into lines by YAML, so that only the line where it begins is known.
        references = tuple(replace(reference, line=0) for reference in rendered.references)
        self._keep(self.standing.meanings, keyword.slug, Text(keyword.file, line or 0, references), known)

    def _keep(self, among: dict[str, Text], slug: str, text: Text, known: drafting.Known) -> None:
        among[slug] = text
        for reference in text.references:
            if any(drafting.broken([reference], slug=slug, known=known)):
                self._broken.add((text.file, reference))

    def _check_older(self, slug: str, text: Text, known: drafting.Known, folder: EditionFolder) -> None:
        for reference in text.references:
            if (text.file, reference) in self._broken:
                continue
            for problem in drafting.broken([reference], slug=slug, known=known):
                self._broken.add((text.file, reference))
                self.mistakes.flaw(
                    text.file,
                    text.offset + problem.line if problem.line is not None else None,
                    f"Edition {folder.number} breaks a reference of this text: {problem.message}",
                    "Change this text in that edition too, or keep what it refers to.",
                )


class _Turn:
    """One edition held against what stands before it."""

    def __init__(
        self, folder: EditionFolder, standing: Standing, manual: ManualFile, mistakes: Mistakes
    ) -> None:
        self.folder = folder
        self.says: EditionFile = folder.says
        self.standing = standing
        self.manual = manual
        self.mistakes = mistakes
        self.before = {str(line.chapter): line for line in standing.lines}
        # What each chapter's change comes to, mended where it was wrong, so that one mistake does not bring others.
        self.significance: dict[str, str] = {}
        self.brings: dict[str, str] = {}
        self.lines: list[manifest.Line] = []
        self.order: list[ChapterFile] = sorted(folder.chapters, key=lambda chapter: chapter.slug)

    def check(self) -> None:
        self._check_moment()
        for chapter in self.folder.chapters:
            self._check_significance(chapter)
            self._check_kind(chapter)
        for slug in self.folder.unread:
            self.significance[slug] = Significance.AMENDED if self._lives(slug) else Significance.NEW
            if slug not in self.standing.kinds:
                self.brings[slug] = Kind.CHAPTER
        for chapter in self.folder.chapters:
            self._check_words(chapter)
            self._check_place(chapter)
        if self.says.kind == EditionKind.CORRECTION:
            for changed, noun in ((self.folder.keywords, "keyword"), (self.folder.documents, "document")):
                if changed:
                    self._fault(
                        "kind", f"An edition of corrections changes no {noun}.", "Call it ordinary or urgent."
                    )
        brings = self.significance or self.folder.keywords or self.folder.documents
        if not brings and self.says.contents is None:
            self._fault(
                "kind",
                "There is nothing in this edition.",
                "Add chapters, keywords or documents, or take the folder out.",
            )
        self._check_order()
        if self.says.contents is not None:
            self._check_contents(self.says.contents)
        self._build()

    def _fault(self, key: str, cause: str, remedy: str = "") -> None:
        self.mistakes.fault(self.folder.file, self.says.lines.get(key), cause, remedy)

    def _lives(self, slug: str) -> bool:
        return slug in self.before and self.before[slug].living

    def _arrives(self, slug: str) -> bool:
        """Whether a chapter comes to stand in the contents, in which it has no place yet."""
        new = self.significance.get(slug) == Significance.NEW
        return new and (slug not in self.before or self.before[slug].gone)

    def _check_moment(self) -> None:
        effective, last = self.says.effective, self.standing.effective
        if not effective or not last:
            return
        if effective <= last:
            self._fault(
                "effective", f"It takes effect no later than edition {self.standing.number}, which is before it.",
                "Correct the moment, or number the editions in the order in which they take effect.",
            )  # fmt: skip
        elif effective.replace(second=0, microsecond=0) <= last:
            self._fault(
                "effective", f"It takes effect within the same minute as edition {self.standing.number}.",
                "Choose another moment.",
            )  # fmt: skip

    def _check_significance(self, chapter: ChapterFile) -> None:
        slug, given, lives = chapter.slug, chapter.significance, self._lives(chapter.slug)
        fits = bool(given) and (given == Significance.NEW) != lives
        mended = Significance.AMENDED if lives else Significance.NEW
        self.significance[slug] = given if fits else str(mended)
        if not given:
            return
        line = chapter.line("significance")
        if not fits and lives:
            since = self.before[slug].introduced_in
            self.mistakes.fault(
                chapter.file, line, f"“{slug}” is in the manual since edition {since}, so it cannot be new.",
                "Write amended or correction.",
            )  # fmt: skip
        elif not fits:
            withdrawn = (
                f" since edition {self.before[slug].withdrawn_in} withdrew it" if slug in self.before else ""
            )
            self.mistakes.fault(
                chapter.file, line, f"“{slug}” is not in the manual{withdrawn}, so it cannot be “{given}”.",
                "Write new, or correct the file's name.",
            )  # fmt: skip
        elif self.says.kind == EditionKind.CORRECTION and given != Significance.CORRECTION:
            self.mistakes.fault(
                chapter.file, line, "An edition of corrections holds nothing but corrections.",
                "Write correction, or call the edition ordinary or urgent.",
            )  # fmt: skip

    def _check_kind(self, chapter: ChapterFile) -> None:
        slug, line = chapter.slug, chapter.line("kind")
        if slug in self.standing.kinds:
            if chapter.kind:
                self.mistakes.fault(
                    chapter.file,
                    line,
                    "`kind` stands only in the file that first brings a chapter.",
                    "Take it out.",
                )
            return
        self.brings[slug] = chapter.kind or Kind.CHAPTER
        begun = self.standing.begun.get(slug, chapter.kind)
        if slug.startswith("site-"):
            self.mistakes.fault(
                chapter.file, None, "An address that begins with “site-” is kept for the pages' own parts.",
                "Rename the file.",
            )  # fmt: skip
        if "kind" not in chapter.lines:
            self.mistakes.fault(
                chapter.file, 1, f"This is the first of “{slug}”, so it must say of what kind that is.",
                "Add `kind: chapter`, or part, group or link.",
            )  # fmt: skip
        elif chapter.kind and begun != chapter.kind:
            self.mistakes.fault(
                chapter.file, line, f"Editors have begun “{slug}” as a {begun}, not as a {chapter.kind}.",
                "Correct one of them, or choose another slug.",
            )  # fmt: skip

    def _check_words(self, chapter: ChapterFile) -> None:
        kind = self.brings.get(chapter.slug) or self.standing.kinds.get(chapter.slug)
        for area in chapter.areas:
            if area not in self.manual.areas:
                self.mistakes.flaw(
                    chapter.file, chapter.line("areas"), f"The manual has no area “{area}”.",
                    f"It has {', '.join(self.manual.areas) or 'none'}.",
                )  # fmt: skip
        for slug in chapter.keywords_off:
            if slug not in self.standing.keywords and slug not in self.standing.keywords_to_come:
                self.mistakes.flaw(
                    chapter.file, chapter.line("keywords_off"),
                    f"There is no keyword “{slug}” that could be switched off.", "Correct it, or take it out.",
                )  # fmt: skip
        if kind == Kind.LINK and not chapter.link:
            self.mistakes.flaw(
                chapter.file,
                chapter.line("link"),
                "It is a link, but says not where to.",
                "Add `link: https://…`.",
            )
        if kind == Kind.CHAPTER and not chapter.text.strip():
            self.mistakes.flaw(chapter.file, chapter.offset, "The chapter has no text.", "Write it.")
        for key in ("successor", "counterpart"):
            named = getattr(chapter, key)
            if named == chapter.slug:
                self.mistakes.flaw(chapter.file, chapter.line(key), f"It names itself as its {key}.")
            elif named and not (
                self._is_known(named) or named in self.standing.to_come or named in self.standing.begun
            ):
                self.mistakes.fault(
                    chapter.file, chapter.line(key), f"There is no chapter “{named}”.", self._nearest(named)
                )

    def _check_place(self, chapter: ChapterFile) -> None:
        if self.says.contents is not None:
            for key in ("under", "numbered"):
                if key in chapter.lines:
                    self.mistakes.fault(
                        chapter.file, chapter.line(key), f"The edition's `contents` says this; `{key}` has no effect.",
                        "Take it out.",
                    )  # fmt: skip
            return
        under = chapter.under
        if not under:
            return
        arrives, complaint = self._arrives(chapter.slug), ""
        if not self._is_known(under):
            complaint = f"There is no chapter “{under}”."
        elif arrives and under == chapter.slug:
            complaint = "It cannot stand under itself."
        elif arrives and not self._arrives(under) and self.before[under].gone:
            complaint = f"“{under}” has been withdrawn and stands nowhere."
        if complaint:
            meant = "" if self._is_known(under) else self._nearest(under)
            self.mistakes.fault(chapter.file, chapter.line("under"), complaint, meant)

    def _check_order(self) -> None:
        """Put the chapters into the order that `new` gives, which then has to name just the new ones."""
        named = dict(self.says.new)
        arriving = [chapter.slug for chapter in self.order if self._arrives(chapter.slug)]
        if not named:
            return
        for slug, line in named.items():
            if slug not in arriving and slug not in self.folder.unread:
                self.mistakes.fault(
                    self.folder.file, line, f"`new` names “{slug}”, which is no new chapter of this edition.",
                    "Take it out.",
                )  # fmt: skip
        if missing := [slug for slug in arriving if slug not in named]:
            self._fault(
                "new",
                f"`new` leaves out {', '.join(missing)}.",
                "Name every new chapter, or leave `new` out.",
            )
        place = {slug: n for n, slug in enumerate(named)}
        self.order.sort(key=lambda chapter: (place.get(chapter.slug, len(place)), chapter.slug))

    def _check_contents(self, contents: Sequence[Spot]) -> None:
        """Whether it names just what will stand in it."""
        expected = self._standing_after()
        named = {spot.slug for spot in contents}
        for spot in contents:
            if spot.slug in expected:
                continue
            if spot.slug in self.before:
                cause = (
                    f"“{spot.slug}” was withdrawn by edition {self.before[spot.slug].withdrawn_in}, and leaves the "
                    "contents when an edition arranges them."
                )
                remedy = "Take the line out."
            else:
                cause = f"“{spot.slug}” has no file, here or in an earlier edition."
                remedy = self._nearest(spot.slug)
            self.mistakes.fault(self.folder.file, spot.line, cause, remedy)
        for slug in sorted(expected - named):
            self._fault(
                "contents",
                f"`contents` leaves out “{slug}”, which is in the manual.",
                "Add it, or withdraw it first.",
            )

    def _standing_after(self) -> set[str]:
        living = {slug for slug, line in self.before.items() if line.living}
        return living | {slug for slug, given in self.significance.items() if given == Significance.NEW}

    def _build(self) -> None:
        changes = [self._change(slug, given) for slug, given in self._in_order()]
        arrangement = None
        if self.says.contents is not None:
            expected = self._standing_after()
            arrangement = [
                manifest.Spot(spot.slug, spot.parent if spot.parent in expected else None, spot.numbered)
                for spot in self.says.contents
                if spot.slug in expected
            ]
        number, previous = self.folder.number, self.standing.lines
        try:
            self.lines = manifest.build(number, previous, changes, arrangement)
        except manifest.ManifestRefused as refusal:
            file, line = self._where(str(refusal.chapter))
            self.mistakes.fault(file, line, f"“{refusal.chapter}” {refusal}.", "Give it another place.")
            # Where it would stand is lost, but what there is can still be told.
            loose = [
                replace(change, under=None)
                for change in changes
                if change.significance != Significance.WITHDRAWN
            ]
            self.lines = manifest.build(number, previous, loose)
        for entry in self.lines:
            if len(entry.number) > LONGEST_NUMBER:
                file, line = self._where(str(entry.chapter))
                self.mistakes.fault(
                    file, line, f"“{entry.chapter}” stands so deep that its number is longer than "
                    f"{LONGEST_NUMBER} signs.", "Give it a place further up.",
                )  # fmt: skip

    def _in_order(self) -> Iterator[tuple[str, str]]:
        for chapter in self.order:
            yield chapter.slug, self.significance[chapter.slug]
        for slug in self.folder.unread:
            yield slug, self.significance[slug]

    def _change(self, slug: str, significance: str) -> manifest.Change:
        chapter = next((chapter for chapter in self.order if chapter.slug == slug), None)
        under = chapter.under if chapter else ""
        stands = self._arrives(under) or (under in self.before and not self.before[under].gone)
        return manifest.Change(
            chapter=slug,
            amendment=(self.folder.number, slug),
            significance=significance,
            based_on=self.before[slug].amendment if slug in self.before else None,
            under=under if stands and under != slug else None,
            numbered=chapter.numbered if chapter else True,
        )

    def _is_known(self, slug: str) -> bool:
        return slug in self.before or slug in self.significance

    def _nearest(self, slug: str) -> str:
        near = difflib.get_close_matches(slug, {*self.before, *self.significance}, 1)
        return f"Did you mean “{near[0]}”?" if near else ""

    def _where(self, slug: str) -> tuple[str, int | None]:
        """Where it is said where a chapter stands."""
        for spot in self.says.contents or ():
            if spot.slug == slug:
                return self.folder.file, spot.line
        for chapter in self.folder.chapters:
            if chapter.slug == slug:
                return chapter.file, chapter.line("under" if chapter.under else "significance")
        return self.folder.file, None


def _sentence(refusal: RenderingRefused) -> str:
    """What the renderer says, without the line of the text: in the file it is another."""
    sentence = re.sub(r"^Line \d+: ", "", str(refusal))
    sentence = re.sub(r"^Line \d+ ", "This line ", sentence)
    return sentence[:1].upper() + sentence[1:]
