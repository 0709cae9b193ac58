"""`harness init`: what is guessed from a document, what is asked, and that the result gets to a first verdict."""
