// The first file of YAML is on its way.
