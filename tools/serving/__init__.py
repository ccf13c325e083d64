"""The tuned model over an OpenAI-compatible endpoint."""
