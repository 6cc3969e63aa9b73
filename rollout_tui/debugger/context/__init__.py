"""What the model has in front of it: items, their texts and sizes, what is pending."""
