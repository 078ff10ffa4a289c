"""People: who may sign in, in which role. Only administrators see this; nobody is ever deleted."""

from __future__ import annotations

from typing import Any, cast

from axes.utils import reset as open_sign_in
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from manual import workflow
from manual.workflow.people import ADMINISTRATOR, APPROVER, EDITOR, ROLES, check_change, role_said

ROLE_CHOICES = [
    ("", gettext_lazy("None: cannot sign in to these pages")),
    (EDITOR, gettext_lazy("Editor: writes texts, keywords and documents, and submits them for approval")),
    (
        APPROVER,
        gettext_lazy(
            "Approver: also approves or returns what others wrote, arranges the contents, puts "
            "up notices, and publishes editions"
        ),
    ),
    (ADMINISTRATOR, gettext_lazy("Administrator: also looks after people and settings")),
]


class PersonForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs only
    """A person as an administrator sees them: a name, a role, and whether they may sign in."""

    role = forms.ChoiceField(
        choices=ROLE_CHOICES, required=False, widget=forms.RadioSelect, label=gettext_lazy("Role")
    )
    by: User  # who is asking; set by the admin

    class Meta:
        model = User
        fields: tuple[str, ...] = ("username", "first_name", "last_name", "email", "is_active")
        labels = {
            "username": gettext_lazy("User name"),
            "email": gettext_lazy("E-mail address"),
            "is_active": gettext_lazy("May sign in"),
        }
        help_texts = {
            "username": gettext_lazy("What they type to sign in. Letters, digits and @ . + - _"),
            "email": gettext_lazy("For colleagues who look after the manual; readers never see it."),
            "is_active": gettext_lazy(
                "Take the tick away when somebody leaves. What they decided stays on record under their name."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "role" in self.fields:
            self.fields["role"].initial = workflow.role_of(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.instance.pk and not self.errors:
            try:
                check_change(User.objects.get(pk=self.instance.pk), by=self.by, **cleaned)
            except workflow.Refused as refusal:
                self.add_error(None, str(refusal))
        return cleaned

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.exclude(pk=self.instance.pk).filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Somebody has this user name already."))
        return username

    @property
    def said(self) -> dict[str, Any]:
        """What the form says of the person."""
        names = ("role", "username", "first_name", "last_name", "email", "is_active")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class NewPersonForm(SetPasswordMixin, PersonForm):  # type: ignore[type-arg] # generic in the stubs only
    """A new person, with the password for the first time that they sign in."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("First password"), label2=gettext_lazy("First password, again")
    )

    class Meta(PersonForm.Meta):
        fields: tuple[str, ...] = ("username", "first_name", "last_name", "email")

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc] # Django's own, which the stubs leave out
        self.validate_password_for_user(self.instance)


class NewPasswordForm(SetPasswordMixin, forms.Form):  # type: ignore[type-arg] # generic in the stubs only
    """A password that an administrator gives to somebody who has forgotten theirs."""

    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("New password"), label2=gettext_lazy("New password, again")
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.person)
        return super().clean() or {}


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((role, role_said(role)) for role in ROLES), ("none", _("No role"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() in ROLES:
            return queryset.filter(groups__name=self.value())
        if self.value() == "none":
            return queryset.exclude(groups__name__in=ROLES)
        return queryset


class ActiveFilter(admin.BooleanFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("may sign in")


class PersonAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in the stubs only
    """People and their roles. Every change is a verb and stands on record."""

    form = PersonForm
    list_display = ("name", "role", "email_address", "active", "last_here")
    list_filter = (RoleFilter, ("is_active", ActiveFilter))
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("last_name", "first_name", "username")
    actions = None
    change_form_template = "admin/auth/user/person.html"
    fieldsets = (
        (gettext_lazy("Who"), {"fields": ("username", "first_name", "last_name", "email")}),
        (gettext_lazy("What they may do"), {"fields": ("role", "is_active")}),
    )
    add_fieldsets = (
        (gettext_lazy("Who"), {"fields": ("username", "first_name", "last_name", "email")}),
        (gettext_lazy("What they may do"), {"fields": ("role",)}),
        (
            gettext_lazy("First password"),
            {
                "fields": ("password1", "password2"),
                "description": gettext_lazy(
                    "Tell it to them yourself, not by e-mail. They are asked for one of their own when they "
                    "first sign in."
                ),
            },
        ),
    )

    # --- What is shown -----------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return people

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def name(self, person: User) -> str:
        full = person.get_full_name()
        return f"{full} ({person.get_username()})" if full else person.get_username()

    @admin.display(description=gettext_lazy("e-mail address"), ordering="email")
    def email_address(self, person: User) -> str:
        return person.email or "–"

    @admin.display(description=gettext_lazy("role"))
    def role(self, person: User) -> str:
        role = role_said(workflow.role_of(person)) if workflow.role_of(person) else ""
        return (
            _("%(role)s, and the whole site") % {"role": role or _("No role")}
            if person.is_superuser
            else role or "–"
        )

    @admin.display(description=gettext_lazy("may sign in"), boolean=True, ordering="is_active")
    def active(self, person: User) -> bool:
        return person.is_active

    @admin.display(description=gettext_lazy("last signed in"), ordering="last_login")
    def last_here(self, person: User) -> str:
        if not person.last_login:
            return _("never")
        return workflow.day_said(timezone.localtime(person.last_login))

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.add_fieldsets if obj is None else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("username", "first_name", "last_name", "email", "role", "is_active")
        return ()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": _("People"), **(extra_context or {})})

    # --- Who may -----------------------------------------------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A list that could be asked how a stored password begins would tell it, sign by sign."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not _asks(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    # --- What is changed ---------------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
        # A field that is no column of the table is the form's own business.
        kwargs["fields"] = (
            "username",
            "first_name",
            "last_name",
            "email",
            *(() if obj is None else ("is_active",)),
        )
        if obj is not None and not self.has_change_permission(request, obj):
            kwargs["fields"] = ()
            kwargs["form"] = forms.ModelForm
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(
                request, object_id, form_url, {**self._words(object_id), **(extra_context or {})}
            )
        except workflow.Refused as refusal:
            # Somebody else decided something between the check and the change.
            messages.error(request, str(refusal))
            return redirect(request.path)

    def _words(self, object_id: str | None) -> dict[str, Any]:
        return (
            {"title": _("Add a person")}
            if object_id is None
            else {"title": _("Person"), "show_delete": False}
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            workflow.change_person(obj, by=_asks(request), **form.said)
        else:
            made = workflow.add_person(
                by=_asks(request), password=form.cleaned_data["password1"], **form.said
            )
            obj.pk = made.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The verb has written the role too."""

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override] # the verb has recorded it
        """Events are the record."""

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> None:  # type: ignore[override] # the same
        """Events are the record."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404(_("There is no such person."))
        return redirect(f"{reverse('admin:manual_event_changelist')}?person__id__exact={int(object_id)}")

    # --- A new password ----------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/password/",
            self.admin_site.admin_view(self.password_view),
            name="auth_user_password_change",
        )
        return [own, *super().get_urls()]

    @method_decorator(sensitive_post_parameters())
    def password_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Gives somebody a new password, and lets them in again where mistakes had closed signing in."""
        person = self.get_queryset(request).filter(pk=pk).first()
        if person is None:
            raise Http404(_("There is no such person."))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person.pk == request.user.pk:
            return redirect("admin:password_change")
        form = NewPasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                workflow.set_password(person, by=_asks(request), password=form.cleaned_data["password1"])
            except workflow.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                open_sign_in(username=person.get_username())
                messages.success(
                    request,
                    _(
                        "%(person)s has a new password. They are asked for one of their own when they sign in "
                        "with it."
                    )
                    % {"person": workflow.name_of(person)},
                )
                return redirect("admin:auth_user_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("New password for %(person)s") % {"person": workflow.name_of(person)},
            "form": form,
            "person": person,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/auth/user/new_password.html", context)


class RoleAdmin(GroupAdmin):
    """The roles are made by migrations; only those who look after the whole site see how."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _asks(request).is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _asks(request).is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _asks(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The three roles are what the verbs check.
        return _asks(request).is_superuser and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj) and obj is not None


def _asks(request: HttpRequest) -> User:
    # The admin lets nobody in without a name; of whoever else asks, nothing is true.
    return cast("User", request.user)


for model, shown in ((User, PersonAdmin), (Group, RoleAdmin)):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
    admin.site.register(model, shown)
