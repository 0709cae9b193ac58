"""How the payment provider is spoken to over HTTP; decides nothing about money."""
