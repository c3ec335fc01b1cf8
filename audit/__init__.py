"""The audit log: who did what to which board, when and from where. Imports nothing of ours."""
