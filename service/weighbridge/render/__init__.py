"""Views of a report for people and spreadsheets. A view computes no figure; it only shows them."""
