"""What follows a finding: is the key live, whose is it, stop it, replace it, keep a record."""
