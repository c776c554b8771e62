# Writes the main of the release binary from the list of commands: called as draft-push, it runs draft_push_main.
$2 == "swift" { symbol = $1; gsub(/-/, "_", symbol); names[++count] = $1; symbols[count] = symbol }
END {
  print "#include <stdio.h>\n#include <string.h>"
  for (i = 1; i <= count; i++) print "int draft_" symbols[i] "_main(int, char **);"
  print "int main(int argc, char **argv) {"
  print "  const char *slash = argc > 0 ? strrchr(argv[0], '/') : 0;"
  print "  const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : \"\";"
  for (i = 1; i <= count; i++)
    print "  if (!strcmp(name, \"draft-" names[i] "\")) return draft_" symbols[i] "_main(argc, argv);"
  print "  fprintf(stderr, \"draft: this binary must be called by the name of a command, not '%s'\\n\", name);"
  print "  return 70;\n}"
}
