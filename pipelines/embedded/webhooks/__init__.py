"""What the companies tell others over HTTP when their books change."""
