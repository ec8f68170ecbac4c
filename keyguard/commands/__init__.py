"""One module per subcommand; wiring only."""
