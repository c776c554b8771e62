import Glibc
import Testing

/// Checks the source files against the rules of the project: the order of imports, the forbidden imports, the one list
/// of commands.
private let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

private func list(_ directory: String) -> [String] {
  guard let stream = opendir(root + "/" + directory) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}

private func text(_ path: String) -> String {
  guard let file = fopen(root + "/" + path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

private func lines(_ path: String) -> [Substring] { text(path).split(separator: "\n") }

/// The files of a module, including subfolders: paths relative to its folder.
private func files(_ module: String, _ endings: [String] = [".swift"]) -> [String] {
  list("Sources/\(module)").flatMap { name -> [String] in
    let isFolder = opendir("\(root)/Sources/\(module)/\(name)").map { closedir($0) } != nil
    return isFolder
      ? files("\(module)/\(name)", endings).map { "\(name)/\($0)" }
      : endings.contains(where: name.hasSuffix) ? [name] : []
  }
}

/// The modules that a module's files import.
private func imports(_ module: String) -> Set<String> {
  var found: Set<String> = []
  for file in files(module) {
    for line in lines("Sources/\(module)/\(file)") where line.contains("import ") {
      let words = line.split(separator: " ")
      guard let at = words.firstIndex(of: "import"), at + 1 < words.count else { continue }
      let isImport = words[..<at].allSatisfy { $0.hasPrefix("@") || ["public", "internal", "package"].contains($0) }
      // import func Glibc.read
      let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
      let name = kinds.contains(String(words[at + 1])) && at + 2 < words.count ? words[at + 2] : words[at + 1]
      if isImport { found.insert(String(name.prefix { $0 != "." })) }
    }
  }
  return found
}

/// The targets of Package.swift with their declared dependencies, lowest first: each may use those before it.
private let targets: [(name: String, dependencies: Set<String>)] = {
  var found: [(name: String, dependencies: Set<String>)] = []
  var rest = text("Package.swift")[...]
  while let kind = rest.firstRange(of: #/\.(systemLibrary|target|executableTarget)\(\s*name: /#) {
    rest = rest[kind.upperBound...]
    var depth = 1
    let call = rest.prefix {
      if $0 == "(" { depth += 1 } else if $0 == ")" { depth -= 1 }
      return depth > 0
    }
    let list = call.firstRange(of: "dependencies: [").map { call[$0.upperBound...].prefix { $0 != "]" } } ?? ""
    found.append(
      (
        String(call.split(separator: "\"")[0]), Set(list.split { " \n,\"".contains($0) }.map(String.init))
      ))
  }
  return found
}()

private let order = targets.map(\.name).filter { !$0.hasPrefix("draft-") }

private let commands: [(name: String, kind: String, group: String)] = lines("Sources/draft/commands").filter {
  !$0.hasPrefix("#")
}.map { line in
  let words = line.split(separator: " ")
  return (String(words[0]), String(words[1]), String(words[2]))
}

@Test func theFilesAreThere() {
  #expect(commands.count >= 15)
  #expect(list("Sources").count > 20)
  #expect(targets.count > 40)
  #expect(files("CTOML", [".h"]) == ["include/CTOML.h"])
}

@Test func theArrowRunsOneWay() {
  for (place, target) in targets.enumerated() {
    for other in target.dependencies {
      let below = targets[..<place].contains { $0.name == other }
      #expect(below && !other.hasPrefix("draft-"), "\(target.name) uses \(other), which does not stand before it")
    }
  }
}

@Test func declaredDependenciesAreTheImportedOnes() {
  for target in targets {
    let used = imports(target.name).intersection(order)
    #expect(used == target.dependencies, "\(target.name)")
  }
}

@Test func everyModuleHasItsPlace() {
  let names = Set(targets.map(\.name))
  for module in list("Sources") where module != "draft" { #expect(names.contains(module), "\(module) is no target") }
}

/// Dropping a number of bytes from a String drops Characters, and "\n" does not match the Character CRLF: both look
/// right in ASCII.
@Test func bytesAreNotCountedAsCharacters() {
  let cuts = ["dropFirst(", "dropLast(", "prefix(", "suffix(", "removeFirst(", "removeLast(", "offsetBy: "]
  for module in list("Sources") {
    for file in files(module) {
      let path = "Sources/\(module)/\(file)"
      for shape in [#"split(separator: "\n")"#, #"hasSuffix("\n")"#] { #expect(!has(path, shape), "\(path): \(shape)") }
      guard has(path, "utf8.count") else { continue }
      for line in lines(path) where line.contains("utf8.count") {
        // `path.utf8.dropFirst(` does count bytes.
        for cut in cuts {
          let counted = line.ranges(of: cut).contains {
            !line[..<$0.lowerBound].hasSuffix(".utf8.")
              && line[$0.upperBound...].prefix { $0 != ")" }.contains("utf8.count")
          }
          if counted { Issue.record("\(path): \(line)") }
        }
      }
    }
  }
}

/// Whether a file contains a word; as fast as the C library.
private func has(_ path: String, _ word: String) -> Bool { strstr(text(path), word) != nil }

@Test func noModuleImportsACommand() {
  for module in list("Sources") {
    for other in imports(module) { #expect(!other.hasPrefix("draft_"), "\(module) imports \(other)") }
  }
}

@Test func noModuleImportsFoundation() {
  for module in list("Sources") {
    #expect(imports(module).isDisjoint(with: ["Foundation", "FoundationNetworking", "Dispatch"]), "\(module)")
  }
}

@Test func onlyHTTPSpeaksIt() {
  for module in list("Sources") where module != "HTTP" { #expect(!imports(module).contains("CCurl"), "\(module)") }
}

/// `| `Tasks` | what it is | `Settings` `Cluster` `Podman` | `tasks` `TaskRunner` |`: a row for each library, in the
/// order of Package.swift.
@Test func theMapLeadsToRoomsAndFiles() throws {
  let rows = lines("HACKING.md").map { $0.split(separator: "|") }.filter {
    $0.count == 4 && list("Sources").contains(names($0[0]).first ?? "")
  }
  // Those that begin with two capitals are of C.
  let rooms = targets.filter {
    !$0.name.hasPrefix("draft-") && !$0.name.dropFirst().prefix(1).allSatisfy(\.isUppercase)
      || ["OCI", "HTTP", "YAML"].contains($0.name)
  }
  #expect(rooms.count > 20)
  try #require(rows.map { names($0[0])[0] } == rooms.map(\.name))
  for (row, room) in zip(rows, rooms) {
    let places = files(room.name), first = names(row[3])
    for name in first {
      #expect(
        places.contains { $0 == "\(name).swift" || $0.hasSuffix("/\(name).swift") }, "\(room.name) has no \(name)")
    }
    #expect(first.count == min(3, places.count), "\(room.name)")
    let used = room.dependencies.intersection(rooms.map(\.name)).subtracting(["Records", "Command"])
    #expect(Set(names(row[2])) == used, "\(room.name)")
  }
}

/// The words in backquotes.
private func names(_ cell: Substring) -> [String] {
  cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
    String($0.element)
  }
}

/// Where a program is named in order to start it: first in an argv, looked up on PATH, or stored as a name.
private func starts(_ program: String, _ path: String) -> [Substring] {
  let code = lines(path).filter { !$0.drop { $0 == " " }.hasPrefix("//") }
  return code.indices.compactMap { index in
    let line = code[index], words = line.drop { $0 == " " }
    let isFirst =
      line.contains("[\"\(program)\"")
      || (words.hasPrefix("\"\(program)\"") && index > 0 && code[index - 1].hasSuffix("["))
    return isFirst || line.contains("find(\"\(program)\")") || line.contains(" = \"\(program)\"") ? words : nil
  }
}

@Test(arguments: [("kubectl", "Cluster", "Kubectl"), ("helm", "Helm", "HelmProgram")])
func aProgramIsStartedInItsRoomAlone(_ program: String, _ room: String, _ file: String) {
  // Lists of names for messages and for checking whether the programs exist.
  let lists = [
    "guard [\"helm\", \"podman\"].contains("
  ]
  // Words of members are not programs.
  for module in list("Sources") where module != "draft" && module != "Records" {
    for path in files(module).map({ "\(module)/\($0)" }) where path != "\(room)/\(file).swift" {
      for line in starts(program, "Sources/\(path)") where !lists.contains(where: line.hasPrefix) {
        Issue.record("\(path) starts \(program): \(line)")
      }
    }
  }
  #expect(starts(program, "Sources/\(room)/\(file).swift").count == 1)
}

/// Files are opened and closed by `OpenFile`, and interrupted calls are repeated by `uninterrupted`. Exceptions:
/// Records is below both, Standard opens descriptors 0 to 2, and two calls of poll(2) look at the clock first.
@Test func filesAreOpenedInOnePlace() {
  let opens = ["Command/OpenFile.swift", "Command/Standard.swift"]
  let interrupted = [
    "Command/OpenFile.swift", "Records/RecordReader.swift", "Records/RecordWriter.swift", "Command/Child.swift",
    "Watching/Watcher.swift"
  ]
  for module in list("Sources") where module != "draft" {
    for file in files(module) {
      let name = "\(module)/\(file.split(separator: "/").last!)"
      for line in lines("Sources/\(module)/\(file)") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        let words = line.split { " (){};,".contains($0) }
        let isOpen = line.contains("open(") || line.contains("openat("),
          isByHand = isOpen && !line.contains("OpenFile(") && words.contains { $0.hasPrefix("O_") }
        let isClose =
          zip(words, words.dropFirst()).contains { $0 == "close" && $1 == "descriptor" }
          || line.contains("Glibc.close(")
        if isByHand || isClose, !opens.contains(name) {
          Issue.record("\(name) opens or closes a file by hand: \(line)")
        }
        if line.contains("EINTR"), !interrupted.contains(name) {
          Issue.record("\(name) has a loop of its own: \(line)")
        }
      }
    }
  }
}

/// Only one module knows how helm stores its releases.
@Test func onlyHelmReadsItsSecrets() {
  for module in list("Sources") where module != "Helm" && module != "draft" {
    for file in files(module) { #expect(!has("Sources/\(module)/\(file)", "owner=helm"), "\(module)/\(file)") }
  }
  #expect(has("Sources/Helm/HelmStorage.swift", "owner=helm"))
}

/// What the API says of a pod is read in one place; the others go by what that has found.
@Test func onlyClusterPodReadsAPod() {
  for module in list("Sources") where module != "draft" {
    for file in files(module) where "\(module)/\(file)" != "Cluster/ClusterPod.swift" {
      for field in ["containerStatuses", "initContainerStatuses", "lastState", "readinessGates", "ownerReferences"] {
        #expect(!has("Sources/\(module)/\(file)", "\"\(field)\""), "\(module)/\(file) reads \(field)")
      }
    }
  }
}

/// Images also builds with podman; releases use it through the module Podman.
@Test func fieldsForPodmanFromTheRelease() {
  for module in ["Cluster", "Helm", "Tasks", "Releases", "Attach"] {
    for file in files(module) {
      for line in starts("podman", "Sources/\(module)/\(file)") {
        Issue.record("\(module)/\(file) starts podman: \(line)")
      }
    }
  }
}

@Test func theListOfCommandsIsTheListOfTargetsAndFiles() {
  for command in commands {
    switch command.kind {
    case "swift":
      #expect(!list("Sources/draft-\(command.name)").isEmpty, "\(command.name) has no folder")
      #expect(targets.contains { $0.name == "draft-\(command.name)" }, "\(command.name) is no target")
    case "sh": #expect(list("Sources/draft").contains("draft-\(command.name)"), "\(command.name) is no script")
    default: Issue.record("\(command.name) is neither swift nor sh")
    }
    #expect(list("man").contains("draft-\(command.name).1"), "\(command.name) has no manual page")
    #expect(list("Tests/cli").contains { $0.hasSuffix("-\(command.name).t") }, "\(command.name) has no test")
  }
  let names = Set(commands.map { "draft-\($0.name)" })
  for folder in list("Sources") where folder.hasPrefix("draft-") {
    #expect(names.contains(folder), "\(folder) is not in the list")
  }
  for script in list("Sources/draft") where script.hasPrefix("draft-") {
    #expect(names.contains(script), "\(script) is not in the list")
  }
}

@Test func aCommandIsAboutAHundredLines() {
  for folder in list("Sources") where folder.hasPrefix("draft-") {
    let count = files(folder).reduce(0) { $0 + lines("Sources/\(folder)/\($1)").count }
    #expect(count <= 150, "\(folder) has \(count) lines")
  }
}

@Test func thePackageHasNoOutsidePackage() {
  #expect(!text("Package.swift").contains(".package("))
}

@Test func publicDeclarationsAreDescribed() {
  // A `///` is missing if a public declaration follows neither a comment nor an attribute. Members of a described type
  // that only repeat its name (initialisers, conformances) are exempt.
  for module in order where !module.hasPrefix("C") || module == "Command" {
    for file in files(module) {
      var before = ""
      for line in text("Sources/\(module)/\(file)").split(separator: "\n", omittingEmptySubsequences: false) {
        let here = String(line.drop { $0 == " " })
        for kind in ["struct", "enum", "final class", "class", "protocol"] where line.hasPrefix("public \(kind) ") {
          #expect(before.hasPrefix("///") || before.hasPrefix("@"), "\(module)/\(file): \(here)")
        }
        before = here
      }
    }
  }
}

/// Whether a line contains the sign, but not only as the end of a longer name.
private func calls(_ code: Substring, _ sign: String) -> Bool {
  code.ranges(of: sign).contains { found in
    guard found.lowerBound > code.startIndex else { return true }
    let before = code[code.index(before: found.lowerBound)]
    return !before.isLetter
  }
}

/// Text for a person goes through `Diagnostics` and `Standard`, which make it harmless, and in sh through `tell`:
/// otherwise the name of a file could send control sequences to the terminal.
@Test func onlyDiagnosticsWritesToTheTerminal() {
  // The descriptor for the output of a child or a pod, which has its own; records and frames, which are not text;
  // whether anything still reads.
  let allowed = [
    "Command/Diagnostics.swift", "Command/Standard.swift",
    "Command/Child.swift: case .standardError: childEnd = STDERR_FILENO",
    "Attach/connect.swift: output = logs == nil ? nil : LogOutput(descriptor: STDERR_FILENO)",
    "Attach/logs.swift: let output = LogOutput(descriptor: STDOUT_FILENO)", "Records/Pipe/RecordWriter.swift",
    "Remote/Serve.swift: let server = Serving(", "Watching/Watcher.swift: pollfd(fd: STDOUT_FILENO,"
  ]
  let signs = [
    "STDERR_FILENO", "STDOUT_FILENO", "stderr", "stdout", "print(", "debugPrint(", "dump(", "fputs(", "puts(",
    "perror(", "FileHandle", "/dev/tty", "/dev/stderr",
    "/dev/fd/", "to: 1)", "to: 2)", "write(1,", "write(2,", "output(bytes:"
  ]
  // A builder's output, unchanged, and the objects of a chart, where no terminal gets them.
  let raw = [
    "draft-logs/Entry.swift: try Standard.output(bytes: StoredLog(",
    "draft-render/Entry.swift: return try Standard.output(bytes: chart.text)"
  ]
  for module in list("Sources") where module != "draft" {
    for file in files(module, [".swift", ".c", ".cpp", ".h"]) {
      let all = text("Sources/\(module)/\(file)"), found = signs.filter { strstr(all, $0) != nil }
      guard !found.isEmpty else { continue }
      for line in all.split(separator: "\n") {
        let code = line.drop { $0 == " " }
        let here = "\(module)/\(file): \(code)"
        guard !code.hasPrefix("//"), !code.hasPrefix("/*"), !code.hasPrefix("*"), !code.contains("isatty(") else {
          continue
        }
        guard !(allowed + raw).contains(where: here.hasPrefix) else { continue }
        for sign in found where calls(code, sign) { Issue.record("\(here) passes the door by: \(sign)") }
      }
    }
  }
  for file in list("Sources/draft") {
    for line in lines("Sources/draft/\(file)") {
      guard !line.drop(while: { $0 == " " }).hasPrefix("#") else { continue }
      // A program's own messages, and usage(), are allowed.
      let isOwn =
        line.contains("tell() {") || line.contains("\"$DRAFT_EXEC_PATH/draft-help\" >&2")
        || line.hasPrefix("  exec 8>&2 #")
        || (line.contains("tell \"$owner: ") && line.hasSuffix(" 2>&8"))
      if !isOwn,
        line.contains(">&2") || line.contains(">&8") || line.contains("/dev/tty") || line.contains("/dev/stderr")
      {
        Issue.record("\(file): \(line) passes the door by")
      }
    }
  }
}

/// What threads share is behind a Mutex or a lock; what a run remembers is in its Memory.
@Test func nothingIsSharedUnguarded() {
  for module in list("Sources") where module != "draft" {
    for file in files(module) { #expect(!has("Sources/\(module)/\(file)", "nonisolated(unsafe)"), "\(module)/\(file)") }
  }
}

/// A library is told what a command was called with; settings alone are looked for on the command line, among other
/// places.
@Test func optionsAreReadByCommands() {
  for module in order where module != "Command" {
    for file in files(module) where "\(module)/\(file)" != "Settings/Layers.swift" {
      #expect(!has("Sources/\(module)/\(file)", "call.arguments"), "\(module)/\(file)")
    }
  }
}

/// Whether to colour is asked in one place, which knows NO_COLOR.
@Test func colourIsDecidedInOnePlace() {
  let places = list("Sources").flatMap { module in files(module).map { "\(module)/\($0)" } }.filter {
    has("Sources/\($0)", "\"NO_COLOR\"")
  }
  #expect(places == ["Command/Diagnostics.swift"])
}

/// Lines of at most 120 columns let two files be read side by side.
@Test func linesHave120ColumnsAtMost() {
  let sources = list("Sources").flatMap { module in
    files(module, [".swift", ".c", ".cpp", ".h", ""]).filter { !$0.hasSuffix(".txt") }.map { "Sources/\(module)/\($0)" }
  }
  for file in sources {
    for (number, line) in numbered(file) where line.count > 120 {
      Issue.record("\(file):\(number) has \(line.count) columns")
    }
  }
}

/// The lines of a file with their numbers, also the empty ones.
private func numbered(_ file: String) -> [(number: Int, line: Substring)] {
  text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 + 1, $1) }
}

/// The same for tests and scripts. A long text is data and is not wrapped. Swift code is wrapped by swift format, which
/// leaves texts alone.
@Test func linesOfTestsHave120ColumnsAtMost() {
  let tests = list("Tests").filter { $0 != "fixtures" }.flatMap { name -> [String] in
    let inside = list("Tests/\(name)").map { "\(name)/\($0)" }
    return inside.isEmpty ? [name] : inside
  }.filter { ![".swift", ".md", ".svg"].contains(where: $0.hasSuffix) }
  let scripts = ["Makefile", ".ci/run", "man/generate", "man/generate-records", "completions/generate"]
  #expect(tests.count > 100 && scripts.allSatisfy { !lines($0).isEmpty })
  for file in tests.map({ "Tests/\($0)" }) + scripts {
    for (number, line) in numbered(file) where line.count > 120 && !isText(line) {
      Issue.record("\(file):\(number) has \(line.count) columns")
    }
  }
}

/// Whether a line is long because of a text in it: between two quotes of one kind, or a part of a template or of JSON.
private func isText(_ line: Substring) -> Bool {
  for quote: Character in ["\"", "'", "`"] {
    let pieces: [Substring] = line.split(separator: quote, omittingEmptySubsequences: false)
    if pieces.dropFirst().contains(where: { $0.count > 60 }) { return true }
  }
  return ["{{ ", "\": ", "\":\"", "\\\""].contains { line.contains($0) }
}

/// A shell script may not run a program before PATH has been cleaned.
@Test func aShellScriptFindsItsProgramsInAbsoluteDirectories() {
  for file in list("Sources/draft") where file.hasPrefix("draft-") {
    let code = lines("Sources/draft/\(file)").filter { !$0.hasPrefix("#") }
    #expect(code.first == "set -u", "\(file)")
    #expect(code.dropFirst().first == "me=\(file)", "\(file)")
    #expect(code.dropFirst(3).first == "self=$(command -p readlink -f -- \"$0\")", "\(file)")
    #expect(code.dropFirst(7).first == ". \"$shared/words.sh\"", "\(file)")
  }
}

/// A Swift value such as `YAMLError(file: nil, line: 2)` is not a sentence: an error is shown through its Diagnosis.
/// Only one file may print one as it is, for debugging.
@Test func errorsAreDescribedInMessages() {
  let shapes = [
    "\\(error)", "\\(failure)", "\\(self)", "String(describing: error", "String(describing: failure",
    "String(reflecting:", "type(of: error", "localizedDescription", "dump("
  ]
  for module in list("Sources") {
    for file in files(module) where !file.hasSuffix("Diagnosis+Any.swift") {
      for line in lines("Sources/\(module)/\(file)") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for shape in shapes where line.contains(shape) { Issue.record("\(module)/\(file) says \(shape): \(line)") }
      }
    }
  }
}

@Test func everyErrorHasASentence() {
  // Thrown and caught in the same place; a TemplateError or RenderFailure becomes a ChartError.
  let caught = ["Malformed", "Unknown", "Mistake", "Fault", "GoWords", "TemplateError", "RenderFailure", "Excess"]
  var errors: [(name: String, place: String)] = [], told: Set<Substring> = []
  for module in list("Sources") {
    for file in files(module) {
      for line in lines("Sources/\(module)/\(file)") where !line.contains("private ") && !line.contains("protocol ") {
        let words = line.split { " :,".contains($0) }
        guard let at = words.firstIndex(where: { ["enum", "struct", "class", "extension"].contains($0) }),
          at + 1 < words.count
        else { continue }
        let name = words[at + 1].split(separator: ".").last ?? ""
        if words[(at + 2)...].contains("Diagnosis") { told.insert(name) }
        if words[at] != "extension", words[(at + 2)...].contains("Error") {
          errors.append((String(name), "\(module)/\(file)"))
        }
      }
    }
  }
  #expect(errors.count > 20 && told.count > 20)
  for error in errors where !told.contains(error.name[...]) && !caught.contains(error.name) {
    Issue.record("\(error.name) of \(error.place) has no Diagnosis")
  }
}
