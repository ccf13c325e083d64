"""Prompt plans and their scores."""
