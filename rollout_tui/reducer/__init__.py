"""The fold from trace events to the reduced graph, a module per family of rules."""
