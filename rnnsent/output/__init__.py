"""What people and pipes see. Formats results that other packages computed; computes nothing."""
