"""What was measured, over an OpenAI-compatible endpoint."""
