"""The door to git: its processes, and GitPython for clones."""
