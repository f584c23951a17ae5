from django.urls import path

from demonstration import views

app_name = "demonstration"
urlpatterns = [
    path("kirjeet/", views.outbox, name="outbox"),
    path("kirjeet/<int:pk>/", views.letter, name="letter"),
    path("kirjeet/<int:pk>/kalenteri.ics", views.letter_calendar, name="letter_calendar"),
]
