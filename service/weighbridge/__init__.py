"""Weighbridge: every shape, parameter and cost of a neural network, from its specification."""
