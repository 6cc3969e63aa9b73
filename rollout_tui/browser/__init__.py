"""The terminal interface in a browser on this machine; needs the extra `serve`."""
