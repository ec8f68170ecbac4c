"""What turns a raw hit into a finding."""
