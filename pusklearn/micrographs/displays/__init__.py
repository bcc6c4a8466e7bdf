"""Pictures of picks and of how they come about."""
