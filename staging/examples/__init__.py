"""Other people's pipelines, small and correct, in other stacks: each is driven by its own target file alone.

Not the pipeline that ships and not part of the product: `harness run --target staging/examples/NAME/target.toml`.
"""
