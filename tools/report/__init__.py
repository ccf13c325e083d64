"""The assessment and the report that people forward."""
