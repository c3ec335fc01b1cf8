"""REST views of one's own webhooks: the same rules as on their pages. Programs can't use them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits.refusals import RefusalError
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.fresh import require_fresh
from boards.api.openapi import INVALID
from boards.api.pagination import DeliveryPagination
from boards.api.permissions import actor_of, signed_in
from boards.api.problems import ProblemSerializer
from boards.api.responses import QUOTA_RESPONSES
from boards.models import Webhook, WebhookDelivery, WebhookEvent
from boards.webhooks.serializers import (
    NewWebhookSerializer,
    WebhookChangeSerializer,
    WebhookDeliverySerializer,
    WebhookSecretSerializer,
    WebhookSerializer,
)
from boards.webhooks.services import (
    CHOICES,
    count_asked,
    redeliver,
    webhook_choose,
    webhook_create,
    webhook_delete,
    webhook_renew_secret,
    webhook_switch,
    webhook_test,
)

_MISSING = {404: OpenApiResponse(ProblemSerializer, "You have no such webhook, or message.")}
_FRESH = {403: OpenApiResponse(ProblemSerializer, "The password was given too long ago.")}
_TOO_MANY = {429: QUOTA_RESPONSES[429]}
_SENT = {
    202: WebhookDeliverySerializer,
    409: OpenApiResponse(ProblemSerializer, "It is off, or too much waits for it."),
    **_TOO_MANY,
    **_MISSING,
}
_NO_STORE = {"Cache-Control": "no-store"}


class WebhooksView(CanvasView):
    """Your webhooks."""

    @extend_schema(operation_id="webhooks_list", responses={200: WebhookSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """List them, by name."""
        rows = Webhook.objects.filter(owner=signed_in(request))
        return Response(WebhookSerializer(rows, many=True).data, headers=_NO_STORE)

    @extend_schema(
        operation_id="webhooks_create",
        request=WebhookSerializer,
        responses={
            201: NewWebhookSerializer,
            400: INVALID,
            **_FRESH,
            **_TOO_MANY,
        },
    )
    def post(self, request: Request) -> Response:
        """Make one. The answer is the only one that has its secret. The password has to be given
        within the five minutes before: by signing in, confirming it, or for the access token."""
        owner = signed_in(request)
        require_fresh(request)
        values = validated(WebhookSerializer(data=request.data))
        with model_errors_as_400():
            webhook, secret = webhook_create(
                owner=owner,
                name=values["name"],
                url=values["url"],
                events=_events(values.get("events", [event.value for event in CHOICES])),
                by=actor_of(request),
            )
        data = {**WebhookSerializer(webhook).data, "secret": secret}
        return Response(data, status=status.HTTP_201_CREATED, headers=_NO_STORE)


class WebhookView(CanvasView):
    """One of your webhooks."""

    @extend_schema(operation_id="webhooks_get", responses={200: WebhookSerializer, **_MISSING})
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """Its address, its events, and whether it is on."""
        return _shown(_own(request, webhook_id))

    @extend_schema(
        operation_id="webhooks_change",
        request=WebhookChangeSerializer,
        responses={200: WebhookSerializer, 400: INVALID, **_MISSING, **_TOO_MANY},
    )
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Choose its events, or switch it on or off. What waits when it is switched is dropped."""
        webhook, by = _own(request, webhook_id), actor_of(request)
        values = validated(WebhookChangeSerializer(data=request.data))
        with transaction.atomic():
            if "events" in values:
                webhook_choose(webhook=webhook, events=_events(values["events"]), by=by)
            if "is_on" in values:
                webhook_switch(webhook=webhook, is_on=values["is_on"], by=by)
        webhook.refresh_from_db()
        return _shown(webhook)

    @extend_schema(operation_id="webhooks_delete", responses={204: None, **_MISSING})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Delete it with its messages."""
        webhook_delete(webhook=_own(request, webhook_id), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSecretView(CanvasView):
    """The secret of one of your webhooks."""

    @extend_schema(
        operation_id="webhooks_secret_renew",
        request=None,
        responses={200: WebhookSecretSerializer, **_FRESH, **_MISSING, **_TOO_MANY},
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Make a new secret. For a while messages are signed with the one before as well. The
        password has to be fresh, as for making a webhook."""
        webhook = _own(request, webhook_id)
        require_fresh(request)
        secret = webhook_renew_secret(webhook=webhook, by=actor_of(request))
        webhook.refresh_from_db()
        data = {"secret": secret, "old_secret_until": webhook.old_secret_until}
        return Response(WebhookSecretSerializer(data).data, headers=_NO_STORE)


class WebhookTestView(CanvasView):
    """Tests of one of your webhooks."""

    @extend_schema(operation_id="webhooks_test", request=None, responses=_SENT)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Send a message that says nothing but that it works."""
        webhook = _own(request, webhook_id)
        count_asked(webhook.owner)
        return _sent(webhook_test(webhook) if webhook.disabled_at is None else None)


class WebhookDeliveriesView(CanvasView, GenericAPIView[WebhookDelivery]):
    """What was sent to one of your webhooks."""

    serializer_class = WebhookDeliverySerializer
    pagination_class = DeliveryPagination
    queryset = WebhookDelivery.objects.none()

    @extend_schema(
        operation_id="webhooks_deliveries",
        responses={200: WebhookDeliverySerializer(many=True), **_MISSING},
    )
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """List the messages, newest first, with how the last attempt of each ended."""
        page = self.paginate_queryset(_own(request, webhook_id).deliveries.all()) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class WebhookRedeliverView(CanvasView):
    """A message that was sent to one of your webhooks."""

    @extend_schema(operation_id="webhooks_redeliver", request=None, responses=_SENT)
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Send it again, with the same `webhook-id`."""
        webhook = _own(request, webhook_id)
        delivery = webhook.deliveries.filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound("There is no such message.")
        count_asked(webhook.owner)
        if webhook.disabled_at is not None:
            return _sent(None)
        redeliver(delivery)
        delivery.refresh_from_db()
        return _sent(delivery)


def _own(request: Request, webhook_id: UUID) -> Webhook:
    mine = Webhook.objects.select_related("owner").filter(owner=signed_in(request))
    found = mine.filter(pk=webhook_id).first()
    if found is None:
        raise NotFound("You have no such webhook.")
    return found


def _events(values: list[str]) -> list[WebhookEvent]:
    """Each once, in the order of the page."""
    return [event for event in CHOICES if event.value in values]


def _shown(webhook: Webhook) -> Response:
    return Response(WebhookSerializer(webhook).data, headers=_NO_STORE)


def _sent(delivery: WebhookDelivery | None) -> Response:
    if delivery is None:
        text = "Nothing was sent: the webhook is off, or too much waits for it."
        raise RefusalError(text, status=status.HTTP_409_CONFLICT, code="webhook_not_sent")
    data = WebhookDeliverySerializer(delivery).data
    return Response(data, status=status.HTTP_202_ACCEPTED)
