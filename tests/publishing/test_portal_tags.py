"""How dates, times, numbers, signs, addresses and fields are printed."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from publishing.templatetags import portal

FRIDAY = datetime(2026, 11, 27, 8, 30)


def printed(source, path="/", **context):
    """What a template prints, asked for at an address; no-break spaces as plain ones."""
    request = RequestFactory().get(path)
    text = Template("{% load portal %}" + source).render(Context({"request": request, **context}))
    return text.replace(portal.NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ start|weekday }}", "pe"),
        ("{{ start|weekday_name }}", "perjantai"),
        ("{{ start|weekday_date }}", "pe 27.11.2026"),
        ("{{ start|short_date }}", "pe 27.11."),
        ("{{ start|day_month }}", "27.11."),
        ("{{ start|plain_date }}", "27.11.2026"),
        ("{{ start|clock }}", "8.30"),
        ("{{ start|full_clock }}", "8.30"),
    ],
)
def test_a_moment_is_printed_in_the_house_style(source, expected):
    with translation.override("fi"):
        assert printed(source, start=FRIDAY) == expected


def test_a_full_hour_drops_its_minutes_except_in_a_column():
    nine = datetime(2026, 11, 27, 9, 0)

    assert portal.clock(nine) == "9"
    assert portal.full_clock(nine) == "9.00"


def test_a_range_of_time_names_both_ends_and_alone_only_its_start():
    end = datetime(2026, 11, 27, 11, 0)

    assert "8.30–11" in portal.time_range(FRIDAY, end)
    assert "–" not in portal.time_range(FRIDAY)


def test_a_stored_moment_is_printed_in_helsinki_time():
    stored = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)

    with translation.override("fi"):
        assert printed("{{ start|weekday_date }} {{ start|clock }}", start=stored) == "la 28.11.2026 0.30"
        assert portal.clock(stored) == "0.30"


def test_a_bare_date_will_do():
    with translation.override("fi"):
        assert printed("{{ day|short_date }}", day=date(2026, 12, 1)) == "ti 1.12."


@pytest.mark.parametrize(("language", "expected"), [("sv", "fre 27.11.2026"), ("en", "Fri 27.11.2026")])
def test_the_weekday_speaks_the_language_of_the_reader(language, expected):
    with translation.override(language):
        assert printed("{{ start|weekday_date }}", start=FRIDAY) == expected


def test_a_weekday_stays_on_the_line_of_its_date():
    with translation.override("fi"):
        assert portal.weekday_date(FRIDAY) == f"pe{portal.NO_BREAK_SPACE}27.11.2026"


@pytest.mark.parametrize(
    ("day", "months", "week"),
    [
        (date(2026, 11, 27), "Marraskuu", 48),
        (date(2026, 12, 3), "Marras–joulukuu", 49),
        (date(2027, 1, 1), "Joulu–tammikuu", 53),
    ],
)
def test_a_week_is_headed_by_its_months_and_number(day, months, week):
    with translation.override("fi"):
        heading = portal.week_heading(day)

    assert heading.startswith(months)
    assert heading.endswith(str(week))


@pytest.mark.parametrize(
    ("number", "expected"), [(999, "999"), (2400000, "2 400 000"), (1234.5, "1 234,5"), (None, "")]
)
def test_thousands_stand_apart(number, expected):
    assert portal.thousands(number).replace(portal.NO_BREAK_SPACE, " ") == expected


@pytest.mark.parametrize(
    "name",
    [
        "weekday",
        "weekday_name",
        "weekday_date",
        "short_date",
        "day_month",
        "plain_date",
        "clock",
        "time_range",
        "moment",
    ],
)
def test_nothing_is_printed_of_a_moment_that_is_not_known(name):
    assert printed("{{ start|" + name + " }}", start=None) == ""


@pytest.mark.parametrize("name", sorted(portal.ICONS))
def test_an_icon_is_hidden_from_screen_readers(name):
    assert 'aria-hidden="true"' in portal.icon(name)


def test_an_unknown_icon_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        portal.icon("unicorn")


@pytest.mark.parametrize(
    ("language", "expected"), [("fi", "/verkostot/"), ("sv", "/sv/verkostot/"), ("en", "/en/verkostot/")]
)
def test_an_address_that_stays_follows_the_language(language, expected):
    with translation.override(language):
        assert portal.address("verkostot/") == expected


@pytest.mark.parametrize(
    ("path", "expected"), [("/verkostot/", "page"), ("/verkostot/kriisityo/", "true"), ("/hankkeet/", "")]
)
def test_the_current_room_is_marked(path, expected):
    with translation.override("fi"):
        assert printed('{% current_room "verkostot/" %}', path) == expected


def test_an_unknown_page_has_its_other_languages_on_their_front_pages():
    with translation.override("fi"):
        links = portal.languages({"request": RequestFactory().get("/nowhere/at/all/")})

    assert [(link["url"], link["is_current"]) for link in links][1:] == [("/sv/", False), ("/en/", False)]
    assert links[0]["is_current"]


class MeetingForm(forms.Form):
    error_title = "The meeting is not saved yet"

    topic = forms.CharField(help_text="In a few words")
    place = forms.CharField(required=False)
    where = forms.ChoiceField(choices=[("here", "Here"), ("online", "Online")], widget=forms.RadioSelect)
    recorded = forms.BooleanField(required=False)


def test_a_field_in_error_points_at_its_hint_and_its_error():
    html = MeetingForm({})["topic"].as_field_group()

    assert 'aria-describedby="id_topic_helptext id_topic_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_topic_helptext"' in html
    assert 'id="id_topic_error"' in html


def test_choices_are_a_group_with_a_name():
    html = MeetingForm()["where"].as_field_group()

    assert "<fieldset" in html
    assert "<legend>Where" in html
    assert html.count('class="choice"') == 2


def test_only_optional_fields_are_marked_and_a_form_of_filters_marks_none():
    class Filters(forms.Form):
        word = forms.CharField(required=False)

    form = MeetingForm()

    assert [field.name for field in form if portal.is_marked_optional(field)] == ["place"]
    assert not portal.is_marked_optional(Filters()["word"])


def test_the_error_summary_leads_to_what_takes_the_focus():
    html = str(MeetingForm({}))

    assert "The meeting is not saved yet" in html
    assert 'href="#id_topic"' in html
    assert 'href="#id_where_0"' in html
    assert 'id="id_where_0"' in html


def test_a_form_without_errors_has_no_summary():
    assert "error-summary" not in str(MeetingForm())
