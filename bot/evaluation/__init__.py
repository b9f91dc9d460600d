"""How well citizens are understood: held-out questions against a trained model, figures, a page an editor can read."""
