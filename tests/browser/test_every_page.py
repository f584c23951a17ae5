"""Every page of ours, in both colour schemes, wide and narrow: readable by everybody, quick to fetch, no complaints.

The pages come from the URL table: one that is named neither here nor among those without a page fails.
"""

import pytest
from django.urls import reverse

from tests.accounts.factories import UserFactory
from tests.browser.filled_portal import filled_portal
from tests.browser.soundness import DESKTOP, picture, troubles_in_all_looks
from tests.browser.weight import Weight
from tests.test_access import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES, MOST_HTML, MOST_REQUESTS = 60_000, 20_000, 6

# No page to look at, and why.
FILES = {
    "directory:people_export", "directory:import_template", "directory:import_errors",
    "mfa_download_recovery_codes", "networks:calendar", "networks:export", "networks:feed", "networks:meeting_calendar",
    "networks:members_export", "networks:network_calendar", "networks:network_feed", "publishing:attachment",
    "website:calendar_ics", "website:feed", "website:robots", "website:sitemap", "health",
}  # fmt: skip
ONLY_POSTED = {
    "directory:appointment_create", "directory:import_confirm", "directory:person_return", "directory:user_reactivate",
    "directory:user_roles", "networks:meeting_invite", "networks:meeting_remind", "networks:membership_end",
    "networks:phase_delete", "networks:publish", "networks:review", "networks:unpublish", "publishing:restore_change",
    "website:feedback_handle",
}  # fmt: skip
LEADS_ON = {
    "accounts:own_password": "to changing or setting the password, which are visited",
    "account_request_login_code": "a second name of account_login",
    "website:start": "to the page with which the role begins",
    "mfa_login_webauthn": "answers the script of the sign-in page in JSON",
    "mfa_view_recovery_codes": "shows the codes once, right after they were made; visited in test_form_pages.py",
}
STEPS = {
    "networks:bulk": "posted from the list; visited in test_form_pages.py",
    "account_confirm_login_code": "follows the asking for a code; visited in test_form_pages.py",
    "mfa_authenticate": "follows the password; visited in test_form_pages.py",
    "account_email_verification_sent": "follows a change of address; visited in test_form_pages.py",
    "account_reset_password_from_key": "needs a link from a letter; visited in test_form_pages.py",
}
NO_PAGE = FILES | ONLY_POSTED | set(LEADS_ON) | set(STEPS)

# Who looks at which page: the least of the roles that may, and the others for whom it looks different.
PAGES = {
    "account_change_password": "member",
    "account_email": "member",
    "account_inactive": "visitor",
    "account_login": "visitor",
    "account_logout": "member",
    "account_reauthenticate": "member",
    "account_reset_password": "visitor",
    "account_reset_password_done": "visitor",
    "account_reset_password_from_key_done": "visitor",
    "account_set_password": "newcomer",
    "account_signup": "visitor",
    "accounts:home": "member director",
    "accounts:invitation": "visitor",
    "accounts:sign_in_with_password": "visitor",
    "directory:appointment_end": "director",
    "directory:contacts": "visitor staff",
    "directory:import_preview": "staff",
    "directory:import_start": "staff",
    "directory:organisation": "staff",
    "directory:organisation_create": "staff",
    "directory:organisation_edit": "staff",
    "directory:organisations": "staff",
    "directory:own_details": "member",
    "directory:people": "staff director",
    "directory:person": "staff",
    "directory:person_create": "staff",
    "directory:person_edit": "staff",
    "directory:person_forget": "staff",
    "directory:person_leave": "staff",
    "directory:user": "director",
    "directory:user_deactivate": "director",
    "directory:user_invite": "director",
    "directory:user_second_factor": "director",
    "directory:users": "director",
    "mfa_activate_totp": "member",
    "mfa_add_webauthn": "staff",
    "mfa_deactivate_totp": "staff",
    "mfa_edit_webauthn": "staff",
    "mfa_generate_recovery_codes": "staff",
    "mfa_index": "member staff",
    "mfa_list_webauthn": "member staff",
    "mfa_reauthenticate": "staff",
    "mfa_reauthenticate_webauthn": "staff",
    "mfa_remove_webauthn": "staff",
    "networks:attendance": "staff",
    "networks:create": "staff",
    "networks:delete": "staff",
    "networks:detail": "visitor member staff",
    "networks:edit": "staff",
    "networks:index": "visitor staff",
    "networks:letter": "staff",
    "networks:meeting": "visitor member staff",
    "networks:meeting_cancel": "staff",
    "networks:meeting_create": "staff",
    "networks:meeting_delete": "staff",
    "networks:meeting_edit": "staff",
    "networks:meeting_summary": "staff",
    "networks:member_add": "staff",
    "networks:members": "member staff",
    "networks:members_import": "staff",
    "networks:membership_create": "staff",
    "networks:membership_edit": "staff",
    "networks:phase_create": "staff",
    "networks:phase_edit": "staff",
    "networks:rename": "staff",
    "networks:reply": "visitor",
    "publishing:history": "staff",
    "usersessions_list": "member",
    "website:accessibility": "visitor",
    "website:calendar": "visitor",
    "website:desk": "staff",
    "website:events": "visitor",
    "website:feedback": "visitor",
    "website:feedback_list": "staff",
    "website:feedback_thanks": "visitor",
    "website:home": "visitor member",
    "ilmapuntari:index": "visitor",
    "website:ombudsman": "visitor",
    "website:own": "member",
    "website:privacy": "visitor",
    "website:projects": "visitor",
    "website:region": "visitor staff",
    "website:region_edit": "staff",
    "website:regions": "visitor",
    "website:search": "visitor",
}
# Further states of them: the role, what is to be seen, and the address or what makes it from the portal.
STATES = [
    ("visitor", "nothing found", "/verkostot/?q=merenkulku&county=08"),
    ("visitor", "limits on", "/verkostot/?county=08&status=running&sort=next"),
    (
        "visitor",
        "an ended year",
        lambda portal: f"{portal.network.get_absolute_url()}?vuosi={portal.held.starts_at.year}",
    ),
    ("visitor", "a meeting with its summary", lambda portal: portal.held.get_absolute_url()),
    ("visitor", "hits of a search", "/haku/?q=verkosto"),
    ("visitor", "a search that finds nothing", "/haku/?q=merenkulkulaitos"),
    ("staff", "a draft", lambda portal: portal.draft.get_absolute_url()),
    ("staff", "the second page of a list", "/verkostot/?page=2"),
    ("staff", "the purpose opened", lambda portal: f"{portal.network.get_absolute_url()}muokkaa/tarkoitus/"),
    ("staff", "the facts opened", lambda portal: f"{portal.network.get_absolute_url()}muokkaa/tiedot/"),
    ("staff", "past members", lambda portal: f"{portal.network.get_absolute_url()}jasenet/?nayta=entiset"),
    ("staff", "a meeting that was held", lambda portal: portal.held.get_absolute_url()),
    ("staff", "a person who left", lambda portal: portal.left.get_absolute_url()),
    ("staff", "nobody found", "/yhteystiedot/henkilot/?q=merenkulku"),
]


def address_of(name, portal):
    """The address of the page with keys of the portal in it."""
    room, _, short = name.rpartition(":")
    values = {
        "slug": portal.draft.slug
        if short == "delete"
        else portal.county.slug
        if room == "website"
        else portal.network.slug,
        "section": "perustiedot",
        "token": portal.token if room == "networks" else portal.invitation,
        "content_type": portal.content_type,
        "pk": {
            "phase_edit": portal.phase.pk,
            "membership_edit": portal.membership.pk,
            "attendance": portal.held.pk,
            "meeting_summary": portal.held.pk,
            "meeting_delete": portal.unsummed.pk,
            "history": portal.network.pk,
            "import_preview": portal.brought.pk,
            "mfa_edit_webauthn": portal.passkey,
            "mfa_remove_webauthn": portal.passkey,
        }.get(short)
        or {
            "networks": portal.meeting.pk,
            "directory": portal.somebody.pk
            if short.startswith(("user", "appointment"))
            else portal.organisation.pk
            if short.startswith("organisation")
            else portal.person.pk,
        }.get(room),
        "appointment_pk": portal.appointment.pk,
    }
    return reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})


def test_every_address_is_visited_or_has_no_page():
    assert set(PAGES) | NO_PAGE == set(ADDRESSES)


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("visitor", 0),
        ("visitor", 1),
        ("member", None),
        ("newcomer", None),
        ("staff", 0),
        ("staff", 1),
        ("director", None),
    ],
)
def test_every_page_is_sound_and_light(role, part, browse):
    portal = filled_portal()
    people = {**vars(portal.people), "visitor": None, "newcomer": UserFactory()}
    page = browse(people[role])
    weight = Weight(page)
    visits = [(name, address_of(name, portal)) for name, roles in PAGES.items() if role in roles.split()]
    visits += [(what, to if isinstance(to, str) else to(portal)) for who, what, to in STATES if who == role]

    found = []
    for name, path in visits if part is None else visits[part::2]:  # in halves, for two workers
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")
        weight.begin()
        response = page.goto(path)
        wrong = []
        if response.status != 200:
            wrong.append(f"answers {response.status}")
        if not page.url.partition("?")[0].endswith(path.partition("?")[0]):
            wrong.append(f"leads to {page.url}")
        if not page.locator(".ProseMirror").count():
            wrong += too_heavy(weight, MOST_REQUESTS)
        wrong += troubles_in_all_looks(page)
        picture(page, f"{role}-{name.replace(':', '-').replace(' ', '-')}")
        found += [f"{role} {name} {path}: {words}" for words in wrong]

    assert not found, "\n" + "\n".join(found)


def too_heavy(weight, most_requests):
    if weight.requests > most_requests:
        yield f"{weight.requests} requests"
    if weight.all > MOST_BYTES:
        yield f"{weight.all} bytes in all"
    if weight.html > MOST_HTML:
        yield f"{weight.html} bytes of HTML"
