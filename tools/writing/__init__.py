"""How texts are written: facts left out or invented, and the house's own terms."""
