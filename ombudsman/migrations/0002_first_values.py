"""The values with which counting begins, and how long records are kept until somebody decides otherwise."""

from django.db import migrations

# Variable: (code, Finnish, Swedish, English, key). Values seen in published accounts of the field, with our additions
# (letter, consultation, and of the reasons waiting time, fee, self-determination and access to information).
VALUES = {
    "who": [
        ("client", "Asiakas", "Klient", "Client", "a"),
        ("relative", "Omainen tai läheinen", "Anhörig eller närstående", "Relative or somebody close", "o"),
        ("representative", "Muu edustaja", "Annan företrädare", "Other representative", "e"),
        ("staff", "Henkilöstö tai palveluntuottaja", "Personal eller serviceproducent", "Staff or provider", "h"),
        ("other", "Muu", "Annan", "Other", "m"),
    ],
    "way": [
        ("phone", "Puhelin", "Telefon", "Telephone", "p"),
        ("email", "Sähköposti", "E-post", "E-mail", "s"),
        ("meeting", "Tapaaminen", "Möte", "Meeting", "t"),
        ("video", "Etävastaanotto", "Distansmottagning", "Video", "e"),
        ("letter", "Kirje", "Brev", "Letter", "k"),
    ],
    "language": [
        ("fi", "Suomi", "Finska", "Finnish", "f"),
        ("sv", "Ruotsi", "Svenska", "Swedish", "r"),
        ("other", "Muu", "Annat", "Other", "m"),
    ],
    "nature": [
        ("dissatisfaction", "Tyytymättömyys", "Missnöje", "Dissatisfaction", "t"),
        ("enquiry", "Tiedustelu", "Förfrågan", "Enquiry", "k"),
        ("consultation", "Henkilöstön konsultointi", "Konsultation av personal", "Consultation of staff", "h"),
    ],
    "task": [
        ("elderly", "Iäkkäiden palvelut", "Service för äldre", "Services for older people", "1"),
        ("families", "Lapsiperheiden palvelut", "Service för barnfamiljer", "Services for families with children", "2"),
        ("child_protection", "Lastensuojelu", "Barnskydd", "Child protection", "3"),
        ("family_law", "Perheoikeudelliset palvelut", "Familjerättslig service", "Family law services", "4"),
        ("substance", "Päihde- ja riippuvuustyö", "Missbrukar- och beroendearbete", "Substance abuse and addiction", "5"),
        ("working_age", "Työikäisten palvelut", "Service för personer i arbetsför ålder", "Services for people of working age", "6"),
        ("disability", "Vammaispalvelut", "Funktionshinderservice", "Disability services", "7"),
        ("social_assistance", "Toimeentulotuki", "Utkomststöd", "Social assistance", "8"),
        ("kela", "Kela", "FPA", "Kela", "9"),
        ("early_education", "Varhaiskasvatus", "Småbarnspedagogik", "Early childhood education", "v"),
        ("other", "Muu", "Annan", "Other", "m"),
    ],
    "provider": [
        ("public", "Julkinen", "Offentlig", "Public", "j"),
        ("private", "Yksityinen", "Privat", "Private", "y"),
    ],
    "reason": [
        ("decision", "Päätös tai sopimus", "Beslut eller avtal", "Decision or agreement", "p"),
        ("service", "Palvelun toteuttaminen", "Hur servicen genomförs", "Carrying out the service", "t"),
        ("treatment", "Kohtelu", "Bemötande", "Treatment", "k"),
        ("data_protection", "Tietosuoja", "Dataskydd", "Data protection", "s"),
        ("waiting", "Odotusaika", "Väntetid", "Waiting time", "o"),
        ("fee", "Maksu", "Avgift", "Fee", "m"),
        ("self_determination", "Itsemääräämisoikeus", "Självbestämmanderätt", "Self-determination", "i"),
        ("information", "Tiedonsaanti", "Tillgång till information", "Access to information", "n"),
    ],
    "measure": [
        ("advice", "Neuvonta", "Rådgivning", "Advice", "n"),
        ("objection", "Apu muistutuksessa", "Hjälp med anmärkning", "Help with an objection", "m"),
        ("complaint", "Ohjaus kanteluun", "Vägledning i klagomål", "Guidance to a complaint", "k"),
        ("rectification", "Ohjaus oikaisuvaatimukseen", "Vägledning i omprövning", "Guidance to a request for rectification", "o"),
        ("appeal", "Ohjaus valitukseen", "Vägledning i besvär", "Guidance to an appeal", "v"),
        ("compensation", "Ohjaus vahingonkorvaukseen", "Vägledning i skadestånd", "Guidance to compensation", "h"),
        ("provider", "Yhteys palveluun", "Kontakt med servicen", "Contact with the provider", "y"),
        ("negotiation", "Yhteisneuvottelu", "Gemensam förhandling", "Negotiation", "e"),
    ],
}  # fmt: skip
MONTHS = {"contact": 24, "case": 60, "message": 6, "draft": 1}


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    codes = apps.get_model("ombudsman", "Code").objects.using(alias)
    codes.bulk_create(
        codes.model(
            variable=variable, code=code, name=name, name_sv=sv, name_en=en, key=key, position=position
        )
        for variable, values in VALUES.items()
        for position, (code, name, sv, en, key) in enumerate(values, 1)
    )
    times = apps.get_model("ombudsman", "Retention").objects.using(alias)
    times.bulk_create(times.model(kind=kind, months=months) for kind, months in MONTHS.items())


class Migration(migrations.Migration):
    dependencies = [("ombudsman", "0001_sealed_records_and_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
