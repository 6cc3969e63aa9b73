"""The screens: the debugger, the picker of bundles, the help."""
