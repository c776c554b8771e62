# Makes text safe to print on a terminal: control characters become \x1b, 8-bit control characters and characters that
# change the text direction <U+202E>, bytes that are not UTF-8 \xff; the same as the Swift code does. Each argument is
# a line; without arguments the lines of standard input are read, which keep their tabs. With LC_ALL=C every awk sees
# bytes.
function show(text, isOne,    at, length_, byte, more, code, next_, count, out) {
  length_ = length(text)
  for (at = 1; at <= length_; at++) {
    byte = number[substr(text, at, 1)]
    if (byte == 9 && !isOne) out = out "\t"
    else if (byte >= 9 && byte <= 13 && isOne) out = out " "
    else if (byte < 32 || byte == 127) out = out sprintf("\\x%02x", byte)
    else if (byte < 128) out = out substr(text, at, 1)
    else {
      more = byte >= 194 && byte < 224 ? 1 : byte >= 224 && byte < 240 ? 2 : byte >= 240 && byte < 245 ? 3 : 0
      code = byte - (more == 1 ? 192 : more == 2 ? 224 : 240)
      for (count = 0; count < more; count++) {
        next_ = number[substr(text, at + count + 1, 1)]
        if (next_ < 128 || next_ > 191) break
        code = code * 64 + next_ - 128
      }
      if (!more || count < more || (more == 2 && code < 2048) || (more == 3 && code < 65536) || code > 1114111 ||
        (code >= 55296 && code < 57344)) {
        out = out sprintf("\\x%02x", byte)
        continue
      }
      if (code < 160 || code == 1564 || code == 8206 || code == 8207 || (code >= 8234 && code <= 8238) ||
        (code >= 8294 && code <= 8297))
        out = out sprintf("<U+%04X>", code)
      else out = out substr(text, at, more + 1)
      at += more
    }
  }
  return out
}
BEGIN {
  for (at = 1; at < 256; at++) number[sprintf("%c", at)] = at
  if (ARGC == 1) stream = 1
  for (at = 1; at < ARGC; at++) print show(ARGV[at], 1)
  if (!stream) exit
}
{ print show($0, 0) }
