"""People and their roles: who may write, approve, and look after the site. Nobody is deleted, for what they decided
stays on record; whoever leaves is made inactive and cannot sign in any more.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual.models import Event
from manual.workflow.permission import Actor, NotPermitted, Refused, name_of, permit, record

ADD = "auth.add_user"
CHANGE = "auth.change_user"

EDITOR, APPROVER, ADMINISTRATOR = "Editor", "Approver", "Administrator"
# From the least to the most: each may do what those before it may.
ROLES = (EDITOR, APPROVER, ADMINISTRATOR)

# What can be said of a person, and how the record names it. Addresses are not kept there: they say nothing about
# what was decided, and the record is for ever.
FIELDS = {
    "username": gettext_lazy("user name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail address"),
    "is_active": gettext_lazy("active"),
}
NOT_KEPT = ("email",)

PASSWORDS = ("add person", "set password", "change password")


def role_of(person: User) -> str:
    """The role that a person has, the highest where there are several; empty for none."""
    names = {group.name for group in person.groups.all()}
    return next((role for role in reversed(ROLES) if role in names), "")


def role_said(role: str) -> str:
    """A role as people read it: in the database it has one name in every language."""
    return {
        EDITOR: _("Editor"),
        APPROVER: _("Approver"),
        ADMINISTRATOR: _("Administrator"),
    }.get(role, role or _("none"))


def administrators() -> Any:
    """Those who can look after people and settings, and are able to sign in."""
    return User.objects.filter(
        Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR), is_active=True, is_staff=True
    )


def add_person(*, by: Actor, username: str, password: str, role: str = "", **fields: Any) -> User:
    """Somebody who may sign in from now on. The password is for the first time alone: they choose their own then."""
    permit(by, ADD)
    _check_fields(fields)
    _check_role(role)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise Refused(
                _("There is somebody with the user name “%(username)s” already.") % {"username": username}
            )
        person = User(username=username, **fields)
        _take_password(person, password)
        person.is_staff = bool(role)
        person.save()
        _take_role(person, role)
        record("add person", by=by, person=person, what=_("Role: %(role)s.") % {"role": role_said(role)})
        return person


def change_person(person: User, *, by: Actor, role: str | None = None, **fields: Any) -> User:
    """Another name, role or e-mail address; or make somebody inactive, or active again. `role` None leaves it."""
    permit(by, CHANGE)
    _check_fields(fields)
    if role is not None:
        _check_role(role)
    with transaction.atomic():
        # One lock for all who decide about roles: two administrators cannot take each other's away at once.
        list(Group.objects.select_for_update().filter(name=ADMINISTRATOR))
        stored = User.objects.select_for_update().get(pk=person.pk)
        check_change(stored, by=by, role=role, **fields)
        changed = []
        for name, value in fields.items():
            before = getattr(stored, name)
            if before != value:
                changed.append(_changed(name, before, value))
                setattr(stored, name, value)
        before = role_of(stored)
        if role is not None and role != before:
            changed.append(
                _("role from %(before)s to %(now)s") % {"before": role_said(before), "now": role_said(role)}
            )
            _take_role(stored, role)
        if not changed:
            return stored
        stored.is_staff = stored.is_superuser or bool(role_of(stored))
        stored.save()
        if not administrators().exists():
            raise Refused(LAST)
        what = "; ".join(changed)
        record("change person", by=by, person=stored, what=f"{what[:1].upper()}{what[1:]}.")
        return stored


LAST = gettext_lazy(
    "Nobody would be left who can look after people and settings. Make somebody else an administrator first."
)


def check_change(person: User, *, by: Actor, role: str | None = None, **fields: Any) -> None:
    """Raises Refused, with why, where a change of a person as stored would not be made."""
    _check_touchable(person, by)
    if "username" in fields:
        others = User.objects.exclude(pk=person.pk).filter(username__iexact=fields["username"])
        if others.exists():
            raise Refused(
                _("There is somebody with the user name “%(username)s” already.")
                % {"username": fields["username"]}
            )
    before = role_of(person)
    loses = role is not None and before == ADMINISTRATOR and role != ADMINISTRATOR
    leaves = person.is_active and not fields.get("is_active", True)
    is_one = person.is_superuser or before == ADMINISTRATOR
    if leaves or (loses and not person.is_superuser):
        if is_one and not administrators().exclude(pk=person.pk).exists():
            raise Refused(LAST)
        if by is not None and by.pk == person.pk:
            raise Refused(_("Another administrator has to do this: nobody takes their own way in away."))


def set_password(person: User, *, by: Actor, password: str) -> None:
    """Give somebody a new password, which they have to replace by one of their own when they next sign in."""
    permit(by, CHANGE)
    with transaction.atomic():
        stored = User.objects.select_for_update().get(pk=person.pk)
        _check_touchable(stored, by)
        _take_password(stored, password)
        stored.save(update_fields=["password"])
        record("set password", by=by, person=stored)
    person.password = stored.password


def change_own_password(*, by: User, password: str) -> None:
    """Choose a new password for oneself."""
    with transaction.atomic():
        stored = User.objects.select_for_update().get(pk=by.pk)
        if not stored.is_active:
            raise NotPermitted(_("You cannot sign in any more."))
        _take_password(stored, password)
        stored.save(update_fields=["password"])
        record("change password", by=by, person=stored)
    by.password = stored.password


def has_borrowed_password(person: User) -> bool:
    """Whether somebody else chose the password, and so knows it."""
    last = Event.objects.filter(person=person, verb__in=PASSWORDS).order_by("at", "pk").last()
    return last is not None and last.by_id is not None and last.by_id != person.pk


def _check_fields(fields: dict[str, Any]) -> None:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"Not said of a person: {', '.join(sorted(unknown))}")


def _check_role(role: str) -> None:
    if role and role not in ROLES:
        roles = ", ".join(role_said(each) for each in ROLES)
        raise Refused(
            _("There is no role “%(role)s”. The roles are %(roles)s.") % {"role": role, "roles": roles}
        )


def _check_touchable(person: User, by: Actor) -> None:
    if by is not None and person.is_superuser and not by.is_superuser:
        raise NotPermitted(
            _(
                "%(person)s looks after the whole site, beyond the roles of the manual, and is changed "
                "only by somebody who does too."
            )
            % {"person": name_of(person)}
        )


def _take_role(person: User, role: str) -> None:
    person.groups.remove(*Group.objects.filter(name__in=ROLES))
    if role:
        person.groups.add(Group.objects.get(name=role))


def _take_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    person.set_password(password)


def _changed(name: str, before: Any, value: Any) -> str:
    if name == "is_active":
        return _("active again") if value else _("not active any more")
    if name in NOT_KEPT:
        return _("%(field)s changed") % {"field": FIELDS[name]}
    return _("%(field)s from “%(before)s” to “%(value)s”") % {
        "field": FIELDS[name],
        "before": before,
        "value": value,
    }
