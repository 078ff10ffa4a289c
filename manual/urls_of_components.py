"""Addresses below /components/, for those who work on the code."""

from django.urls import path

from manual.views import components

urlpatterns = [
    path("", components.components, name="components"),
    path("mistakes/<slug:name>/", components.mistake, name="mistake"),
]
