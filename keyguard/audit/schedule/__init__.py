"""What each system needs to run the audit regularly: files as text, and the commands that switch them on and off."""
