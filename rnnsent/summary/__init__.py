"""What a whole table says: shares of classes by group and over time, typical phrases, and examples."""
