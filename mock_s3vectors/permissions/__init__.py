"""Whether the policies of a world allow a call: what it acts on, in which context, and the decision."""
