"""The sync engine: how an update gets from one socket to the disk and then to everyone."""
