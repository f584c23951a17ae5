"""The sections of a project's page that are edited in place, and the form for a new one."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.county_fields import CodesField, CountiesField
from directory.models import County, Municipality, Person, SubRegion
from directory.person_fields import PersonChoiceField, coordinators
from networks.models import Network
from projects.forms.fields import EurosField
from projects.models import Project
from publishing.audience import Audience
from publishing.editing import EditInPlaceForm
from publishing.finnish_dates import FinnishDateField


class SectionForm(EditInPlaceForm):
    """One section of a project's page; the sections edited here share one place for saving."""

    class Meta:
        model = Project
        fields = ()


class BasicsForm(SectionForm):
    audience = forms.MultipleChoiceField(
        label=_("Themes"), choices=Audience.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    our_roles = forms.MultipleChoiceField(
        label=_("Our role"), choices=Project.OurRole.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Project
        fields = (
            "name", "acronym", "summary", "our_roles", "our_role_note", "days_sold", "percent_sold", "programme",
            "website", "audience",
        )  # fmt: skip
        widgets = {"summary": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "name": _("The whole official name."),
            "acronym": _("What people call it, for example PRO SOS. It stands in headings and lists."),
            "summary": _("Shown in lists. What the project is for, in at most 200 characters."),
            "programme": _("Of which programme or larger whole it is a part."),
            "days_sold": _("Only if we sell the work of our experts."),
        }

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_acronym(self):
        return " ".join(self.cleaned_data["acronym"].split())

    def clean(self):
        cleaned = super().clean()
        sells = Project.OurRole.EXPERT_SOLD in (cleaned.get("our_roles") or ())
        if not sells and (cleaned.get("days_sold") or cleaned.get("percent_sold")):
            self.add_error("our_roles", _("Days or a share are sold: choose “expert work sold” as our role as well."))
        return cleaned


class PeriodFields(forms.Form):
    """The dates of a project as people write them."""

    starts_on = FinnishDateField(label=_("Starts"), required=False, help_text=_("For example 1.12.2026"))
    ends_on = FinnishDateField(
        label=_("Ends, without extensions"),
        required=False,
        help_text=_("Of a season or a year that alone is known, write its first or last day."),
    )


class PeriodForm(SectionForm, PeriodFields):
    class Meta:
        model = Project
        fields = ("starts_on", "starts_precision", "ends_on", "ends_precision")
        widgets = {"starts_precision": forms.RadioSelect, "ends_precision": forms.RadioSelect}

    field_order = ("starts_on", "starts_precision", "ends_on", "ends_precision")

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        earliest = min((e.until for e in self.instance.extensions.all()), default=None)
        if earliest and last is None:
            self.add_error("ends_on", _("The project has an extension, so its first end is needed."))
        elif earliest and last >= earliest:
            self.add_error("ends_on", _("The first end is before the end of the extension."))
        if first and last and last < first:
            self.add_error("ends_on", _("The project cannot end before it starts."))
        return cleaned


class NewProjectForm(BasicsForm, PeriodFields):
    """A new project: its basic facts, its phase and who answers for it."""

    coordinator = PersonChoiceField(Person.objects.none(), label=_("Answers for it"), required=False)
    counties = CountiesField(County.objects.none(), label=_("Counties"), required=False)
    status = forms.ChoiceField(
        label=_("Phase"), choices=Project.Status.choices, widget=forms.RadioSelect, initial=Project.Status.IDEA
    )
    since = FinnishDateField(label=_("Since"), help_text=_("For example 1.12.2026"))

    class Meta(BasicsForm.Meta):
        fields = (
            "name", "acronym", "summary", "our_roles", "audience", "counties", "is_national", "coordinator",
            "starts_on", "ends_on",
        )  # fmt: skip

    field_order = (
        "name", "acronym", "summary", "status", "since", "starts_on", "ends_on", "our_roles", "is_national",
        "counties", "audience", "coordinator",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators()
        self.fields["counties"].offer(())
        self.initial.setdefault("since", timezone.localdate())

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The project cannot end before it starts."))
        return cleaned

    def save(self, commit=True):
        data = dict(self.cleaned_data)
        for name in ("seen", "since"):
            data.pop(name, None)
        return Project.found(on=self.cleaned_data["since"], **data)


class PurposeForm(SectionForm):
    class Meta:
        model = Project
        fields = ("purpose", "background")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4, "class": "full"})}
        help_texts = {"purpose": _("Two or three sentences. Everybody sees them.")}

    def save(self, commit=True):
        # Who has just written the text has checked it.
        self.instance.reviewed_on = timezone.localdate()
        return super().save(commit)


class SubRegionsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple(attrs={"class": "columns"})

    def label_from_instance(self, sub_region):
        return f"{sub_region.name} ({sub_region.county.short_name})"


class AreaForm(SectionForm):
    """Where the project works. What is named inside a wider area narrows it down."""

    counties = CountiesField(County.objects.none(), label=_("Counties"), required=False)
    sub_regions = SubRegionsField(
        SubRegion.objects.none(),
        label=_("Sub-regions"),
        required=False,
        help_text=_("Only if the project works in a part of the county."),
    )
    municipalities = CodesField(
        Municipality.objects.none(),
        label=_("Municipalities"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        help_text=_("Only if the project names them. Leave empty when it works in the whole county."),
    )

    class Meta:
        model = Project
        fields = (
            "is_national", "counties", "sub_regions", "municipalities", "municipality_total", "centre_total",
            "area_note",
        )  # fmt: skip
        widgets = {"area_note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"municipality_total": _("With those outside our area, if more are known than are named here.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["counties"].offer(self.initial.get("counties", ()))
        ours = Q(county__is_ours=True) | Q(pk__in=[part.pk for part in self.initial.get("sub_regions", ())])
        self.fields["sub_regions"].queryset = (
            SubRegion.objects.filter(ours)
            .select_related("county")
            .order_by("-county__is_ours", "county__position", "name_key")
        )
        chosen = [place.pk for place in self.initial.get("municipalities", ())]
        self.fields["municipalities"].queryset = (
            Municipality.objects.filter(Q(sub_region__county__is_ours=True) | Q(pk__in=chosen))
            .select_related("sub_region__county")
            .defer("search")
            .order_by("name_key")
        )

    def clean(self):
        cleaned = super().clean()
        areas = {name: list(cleaned.get(name) or ()) for name in ("counties", "sub_regions", "municipalities")}
        try:
            self.instance.check_areas(**areas)
        except forms.ValidationError as error:
            self.add_error("municipalities" if areas["municipalities"] else "sub_regions", error)
        named = len(areas["municipalities"])
        if cleaned.get("municipality_total") is not None and cleaned["municipality_total"] < named:
            self.add_error(
                "municipality_total",
                _("More municipalities (%(named)s) are named than there are in all.") % {"named": named},
            )
        return cleaned


class ResponsibilityForm(SectionForm):
    coordinator = PersonChoiceField(Person.objects.none(), label=_("Answers for it"), required=False)

    class Meta:
        model = Project
        fields = ("coordinator", "steering_group")
        help_texts = {"steering_group": _("The network that steers the project. Its members and meetings are there.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators(self.instance.coordinator_id)
        steering = Q(kind=Network.Kind.STEERING_GROUP) | Q(pk=self.instance.steering_group_id)
        self.fields["steering_group"].queryset = Network.objects.filter(steering).order_by("name_key")


class LivesOnForm(SectionForm):
    class Meta:
        model = Project
        fields = ("lives_on",)
        help_texts = {"lives_on": _("What remains in use after the project, and where. Everybody sees it.")}


class SumsForm(SectionForm):
    budget = EurosField(label=_("Budget of the whole, euros"), required=False)
    our_share = EurosField(label=_("Our share, euros"), required=False)

    class Meta:
        model = Project
        fields = ("budget", "our_share", "is_money_public", "sums_note")
        labels = {"is_money_public": _("The sums are public")}
        help_texts = {
            "is_money_public": _("Otherwise only staff see them. Who gives the money is always public."),
            "sums_note": _("Needed only if the rows by source and year add up to something else."),
        }


# The sections of the page that are edited in place, by the word in the address.
SECTIONS = {
    "perustiedot": BasicsForm,
    "tarkoitus": PurposeForm,
    "aika": PeriodForm,
    "alueet": AreaForm,
    "vastuut": ResponsibilityForm,
    "tulokset": LivesOnForm,
    "rahat": SumsForm,
}
