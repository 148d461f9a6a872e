"""What exists and what kind of thing it is: sites, areas, devices, AP placement, vendor profiles. Opens no socket."""
