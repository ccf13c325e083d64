"""Metrics and intervals."""
