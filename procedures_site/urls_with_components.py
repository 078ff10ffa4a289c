"""Every address of the site, and of the page that shows its components: for those who work on the code."""

from django.urls import include, path

from procedures_site import urls
from procedures_site.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("components/", include("manual.urls_of_components")), *urls.urlpatterns]
