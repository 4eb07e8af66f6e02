"""Charts as pictures: a Chart becomes SVG (pure, the same text for the same values), and SVG becomes PNG."""
