"""Questions asked of snapshots: stepping, context, blocked-on, findings, search."""
