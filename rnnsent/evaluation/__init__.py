"""How good a model is: metrics, comparisons and gates. Computes numbers, and prints none."""
