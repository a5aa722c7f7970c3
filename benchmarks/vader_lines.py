"""VADER as a filter, one text per line, for benchmarks/speed.py: prints label, compound score and text."""

import sys

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()
for line in sys.stdin:
    text = line.rstrip("\n")
    score = analyzer.polarity_scores(text)["compound"]
    sys.stdout.write(f"{'positive' if score >= 0 else 'negative'}\t{score:.4f}\t{text}\n")
