"""Addresses of the room: what the public reads, the form without an account, and the caseload."""

from django.urls import path, register_converter

from ombudsman.views import account, case, contact, desk, keeping, message, public, settings, substitution


class NumberConverter:
    """The number of a matter: 2026-17."""

    regex = "[0-9]{4}-[0-9]{1,6}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(NumberConverter, "matter")

app_name = "ombudsman"
urlpatterns = [
    # Public
    path("", public.about, name="about"),
    path("yhteydenotto/", public.message_create, name="message_create"),
    path("kuitti/", public.receipt, name="receipt"),
    path("selvitykset/", account.accounts, name="accounts"),
    path("selvitykset/<int:year>/<slug:area>/", account.account, name="account"),
    path("selvitykset/<int:year>/<slug:area>/selvitys.pdf", account.account_pdf, name="account_pdf"),
    path("selvitykset/<int:year>/<slug:area>/taulukot.csv", account.account_csv, name="account_csv"),
    # The managing director switches the substitute on, and reads nothing
    path("sijainen/", substitution.substitute_switch, name="substitute_switch"),
    # The caseload
    path("asiat/", desk.index, name="index"),
    path("asiat/poistu/", desk.leave, name="leave"),
    path("asiat/tarkoitus/", desk.purpose, name="purpose"),
    path("asiat/haku/", desk.search, name="search"),
    path("asiat/yhteydenotot/", contact.contacts, name="contacts"),
    path("asiat/yhteydenotot/uusi/", contact.contact_create, name="contact_create"),
    path("asiat/yhteydenotot/samat/", contact.same_caller, name="same_caller"),
    path("asiat/yhteydenotot/luonnos/", contact.draft_save, name="draft_save"),
    path("asiat/yhteydenotot/luonnos/<uuid:pk>/poista/", contact.draft_delete, name="draft_delete"),
    path("asiat/yhteydenotot/<uuid:pk>/", contact.contact, name="contact"),
    path("asiat/yhteydenotot/<uuid:pk>/muokkaa/", contact.contact_edit, name="contact_edit"),
    path("asiat/yhteydenotot/<uuid:pk>/poista/", contact.contact_delete, name="contact_delete"),
    path("asiat/yhteydenotot/<uuid:pk>/asiaksi/", contact.contact_open_case, name="contact_open_case"),
    path("asiat/luettelo/", case.cases, name="cases"),
    path("asiat/<matter:number>/", case.case, name="case"),
    path("asiat/<matter:number>/muokkaa/", case.case_edit, name="case_edit"),
    path("asiat/<matter:number>/tila/", case.case_move, name="case_move"),
    path("asiat/<matter:number>/poista/", case.case_delete, name="case_delete"),
    path("asiat/<matter:number>/toimenpide/", case.measure_create, name="measure_create"),
    path("asiat/<matter:number>/toimenpide/<uuid:pk>/poista/", case.measure_delete, name="measure_delete"),
    path("asiat/<matter:number>/liita/", case.file_create, name="file_create"),
    path("asiat/<matter:number>/liitteet/<uuid:pk>/", case.case_file, name="case_file"),
    path("asiat/<matter:number>/liitteet/<uuid:pk>/poista/", case.file_delete, name="file_delete"),
    path("asiat/viestit/", message.messages, name="messages"),
    path("asiat/viestit/<uuid:pk>/", message.message, name="message"),
    path("asiat/viestit/<uuid:pk>/vastattu/", message.message_answered, name="message_answered"),
    path("asiat/viestit/<uuid:pk>/poista/", message.message_delete, name="message_delete"),
    path("asiat/muu-tyo/", settings.other_work, name="other_work"),
    path("asiat/muu-tyo/uusi/", settings.other_work_create, name="other_work_create"),
    path("asiat/muu-tyo/<int:pk>/", settings.other_work_edit, name="other_work_edit"),
    path("asiat/muu-tyo/<int:pk>/poista/", settings.other_work_delete, name="other_work_delete"),
    path("asiat/luokitukset/", settings.codes, name="codes"),
    path("asiat/luokitukset/uusi/", settings.code_create, name="code_create"),
    path("asiat/luokitukset/<int:pk>/", settings.code_edit, name="code_edit"),
    path("asiat/alue/", settings.area, name="area"),
    path("asiat/julkiset-tiedot/", settings.details, name="details"),
    path("asiat/sijaisuus/", substitution.substitutions, name="substitutions"),
    path("asiat/sijaisuus/uusi/", substitution.substitution_create, name="substitution_create"),
    path("asiat/sijaisuus/<int:pk>/", substitution.substitution_read, name="substitution_read"),
    path("asiat/sijaisuus/<int:pk>/paata/", substitution.substitution_end, name="substitution_end"),
    path("asiat/yllapito/", keeping.keeping, name="keeping"),
    path("asiat/loki/", keeping.log, name="log"),
    path("asiat/sailytys/", keeping.retention, name="retention"),
    path("asiat/sailytys/ajat/", keeping.retention_edit, name="retention_edit"),
    path("asiat/<matter:number>/sailyta/", keeping.case_keep, name="case_keep"),
    path("asiat/yhteydenotot/<uuid:pk>/sailyta/", keeping.contact_keep, name="contact_keep"),
    path("asiat/tilastot/", account.statistics, name="statistics"),
    path("asiat/tilastot/taulukot.csv", account.statistics_csv, name="statistics_csv"),
    path("asiat/selvitykset/", account.account_list, name="account_list"),
    path("asiat/selvitykset/<int:year>/", account.account_edit, name="account_edit"),
    path("asiat/selvitykset/<int:year>/hyvaksy/", account.account_approve, name="account_approve"),
    path("asiat/selvitykset/<int:year>/<slug:area>/selvitys.docx", account.account_docx, name="account_docx"),
]
