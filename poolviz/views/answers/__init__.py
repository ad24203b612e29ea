"""What each command shows of its answer: as lines, as a document, as a scene and as a page."""
