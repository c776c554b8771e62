/// Finds, in the last lines a program wrote, the one that says why it ended: a whole line, unchanged. Runtimes do not
/// print it last: node ends with its version, Go and Java with the stack, pip with a notice, npm with the path of its
/// log.
///
/// It is the last line that looks like an error; without one, the last that is not a stack frame or similar noise.
public func errorLine(_ lines: [String]) -> String? {
  let all = lines.map {
    $0.last?.isWhitespace == true ? String($0.reversed().drop(while: \.isWhitespace).reversed()) : $0
  }
  var found: Int?
  var index = all.startIndex
  while index < all.endIndex {
    if all[index].hasPrefix("Traceback (most recent call last)") {
      // Python: frames are indented, and the line after them is the error, whatever its name.
      while index + 1 < all.endIndex,
        all[index + 1].first?.isWhitespace != false || all[index + 1].hasPrefix("Traceback")
      { index += 1 }
      if index + 1 < all.endIndex { found = index + 1 }
    } else if isNPM(all[index]) {
      let end = all[index...].firstIndex { !isNPM($0) } ?? all.endIndex
      if let line = npmLine(all[index..<end]), !isRelay(all[index..<end]) || found == nil { found = line }
      index = end - 1
    } else if isError(all[index]) {
      found = index
    }
    index += 1
  }
  return found.map { all[$0] } ?? all.last { !isNoise($0) }
}

/// Whether a program failed to write because its root file system is read-only.
public func isReadOnly(_ lines: [String]) -> Bool {
  lines.contains { $0.contains("Read-only file system") || $0.contains("EROFS") }
}

/// `TypeError: …`, `java.lang.IllegalStateException: …`, `ERROR: …`, `panic: …`, `main.c:3:1: error: …`.
private func isError(_ line: String) -> Bool {
  let text = line.drop { $0 == "\t" || $0 == "[" }
  guard let first = text.first, !first.isWhitespace else { return false }
  let lower = text.lowercased()
  for start in [
    "error:", "error[", "error -", "fatal:", "fatal error:", "panic:", "exception in thread ", "caused by: "
  ] where lower.hasPrefix(start) { return true }
  if line.first == "\t" { return false }
  for words in [
    ": error:", ": error ts", ": fatal error:", "fatal error: ", "' panicked at ", "level=error", "level=fatal"
  ] where lower.contains(words) { return true }
  // Ruby: `app.rb:1:in 'main': no port (RuntimeError)`
  if text.hasSuffix("Error)") { return true }
  // The level of a logger, after the time.
  if text.split(separator: " ").prefix(5).contains(where: {
    ["ERROR", "FATAL", "[ERROR]", "[FATAL]", "CRITICAL"].contains($0)
  }) {
    return true
  }
  // The Go compiler: `./main.go:5:2: undefined: foo`
  if let at = text.firstRange(of: ".go:")?.upperBound, text[at...].first?.isNumber == true, !text[..<at].contains(" ") {
    return true
  }
  // The name of an error, perhaps with a code after it: `Error [ERR_X]: …`
  let head = text.prefix { $0 != ":" }, name = head.split(separator: " ").first ?? ""
  guard head.count == name.count || head.hasSuffix("]") else { return false }
  return ["Error", "Exception", "Rejection"].contains { name.hasSuffix($0) }
}

private func isNPM(_ line: String) -> Bool { line.hasPrefix("npm ERR!") || line.hasPrefix("npm error") }

/// The first line of npm's block that is meant for people, not `code E404` or similar.
private func npmLine(_ block: ArraySlice<String>) -> Int? {
  block.firstIndex { line in
    let words = line.dropFirst(line.hasPrefix("npm ERR!") ? 8 : 9).split(separator: " ")
    return words.count > 1 && !["code", "errno", "syscall", "path", "dest", "command"].contains(words[0])
  }
}

/// Whether npm only reports that a program it started has failed; that program has said why.
private func isRelay(_ block: ArraySlice<String>) -> Bool {
  block.contains { line in ["ELIFECYCLE", "command failed", "Lifecycle script"].contains { line.contains($0) } }
}

/// Stack frames, marks under a position, a runtime's version, advice.
private func isNoise(_ line: String) -> Bool {
  let text = line.drop(while: \.isWhitespace)
  if text.isEmpty || text.allSatisfy({ "^~-=*{}()[]|,".contains($0) }) { return true }
  return ["at ", "Node.js v", "npm notice", "[notice]", "... ", "goroutine ", "exit status ", "from /"].contains {
    text.hasPrefix($0)
  }
}
