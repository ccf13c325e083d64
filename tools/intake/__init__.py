"""Examples in: reading tables, profiling them, splitting them."""
