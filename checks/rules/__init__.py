"""What must hold on anybody's books."""
