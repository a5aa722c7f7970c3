"""The recurrent classifier: its equations in numpy, the same network in PyTorch, and its checkpoints."""
