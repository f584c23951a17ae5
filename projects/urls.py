from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("", views.index, name="index"),
    path("uusi/", views.create, name="create"),
    path("hankkeet.csv", views.table, name="table"),
    path("kalenteri.ics", views.calendar, name="calendar"),
    path("syote.atom", views.feed, name="feed"),
    path("kartta/", views.area_map, name="area_map"),
    path("aikajana/", views.timeline, name="timeline"),
    path("salkku/", views.portfolio, name="portfolio"),
    path("salkku/vie/", views.portfolio_export, name="portfolio_export"),
    path("henkilotyo/", views.person_months, name="person_months"),
    path("henkilotyo/vie/", views.person_months_export, name="person_months_export"),
    path("tuo/", views.projects_import, name="projects_import"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/muokkaa/<slug:section>/", views.edit, name="edit"),
    path("<slug:slug>/osoite/", views.rename, name="rename"),
    path("<slug:slug>/julkaise/", views.publish, name="publish"),
    path("<slug:slug>/piilota/", views.unpublish, name="unpublish"),
    path("<slug:slug>/tarkistettu/", views.review, name="review"),
    path("<slug:slug>/poista/", views.delete, name="delete"),
    path("<slug:slug>/kalenteri.ics", views.project_calendar, name="project_calendar"),
    path("<slug:slug>/syote.atom", views.project_feed, name="project_feed"),
    path("<slug:slug>/tiivistelma.docx", views.summary_document, name="summary_document"),
    path("<slug:slug>/rahoitus/", views.money, name="money"),
    path("<slug:slug>/tiedostot/", views.files, name="files"),
    path("<slug:slug>/tiedostot/<int:pk>/poista/", views.file_delete, name="file_delete"),
    path("<slug:slug>/osat/<slug:kind>/uusi/", views.part_create, name="part_create"),
    path("<slug:slug>/osat/<slug:kind>/<int:pk>/", views.part_edit, name="part_edit"),
    path("<slug:slug>/osat/<slug:kind>/<int:pk>/poista/", views.part_delete, name="part_delete"),
    path("<slug:slug>/osat/<slug:kind>/<int:pk>/siirra/", views.part_move, name="part_move"),
    path("<slug:slug>/linkit/tarkista/", views.links_check, name="links_check"),
    path("<slug:slug>/maarapaivat/<int:pk>/tehty/", views.deadline_done, name="deadline_done"),
]
