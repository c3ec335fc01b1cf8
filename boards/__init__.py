"""Boards: who owns them, who may do what on them, pages, REST API and admin. Imports only audit."""
