from django.urls import path

from publishing import views

app_name = "publishing"
urlpatterns = [
    path("liite/<int:pk>/<str:name>", views.attachment, name="attachment"),
    path("<int:content_type>/<int:pk>/", views.history, name="history"),
    path("<int:content_type>/<int:pk>/palauta/", views.restore_change, name="restore_change"),
]
