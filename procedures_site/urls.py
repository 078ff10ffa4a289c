"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("manual.urls")),
]

handler400 = "manual.views.errors.bad_request"
handler403 = "manual.views.errors.denied"
handler404 = "manual.views.errors.not_found"
handler500 = "manual.views.errors.broken"
