"""Forms of webhooks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from boards.models import WebhookEvent
from boards.models.webhooks import NAME_MAX_LENGTH
from boards.validators import validate_line
from boards.webhooks.addresses import URL_MAX_LENGTH, validate_url
from boards.webhooks.services import CHOICES


class EventsForm(forms.Form):
    """What a webhook is told of."""

    events = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Tell it when"),
        choices=[(event.value, event.label) for event in CHOICES],
        coerce=WebhookEvent,
        initial=[event.value for event in CHOICES],
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )


class NewWebhookForm(EventsForm):
    """A name, an address, and what it is told of."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_MAX_LENGTH,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the program"),
        max_length=URL_MAX_LENGTH,
        validators=[validate_url],
        widget=forms.TextInput(
            attrs={"inputmode": "url", "spellcheck": "false", "placeholder": "https://…"}
        ),
    )
