"""What a new board can start with. `sync.drawing.templates` has the drawings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class BoardTemplate(models.TextChoices):
    """The word that is sent, and the name that people see."""

    RETROSPECTIVE = "retrospective", gettext_lazy("Retrospective")
    KANBAN = "kanban", gettext_lazy("Kanban")
    MIND_MAP = "mind_map", gettext_lazy("Mind map")
    FLOW_CHART = "flow_chart", gettext_lazy("Flow chart")
