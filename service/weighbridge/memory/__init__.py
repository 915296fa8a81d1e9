"""What a model needs of a device's memory, to train it and to serve it."""
