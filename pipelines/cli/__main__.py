"""`python -m pipelines.cli`: the command `quickduck`, where its script is not on the path."""

from pipelines.cli import main

main(prog_name="quickduck")
