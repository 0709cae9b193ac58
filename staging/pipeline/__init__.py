"""The backend a founder should have had: takes intents, keeps the truth, does everything external in jobs."""
