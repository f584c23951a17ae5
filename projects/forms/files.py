"""Files of a project: the decision on its funding, logos that the funder requires, others."""

from io import BytesIO
from pathlib import PurePath

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from publishing.attachments import AttachmentField

MOST_PIXELS = 20_000_000  # a logo on paper is a tenth of it; a picture that unpacks to more fills the memory
LARGEST_SIDE = 1200  # pixels; shown 64 high, printed small
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}


class FileForm(forms.Form):
    """One more file."""

    class Purpose:
        DECISION, LOGO, FILE = "decision", "logo", "file"

    purpose = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Purpose.DECISION, _("decision on the funding")),
            (Purpose.LOGO, _("logo that the funder requires")),
            (Purpose.FILE, _("other file")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the file is.")},
    )
    upload = AttachmentField(label=_("File"))
    title = forms.CharField(
        label=_("In words"),
        max_length=150,
        required=False,
        help_text=_("For a logo whose it is: those who do not see it hear these words."),
    )
    is_public = forms.BooleanField(
        label=_("Everybody may open it"), required=False, help_text=_("Logos are always public.")
    )

    def clean(self):
        cleaned = super().clean()
        upload = cleaned.get("upload")
        if cleaned.get("purpose") == self.Purpose.LOGO and upload:
            if not cleaned.get("title"):
                self.add_error("title", _("Write whose logo it is, for example Euroopan unionin osarahoittama."))
            try:
                cleaned["upload"] = redrawn(upload)
            except ValidationError as error:
                self.add_error("upload", error)
            cleaned["is_public"] = True
        return cleaned


def redrawn(upload):
    """The picture drawn anew, so that nothing but the picture is kept: no place, no camera, nothing hidden behind it.

    Raises ValidationError with a sentence when it is none or too large to be opened safely.
    """
    kind = PICTURES.get(upload.mime_type)
    if kind is None:
        raise ValidationError(_("A logo is a picture: PNG or JPEG."))
    upload.seek(0)
    try:
        # The head alone is read here; whether it may be unpacked is decided before any of it is.
        with Image.open(upload, formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(
                    _("The picture has %(width)s × %(height)s points, which is too large. Make it smaller.")
                    % {"width": picture.width, "height": picture.height}
                )
            plain = picture.convert("RGBA" if kind == "PNG" else "RGB")
            plain.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            plain.info.clear()  # comments come along with what is converted
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("The picture cannot be opened. Save it anew as PNG.")) from error
    out = BytesIO()
    plain.save(out, kind)
    clean = ContentFile(out.getvalue(), name=f"{PurePath(upload.name).stem}.{'png' if kind == 'PNG' else 'jpg'}")
    clean.mime_type = upload.mime_type
    return clean
