"""What a fine-tune would reach, and whether a classifier would do."""
