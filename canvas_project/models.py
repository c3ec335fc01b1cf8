"""What the processes of an installation without Redis share; unused by others."""

from django.db import models


class LayerMessage(models.Model):
    """A message between processes that is too large for PostgreSQL's NOTIFY. Written and deleted by
    `canvas_project.postgres_layer`.
    """

    payload = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class CacheEntry(models.Model):
    """An entry of `canvas_project.cache.PostgresCache`, with the columns of Django's own table."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
