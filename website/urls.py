from django.conf import settings
from django.urls import path

from website.views import desk, front, regions, search, statements

app_name = "website"
urlpatterns = [
    path("", front.home, name="home"),
    path("kalenteri/", front.calendar, name="calendar"),
    path("kalenteri.ics", front.calendar_ics, name="calendar_ics"),
    path("syote.atom", front.feed, name="feed"),
    path("alueet/", regions.regions, name="regions"),
    path("alueet/<slug:slug>/", regions.region, name="region"),
    path("alueet/<slug:slug>/muokkaa/", regions.region_edit, name="region_edit"),
    path("haku/", search.search, name="search"),
    path("tyopoyta/", desk.desk, name="desk"),
    path("omat/", desk.own, name="own"),
    path("omat/alku/", desk.start, name="start"),
    path("saavutettavuusseloste/", statements.accessibility, name="accessibility"),
    path("tietosuoja/", statements.privacy, name="privacy"),
    path("palaute/", statements.feedback, name="feedback"),
    path("palaute/kiitos/", statements.feedback_thanks, name="feedback_thanks"),
    path("palaute/saapuneet/", statements.feedback_list, name="feedback_list"),
    path("palaute/saapuneet/<int:pk>/kasitelty/", statements.feedback_handle, name="feedback_handle"),
    path("robots.txt", statements.robots, name="robots"),
    path("sitemap.xml", statements.sitemap, name="sitemap"),
    *([path("osat/", statements.parts, name="parts")] if settings.DEMONSTRATION else []),
]
