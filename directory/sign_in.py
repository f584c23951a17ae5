"""Signing in by a code sent to the address that stands in the directory. Nobody else can sign up."""

from allauth.account import forms

from directory.models import Person


class RequestLoginCodeForm(forms.RequestLoginCodeForm):
    """Asks for the address. Somebody of the directory who never signed in gets an account at this moment.

    Whether the address is known does not show: allauth answers the same to everybody.
    """

    def clean_email(self):
        person = Person.objects.present().filter(user=None).by_email(self.cleaned_data["email"])
        if person:
            person.open_account()
        return super().clean_email()
