"""The resources, one a file: a blueprint, or a function that makes it from the limits."""
