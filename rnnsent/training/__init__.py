"""Training: requests, data, stages of a run, the checkpoint it writes, self-training and hyperparameter tuning."""
