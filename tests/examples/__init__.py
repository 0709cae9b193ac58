"""Other people's pipelines, driven by their target files alone."""
