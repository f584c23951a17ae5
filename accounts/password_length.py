"""Django's own sentence for a short password has no Finnish words yet; this one is ours."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LengthValidator(MinimumLengthValidator):
    def get_error_message(self):
        return ngettext(
            "The password is too short: write at least %(count)s character.",
            "The password is too short: write at least %(count)s characters.",
            self.min_length,
        ) % {"count": self.min_length}
