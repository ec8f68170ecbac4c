"""What alarms are told through: each takes notices in order, and says which it took."""
