"""Encoded examples -> weights: the training loop, the wide side and the calibration. Knows no text, files or printing."""
