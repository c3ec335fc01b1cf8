"""REST serializers of webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.sealing import SealError
from boards.models import Webhook, WebhookDelivery, WebhookEvent, WebhookProblem
from boards.models.webhooks import NAME_MAX_LENGTH, DeliveryState
from boards.validators import validate_line
from boards.webhooks.addresses import URL_MAX_LENGTH, validate_url
from boards.webhooks.services import CHOICES, old_secret_until, url_of

_EVENTS = [event.value for event in CHOICES]


def events_field(**kwargs: Any) -> serializers.ListField:
    """What a webhook is told of, each once."""
    child = serializers.ChoiceField(choices=_EVENTS)
    return serializers.ListField(child=child, min_length=1, max_length=len(_EVENTS), **kwargs)


class _UrlField(serializers.CharField):
    """The whole address, which is sealed; of one that cannot be opened, the host."""

    def get_attribute(self, instance: Webhook) -> str:
        try:
            return url_of(instance)
        except SealError:
            return instance.host


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook of yours, without its secret."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=NAME_MAX_LENGTH, validators=[validate_line])
    url = _UrlField(
        max_length=URL_MAX_LENGTH,
        validators=[validate_url],
        help_text="The address of your program: https, and in no private network.",
    )
    events = events_field(help_text="If left out, all.", required=False)
    is_on = serializers.SerializerMethodField()
    problem = serializers.ChoiceField(
        choices=WebhookProblem.values, read_only=True, help_text="Why it is off."
    )
    failing_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Nothing has arrived since then."
    )
    created_at = serializers.DateTimeField(read_only=True)
    old_secret_until = serializers.SerializerMethodField(
        help_text="Until then messages are signed with the secret before, too."
    )

    def get_is_on(self, webhook: Webhook) -> bool:
        return webhook.disabled_at is None

    def get_old_secret_until(self, webhook: Webhook) -> str | None:
        until = old_secret_until(webhook)
        return serializers.DateTimeField().to_representation(until) if until else None


class NewWebhookSerializer(WebhookSerializer):
    """The answer to making one: it has the secret."""

    secret = serializers.CharField(
        read_only=True, help_text="Shown now and never again. It signs the messages."
    )


class WebhookChangeSerializer(WebhookSerializer):
    """What can be changed; name and address can't."""

    name = serializers.CharField(read_only=True)
    url = _UrlField(read_only=True)
    is_on = serializers.BooleanField(required=False)  # type: ignore[assignment]


class WebhookSecretSerializer(serializers.Serializer[Any]):
    """A new secret, and how long the one before signs messages too."""

    secret = serializers.CharField(help_text="Shown now and never again.")
    old_secret_until = serializers.DateTimeField(allow_null=True)


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """A message and how its last attempt ended."""

    message_id = serializers.CharField(help_text="What it carries as `webhook-id`.")
    event = serializers.ChoiceField(choices=WebhookEvent.values)
    board_id = serializers.UUIDField(source="place", allow_null=True)
    state = serializers.ChoiceField(choices=DeliveryState.values)
    problem = serializers.ChoiceField(choices=WebhookProblem.values)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "message_id",
            "event",
            "board_id",
            "state",
            "created_at",
            "tries",
            "tried_at",
            "due_at",
            "status",
            "duration_ms",
            "problem",
        )
        read_only_fields = fields
