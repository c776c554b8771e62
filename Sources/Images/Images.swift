// The first file of Images is on its way.
