"""One module per vendor: a call is one function, its failure one of three errors. None of them touches the database."""
