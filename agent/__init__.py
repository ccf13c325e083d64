"""The LangGraph interview and workflow: what is asked, what runs, what waits for a yes."""
