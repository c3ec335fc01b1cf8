"""People misbehave, or their networks do; the server goes on."""

from proof.chaos.kinds import Kind

KINDS: tuple[Kind, ...] = ()
