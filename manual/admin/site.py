"""The editors' pages as a whole: the desk as the first page, everything in plain words, a password of one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manual import workflow
from manual.admin.desk import Desk
from manual.models import Manual

# How the lists are called, in the order in which they stand.
THE_MANUAL = {
    "Chapter": gettext_lazy("Chapters"),
    "Amendment": gettext_lazy("Texts of chapters"),
    "Keyword": gettext_lazy("Keywords"),
    "Document": gettext_lazy("Documents"),
    "Edition": gettext_lazy("Editions"),
    "Notice": gettext_lazy("Notices"),
    "Synonym": gettext_lazy("Words that mean the same"),
    "Searched": gettext_lazy("What readers look for"),
}
LOOKED_AFTER = {
    "User": gettext_lazy("People"),
    "Group": gettext_lazy("Roles"),
    "Manual": gettext_lazy("Settings"),
    "Event": gettext_lazy("Record of decisions"),
    "OutsideLink": gettext_lazy("Outside links"),
}

# In the session of somebody whose password another person chose.
BORROWED = "password_is_borrowed"


class SignInForm(AdminAuthenticationForm):
    """Who signs in; the words are those of the other pages."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": (
            gettext_lazy(
                "No editor has this user name and password. Capital letters matter in both. After several mistakes "
                "signing in is closed for a quarter of an hour."
            )
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")


class OwnPasswordForm(AdminPasswordChangeForm):
    """A new password of one's own, after the one there is."""

    def save(self, commit: bool = True) -> User:
        workflow.change_own_password(by=self.user, password=self.cleaned_data["new_password1"])
        user: User = self.user
        return user


class OwnPasswordView(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            form.save()
        except workflow.Refused as refusal:
            form.add_error("new_password1", str(refusal))
            return self.form_invalid(form)
        update_session_auth_hash(self.request, form.user)
        self.request.session.pop(BORROWED, None)
        return redirect(self.get_success_url())


class ManualAdminSite(admin.AdminSite):
    """Django's admin, with the manual's name and the desk."""

    index_title = gettext_lazy("Desk")
    login_form = SignInForm
    enable_nav_sidebar = True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        title = Manual.objects.current().title
        return {**super().each_context(request), "site_title": title, "site_header": title}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        person = cast("User", request.user)
        context = {"desk": Desk.of(person), "role": workflow.role_of(person), **(extra_context or {})}
        return super().index(request, context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Two groups in plain words; what is in neither stays as Django has it."""
        listed = super().get_app_list(request, app_label)
        if app_label:
            return listed
        known = {**THE_MANUAL, **LOOKED_AFTER}
        models = {model["object_name"]: model for app in listed for model in app["models"]}
        groups = []
        for name, label, members in (
            (_("The manual"), "the-manual", THE_MANUAL),
            (_("People and settings"), "people-and-settings", LOOKED_AFTER),
        ):
            found = [{**models[key], "name": words} for key, words in members.items() if key in models]
            if found:
                groups.append(
                    {
                        "name": name,
                        "app_label": label,
                        "app_url": "",
                        "has_module_perms": True,
                        "models": found,
                    }
                )
        others = []
        for app in listed:
            rest = [model for model in app["models"] if model["object_name"] not in known]
            if rest:
                others.append({**app, "models": rest})
        return groups + others

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Nobody goes on with a password that somebody else knows."""

        @wraps(view)
        def own_password_first(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if BORROWED in request.session and self.has_permission(request):
                own = reverse("admin:password_change")
                if request.path not in (own, reverse("admin:logout")):
                    messages.info(
                        request,
                        _("Choose a password of your own first: whoever gave you the present one knows it."),
                    )
                    return redirect(own)
            return view(request, *args, **kwargs)

        return super().admin_view(own_password_first, cacheable)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        view = OwnPasswordView.as_view(
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return view(request)


@cache
def the_site() -> ManualAdminSite:
    """The one there is. Django asks twice while it imports this package, which registers what it shows."""
    return ManualAdminSite()


def note_a_borrowed_password(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    if workflow.has_borrowed_password(user):
        request.session[BORROWED] = True


user_logged_in.connect(note_a_borrowed_password, dispatch_uid=gettext_lazy("a borrowed password"))
