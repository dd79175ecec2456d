"""The file that people open: how it is published, what it withholds, how it is rolled back and backed up."""
