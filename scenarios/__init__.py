"""What QA reads: the flows people take and the scenarios that make the world misbehave."""
