"""What keyguard keeps on disk."""
