"""The portal's addresses with those of the demonstration, which exist in its mode only."""

from django.urls import include, path

from pikassos.urls import urlpatterns as portal

urlpatterns = [path("esittely/", include("demonstration.urls")), *portal]
