"""Reading the query string: whatever stands there, the answer is a page and never an error."""

from django.core.paginator import Paginator


def page_of(queryset, request, *, per_page=40, name="page"):
    """The asked page of a list; the first one instead of nonsense, the last one instead of too far."""
    asked = request.GET.get(name, "1")
    # Paginator turns the text into a number; a number of thousands of digits would take it seconds.
    return Paginator(queryset, per_page).get_page(asked if len(asked) < 7 else 1)


def choice_of(request, name, choices, default=""):
    """The asked value if it is one of the choices."""
    asked = request.GET.get(name)
    return asked if asked in choices else default
