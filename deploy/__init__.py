"""Ways to run the product for a team. Only `deploy.cluster` and `deploy.sbom` are Python."""
