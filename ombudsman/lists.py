"""What a list shows of contacts: their values in words, beside each."""

from directory.models import Municipality
from ombudsman.models import Variable

BEGINNING = 160  # letters of a note


def contacts_with_words(contacts, labels):
    """The contacts as a list, each with `words`: nature, task, who and way, municipality, the note's beginning.

    Opens every one of them, so the log has them all; three queries however many there are.
    """
    contacts = list(contacts)
    codes = {contact.values.get("municipality") for contact in contacts} - {"", None}
    places = {place.pk: place.name_fi for place in Municipality.objects.filter(pk__in=codes)} if codes else {}
    for contact in contacts:
        contact.words = words_of(contact, labels, places)
    return contacts


def words_of(contact, labels, places):
    values = contact.values
    one = {variable: labels[variable].get(values.get(variable), "") for variable in Variable.values}
    return {
        **one,
        "municipality": places.get(values.get("municipality"), ""),
        "reasons": [labels["reason"].get(code, code) for code in values.get("reasons") or []],
        "measures": [labels["measure"].get(code, code) for code in values.get("measures") or []],
        "service": values.get("service", ""),
        "minutes": values.get("minutes"),
        "has_interpreter": values.get("has_interpreter"),
        "name": contact.person.get("name", ""),
        "beginning": shortened(contact.note),
    }


def shortened(text):
    text = " ".join(text.split())
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rsplit(' ', 1)[0]}…"
