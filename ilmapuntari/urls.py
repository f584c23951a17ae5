"""Addresses of the Ilmapuntari. Finnish and imperative; those that stay are named in the design."""

from django.urls import path

from ilmapuntari.views import public

app_name = "ilmapuntari"

urlpatterns = [
    # For everybody
    path("", public.index, name="index"),
    # Answering
    # Results by a secret link, and for those who sign in
    # Organisations, counties, the whole area
    # Teams
    # Rounds
    # The questionnaire
]
