"""The vocabulary: every type of layer, one module a family."""
