"""The vocabulary of a decision and the rules that make it: data and pure functions, no work."""
