"""Materials of an event: what stays when the recording goes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.attachments import AttachmentField


class MaterialForm(forms.Form):
    title = forms.CharField(label=_("What the file is"), max_length=150, help_text=_("For example: Puhujan esitys."))
    upload = AttachmentField(label=_("File"))
    is_public = forms.BooleanField(
        label=_("Everybody may open it"), required=False, initial=True, help_text=_("Otherwise only staff.")
    )
