"""The one way forms are drawn."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """`{{ form }}` prints the error summary and the fields, `{{ field.as_field_group }}` one field."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
