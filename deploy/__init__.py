"""Ways to run the product for a team. Only `deploy.cluster` is Python."""
