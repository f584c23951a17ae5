"""PDF documents, typeset with Typst: a template of ours, and data that is never read as code."""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import typst

TAGGED = ["ua-1"]  # PDF/UA-1: tagged, with its title and language; Typst refuses a document that lacks them
UNKNOWN = "?"  # instead of a sign that no font has, an emoji for instance
MOST_UNKNOWN = 40  # different ones in one document
REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
KEPT = "\u00ad"  # soft hyphens
INSTEAD = {"Cc": " ", "Cs": UNKNOWN, "Co": UNKNOWN, "Cn": UNKNOWN, "Cf": ""}  # by the kind of sign in Unicode
MARKS = {"Mn", "Mc", "Me", "Sk"}
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


@lru_cache(maxsize=1)
def fonts():
    """Those inside the wheel and no others, so that a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False)


def typeset(template: Path, data: dict, *, moment, format="pdf", **options):
    """The document that the template makes of the data, as bytes; the same data always gives the same bytes.

    `data` reaches the template as one JSON text, `json(bytes(sys.inputs.data))`: text of users is text in it and
    nothing else. The template can read files of its own folder only, and nothing is fetched from the network.
    `moment` is what the document says of its own age.
    """
    compiler = typst.Compiler(template, root=template.parent, font_paths=fonts(), ignore_system_fonts=True)
    if format == "pdf":
        options |= {"pdf_standards": TAGGED}
    text = json.dumps(printable(data), ensure_ascii=False)
    for _attempt in range(MOST_UNKNOWN):
        try:
            inputs = {"data": text}
            return compiler.compile(format=format, sys_inputs=inputs, timestamp=int(moment.timestamp()), **options)
        except typst.TypstError as error:
            # A tagged document may hold no sign without a shape. Which signs the fonts have, only Typst knows.
            refused = REFUSED.search(str(error))
            if refused is None:
                raise
            sign = CODE.sub(lambda code: chr(int(code[1], 16)), refused[1])
            # A plain letter is refused for the mark that stands on it.
            changed = without_marks(text) if sign.isascii() else text.replace(sign, UNKNOWN)
            if changed == text:
                raise
            text = changed
    raise ValueError("The text has too many signs that cannot be printed.")


def printable(data):
    """The same data without what is no text: control characters, halves of characters, what joins emoji."""
    if isinstance(data, str):
        text = unicodedata.normalize("NFC", data)
        return "".join(INSTEAD.get(unicodedata.category(sign), sign) if sign not in KEPT else sign for sign in text)
    if isinstance(data, dict):
        return {key: printable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [printable(value) for value in data]
    return data


def without_marks(text):
    """Without what stands on or around another sign; letters of their own such as ä and õ stay."""
    return "".join(sign for sign in text if sign.isascii() or unicodedata.category(sign) not in MARKS)
