"""What people look at: the terminal, TensorBoard, plots."""
