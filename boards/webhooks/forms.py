"""Forms of webhooks."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from boards.models import WebhookEvent
from boards.models.webhooks import NAME_MAX_LENGTH
from boards.validators import validate_line
from boards.webhooks.addresses import URL_MAX_LENGTH, NoAddressError, may_call, target_of
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
        widget=forms.TextInput(
            attrs={"inputmode": "url", "spellcheck": "false", "placeholder": "https://…"}
        ),
    )

    def clean_url(self) -> str:
        """An address that may be called, as far as one can say without asking for its name."""
        url = str(self.cleaned_data["url"])
        try:
            target = target_of(url)
        except NoAddressError:
            raise ValidationError(
                gettext("Write the address with https:// and without a password in it.")
            ) from None
        if not target.is_https and not settings.CANVAS_WEBHOOK_NETWORKS:
            raise ValidationError(gettext("The address must begin with https://."))
        try:
            is_refused = not may_call(target.host)
        except ValueError:  # a name, which is looked up when something is sent
            is_refused = target.host == "localhost" and not settings.CANVAS_WEBHOOK_NETWORKS
        if is_refused:
            raise ValidationError(gettext("Webhooks may not call this network."))
        return url
