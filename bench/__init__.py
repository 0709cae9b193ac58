"""How fast the parts are, beside what could not be faster: `make bench`. Measures only, and judges no pipeline."""
