"""Everything that does work: intake, models, trials, statistics, tuning, serving, report."""
