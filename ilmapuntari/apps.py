from django.apps import AppConfig


class IlmapuntariConfig(AppConfig):
    name = "ilmapuntari"

    def ready(self):
        from ilmapuntari import mail  # noqa: F401 - it tells the letters how the code of a letter is filled in
