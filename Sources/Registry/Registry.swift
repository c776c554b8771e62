// The first file of Registry is on its way.
