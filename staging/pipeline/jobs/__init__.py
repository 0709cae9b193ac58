"""Everything external happens here: the board for jobs, the decision to retry, and the jobs themselves."""
