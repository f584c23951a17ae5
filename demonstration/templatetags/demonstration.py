"""The sign-ins of the demonstration, for the pages that list them."""

from django import template

from demonstration.sign_ins import PASSWORD, SIGN_INS

register = template.Library()


@register.simple_tag
def sign_ins():
    """The addresses with their roles, and the one password."""
    return {"password": PASSWORD, "list": SIGN_INS}
