"""QLoRA training, verification and forgetting."""
