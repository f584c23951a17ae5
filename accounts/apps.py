from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from accounts import sessions


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        user_logged_in.connect(sessions.start, dispatch_uid="accounts.sessions.start")
