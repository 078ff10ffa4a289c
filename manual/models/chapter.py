"""A chapter: a node of the tree that editors arrange."""

from collections import Counter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy
from mptt.models import MPTTModel, TreeForeignKey, TreeManager
from mptt.querysets import TreeQuerySet

from manual.models.lock import manual_lock


class Kind(models.TextChoices):
    PART = "part", gettext_lazy("Part")
    GROUP = "group", gettext_lazy("Group of chapters")
    CHAPTER = "chapter", gettext_lazy("Chapter")
    LINK = "link", gettext_lazy("Link to an outside document")


# What saving a chapter writes; its place is for move().
OWN_FIELDS = frozenset({"slug", "kind", "numbered", "owner", "last_reviewed", "next_review"})


class TreeRefused(ValueError):
    """A change of the tree that cannot be made; says why."""


class ChapterQuerySet(TreeQuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        """One by one, from the leaves: mptt closes the gap that each leaves in the tree."""
        deleted: Counter[str] = Counter()
        with manual_lock():
            for chapter in reversed(list(self.order_by("tree_id", "lft"))):
                deleted.update(chapter.delete()[1])
        return deleted.total(), dict(deleted)


class ChapterManager(TreeManager):
    _queryset_class = ChapterQuerySet

    def add(
        self, slug: str, *, kind: str = Kind.CHAPTER, parent: "Chapter | None" = None, numbered: bool = True
    ) -> "Chapter":
        """A new chapter, last under its parent (or last of the parts)."""
        chapter = Chapter(slug=slug, kind=kind, parent=parent, numbered=numbered)
        chapter.save()
        return chapter

    def in_order(self) -> "models.QuerySet[Chapter]":
        """Every chapter as the tree stands, parents before their children."""
        chapters: models.QuerySet[Chapter] = self.order_by("tree_id", "lft")
        return chapters

    def broken(self) -> list[str]:
        """What is wrong with the tree's own numbers, a sentence for each node; empty for a sound tree."""
        faults = []
        stack: list[Chapter] = []
        expected = 1
        seen_trees: set[int] = set()
        for node in self.in_order():
            while stack and (stack[-1].tree_id != node.tree_id or stack[-1].rght < node.lft):
                closed = stack.pop()
                if closed.rght != expected:
                    faults.append(f"{closed.slug} ends at {closed.rght}, not at {expected}")
                expected = closed.rght + 1
            if not stack:
                if node.tree_id in seen_trees:
                    faults.append(f"{node.slug} is a second root of tree {node.tree_id}")
                seen_trees.add(node.tree_id)
                expected = 1
            if node.lft != expected:
                faults.append(f"{node.slug} begins at {node.lft}, not at {expected}")
            if node.parent_id != (stack[-1].pk if stack else None):
                faults.append(f"{node.slug} does not lie inside its parent")
            if node.level != len(stack):
                faults.append(f"{node.slug} says level {node.level}, not {len(stack)}")
            stack.append(node)
            expected = node.lft + 1
        while stack:
            closed = stack.pop()
            if closed.rght != expected:
                faults.append(f"{closed.slug} ends at {closed.rght}, not at {expected}")
            expected = closed.rght + 1
        return faults


class Chapter(MPTTModel):
    """A part, group, chapter or link, at the place where editors have it. What readers see is in editions.

    Its slug and kind are permanent once an edition in force has carried it. Every change of the tree takes the
    one lock and reads the nodes under it, because concurrent changes break the numbers that mptt keeps.
    """

    slug = models.SlugField(
        max_length=100, unique=True, help_text=gettext_lazy("Part of its address; never used again.")
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHAPTER)
    parent = TreeForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    numbered = models.BooleanField(
        default=True, help_text=gettext_lazy("Whether it takes a number among its neighbours.")
    )
    # Live at once and in no edition: who looks after it, and when it was last found to be right.
    owner = models.CharField(
        gettext_lazy("looked after by"),
        max_length=100,
        blank=True,
        help_text=gettext_lazy("A role and not a person: Designated nurse."),
    )
    last_reviewed = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True)

    objects = ChapterManager()

    # True while move() has mptt write the new place, which it does by saving.
    _moving = False

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="chapter_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="chapter_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return str(self.slug)

    def save(self, *args: Any, **kwargs: Any) -> None:
        with manual_lock():
            if self._moving:
                super().save(*args, **kwargs)
                return
            if self._state.adding:
                if self.slug.startswith("site-"):
                    raise TreeRefused("An address that begins with “site-” is kept for the pages' own parts.")
                if self.parent_id:
                    self.parent = Chapter.objects.get(pk=self.parent_id)
                super().save(*args, **kwargs)
                return
            stored = Chapter.objects.get(pk=self.pk)
            if stored.parent_id != self.parent_id:
                raise TreeRefused(f"{self.slug} is moved with move(), not by saving it.")
            # Never the tree's own numbers: this object's may be out of date.
            kwargs["update_fields"] = OWN_FIELDS & set(kwargs.get("update_fields") or OWN_FIELDS)
            models.Model.save(self, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with manual_lock():
            return super(Chapter, Chapter.objects.get(pk=self.pk)).delete(*args, **kwargs)

    def move(self, *, under: "Chapter | None" = None, after: "Chapter | None" = None) -> None:
        """Move to stand after a neighbour, or else first under a parent (`None`: among the parts)."""
        with manual_lock():
            node = Chapter.objects.get(pk=self.pk)
            beside = Chapter.objects.get(pk=after.pk) if after else None
            parent = Chapter.objects.get(pk=under.pk) if under else None
            if beside is not None and after and under and beside.parent_id != under.pk:
                raise TreeRefused(f"{after.slug} does not stand under {under.slug}.")
            destination = beside or parent
            if destination and destination.is_descendant_of(node, include_self=True):
                raise TreeRefused(f"{node.slug} cannot stand under or beside itself.")
            node._moving = True
            if beside:
                node.move_to(beside, "right")
            elif parent:
                node.move_to(parent, "first-child")
            else:
                first = Chapter.objects.exclude(pk=node.pk).filter(parent=None).order_by("tree_id").first()
                if first:
                    node.move_to(first, "left")
        self.refresh_from_db()
