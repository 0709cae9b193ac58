"""What the payment provider does, one family of objects a file; knows no HTTP."""
