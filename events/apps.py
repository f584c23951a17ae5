from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self):
        from events import told_elsewhere

        told_elsewhere.announce()
