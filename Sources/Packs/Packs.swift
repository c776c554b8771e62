// The first file of Packs is on its way.
