"""Measures this server beside others in one run; see docs/performance.md."""
