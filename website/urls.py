from django.urls import path

from website.urls_pages import urlpatterns as pages
from website.views import front, regions

app_name = "website"
urlpatterns = [
    path("", front.home, name="home"),
    path("kalenteri/", front.calendar, name="calendar"),
    path("kalenteri.ics", front.calendar_ics, name="calendar_ics"),
    path("syote.atom", front.feed, name="feed"),
    path("alueet/", regions.regions, name="regions"),
    path("alueet/<slug:slug>/", regions.region, name="region"),
    path("alueet/<slug:slug>/muokkaa/", regions.region_edit, name="region_edit"),
    *pages,
]
