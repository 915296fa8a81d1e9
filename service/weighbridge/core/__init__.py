"""From layers to figures: packing, lowering, and the binding to libweighbridge."""
