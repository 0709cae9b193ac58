"""The pipeline over HTTP: takes intents, answers at once, decides nothing itself."""
