"""What is inside containers, one member at a time, within limits."""
