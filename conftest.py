"""Composition root for pytest: loads the plugin that turns scenario cells into test items, nothing else."""

pytest_plugins = ["harness.plugin"]
