"""Where the bytes of a working tree come from."""
