// The first file of Detection is on its way.
