"""The editors' pages: Django's admin, with the desk as its first page."""

from django.contrib.admin.apps import AdminConfig


class EditorsPages(AdminConfig):
    default_site = "manual.admin.site.the_site"
