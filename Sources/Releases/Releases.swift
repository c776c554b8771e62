// The first file of Releases is on its way.
