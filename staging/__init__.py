"""The pipeline that ships and its planted flaws; imports nothing of ours."""
