"""Prose: a little formatted text, cleaned on the server however it got there."""

import html
import json
import re

import nh3
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import linebreaks, strip_tags
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from django_prose_editor.widgets import ProseEditorWidget, prose_editor_media
from js_asset import Media, Script

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [3]},
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
}
# What the editor says on its buttons and in its dialogs; it knows no Finnish, and half of it asks for no translation.
EDITORS_WORDS = {
    "paragraph": _("paragraph"),
    "Paragraph": _("Paragraph"),
    "Heading 3": _("Subheading"),
    "heading 3": _("Subheading"),
    "unordered list": _("list"),
    "ordered list": _("numbered list"),
    "List properties": _("List properties"),
    "List type": _("Kind of list"),
    "Bullets": _("Bullets"),
    "Decimal numbers": _("Numbers"),
    "Lowercase letters": _("Small letters"),
    "Uppercase letters": _("Capital letters"),
    "Lowercase Roman numerals": _("Small Roman numerals"),
    "Uppercase Roman numerals": _("Roman numerals"),
    "Start at": _("Begins with"),
    "bold": _("bold"),
    "italic": _("italic"),
    "insert link": _("link"),
    "remove link": _("remove the link"),
    "undo": _("undo"),
    "redo": _("do again"),
    "Edit Link": _("Link"),
    "URL": _("Address"),
    "Title": _("Explanation"),
    "Update": _("Save"),
    "Cancel": _("Cancel"),
}
ALLOWED_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "a"}
# A tag, and not a sign for "less than": only then is what somebody typed read as HTML.
TAG = re.compile(
    r"</?(?:p|br|strong|em|b|i|u|s|ul|ol|li|h[1-6]|a|div|span|section|article|table|t[rdh]|thead|tbody|blockquote|pre|"
    r"code|img|svg|math|script|style|template|iframe|object|embed|form|input|button|link|meta|base|body|html|font|"
    r"details|video|audio|source|noscript|textarea|title|xmp|plaintext)(?=[\s/>])[^<>]*/?>|<!--",
    re.IGNORECASE,
)
BLOCK = re.compile(r"</?(p|ul|ol|h3)\b", re.IGNORECASE)
PARAGRAPHS = re.compile(r"(?:<p>(?:[^<]|<br>)*</p>)+")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_prose(value):
    """The text with the few tags that prose may have.

    Text without any tag, as typed where the editor did not start, becomes paragraphs.
    """
    if not value:
        return ""
    # Word processors paste a vertical tab for a line break; no XML of ours could hold it.
    value = CONTROL.sub(" ", value.replace("\x0b", "\n"))
    if not BLOCK.search(value) or not TAG.search(value):
        value = linebreaks(value.strip(), autoescape=TAG.search(value) is None)
    cleaned = nh3.clean(
        value,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style", "template"},
    )
    cleaned = re.sub(r"(</(?:p|ul|ol|li|h3)>|<(?:ul|ol)>)\s+", r"\1", cleaned).strip()
    return cleaned if strip_tags(cleaned).strip() else ""


def prose_lines(value):
    """The prose as plain text: a line for each paragraph and each item of a list."""
    broken = re.sub(r"<br>|</(?:p|li|h3)>", "\n", value or "")
    lines = html.unescape(strip_tags(broken.replace("<li>", "– "))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def typed_prose(value):
    """The prose as a person without the editor can change it: plain paragraphs as plain text, the rest as it is.

    Saved unchanged, the text becomes the very same prose again.
    """
    if not value or not PARAGRAPHS.fullmatch(value):
        return value
    paragraphs = value.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    text = html.unescape("\n\n".join(paragraphs).replace("<br>", "\n"))
    return text if clean_prose(text) == value else value


class ProseWidget(ProseEditorWidget):
    """The editor; without JavaScript a field of plain text. A script hands the editor the formatted text first."""

    @property
    def media(self):
        before = Media(js=[Script("js/prose.js", defer=True)])
        # Named together so that ours comes after theirs.
        sheets = Media(css={"all": ["django_prose_editor/editor.css", "css/editor.css"]})
        return before + prose_editor_media(preset=self.preset) + sheets

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        stored = clean_prose(value)
        context["widget"]["value"] = typed_prose(stored)
        words = json.dumps(EDITORS_WORDS, cls=DjangoJSONEncoder, ensure_ascii=False)
        context["widget"]["attrs"] |= {"data-prose": stored, "data-words": words, "rows": 12, "autocomplete": "off"}
        return context


class ProseField(ProseEditorField):
    """HTML of a few tags. Whatever writes the row, form, import or shell, what is stored is clean."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("blank", True)
        super().__init__(*args, extensions=EXTENSIONS, sanitize=clean_prose, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"widget": ProseWidget, **kwargs})

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean_prose(value) if isinstance(value, str) else value
