"""Metrics: of batches during training, of whole splits in evaluation."""
