"""From a run folder to text, HTML and JUnit; judges nothing."""
