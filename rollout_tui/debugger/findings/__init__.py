"""What failed, was lost, never ended, or is wrong with the recording."""
