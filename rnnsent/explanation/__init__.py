"""Why a text got its label: contributions of its words that add up to the prediction."""
