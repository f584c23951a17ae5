from django.urls import path

from directory import views

app_name = "directory"
urlpatterns = [
    path("yhteystiedot/", views.contacts, name="contacts"),
    path("yhteystiedot/omat-tiedot/", views.own_details, name="own_details"),
    path("yhteystiedot/henkilot/", views.people, name="people"),
    path("yhteystiedot/henkilot/vie/", views.people_export, name="people_export"),
    path("yhteystiedot/henkilot/uusi/", views.person_create, name="person_create"),
    path("yhteystiedot/henkilot/<int:pk>/", views.person, name="person"),
    path("yhteystiedot/henkilot/<int:pk>/muokkaa/", views.person_edit, name="person_edit"),
    path("yhteystiedot/henkilot/<int:pk>/lahti/", views.person_leave, name="person_leave"),
    path("yhteystiedot/henkilot/<int:pk>/palauta/", views.person_return, name="person_return"),
    path("yhteystiedot/henkilot/<int:pk>/unohda/", views.person_forget, name="person_forget"),
    path("yhteystiedot/organisaatiot/", views.organisations, name="organisations"),
    path("yhteystiedot/organisaatiot/uusi/", views.organisation_create, name="organisation_create"),
    path("yhteystiedot/organisaatiot/<int:pk>/", views.organisation, name="organisation"),
    path("yhteystiedot/organisaatiot/<int:pk>/muokkaa/", views.organisation_edit, name="organisation_edit"),
    path("yhteystiedot/tuonti/", views.import_start, name="import_start"),
    path("yhteystiedot/tuonti/malli.xlsx", views.import_template, name="import_template"),
    path("yhteystiedot/tuonti/<int:pk>/", views.import_preview, name="import_preview"),
    path("yhteystiedot/tuonti/<int:pk>/tallenna/", views.import_confirm, name="import_confirm"),
    path("yhteystiedot/tuonti/<int:pk>/virheet.xlsx", views.import_errors, name="import_errors"),
    path("yhteystiedot/kayttajat/", views.users, name="users"),
    path("yhteystiedot/kayttajat/kutsu/", views.user_invite, name="user_invite"),
    path("yhteystiedot/kayttajat/<int:pk>/", views.user, name="user"),
    path("yhteystiedot/kayttajat/<int:pk>/roolit/", views.user_roles, name="user_roles"),
    path("yhteystiedot/kayttajat/<int:pk>/sulje/", views.user_deactivate, name="user_deactivate"),
    path("yhteystiedot/kayttajat/<int:pk>/avaa/", views.user_reactivate, name="user_reactivate"),
    path("yhteystiedot/kayttajat/<int:pk>/vahvistus/", views.user_second_factor, name="user_second_factor"),
    path("yhteystiedot/kayttajat/<int:pk>/tehtavat/uusi/", views.appointment_create, name="appointment_create"),
    path(
        "yhteystiedot/kayttajat/<int:pk>/tehtavat/<int:appointment_pk>/paata/",
        views.appointment_end,
        name="appointment_end",
    ),
]
