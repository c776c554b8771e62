import Glibc
import Testing

/// The rules of the house, held against the files: the arrow, the forbidden imports, the one list of commands.
private let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

private func list(_ directory: String) -> [String] {
  guard let stream = opendir(root + "/" + directory) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
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

/// The modules a module's files import.
private func imports(_ module: String) -> Set<String> {
  var found: Set<String> = []
  for file in list("Sources/\(module)") where file.hasSuffix(".swift") {
    for line in lines("Sources/\(module)/\(file)") where line.contains("import ") {
      let words = line.split(separator: " ")
      if let at = words.firstIndex(of: "import"), words[..<at].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" }), at + 1 < words.count {
        found.insert(String(words[at + 1].prefix { $0 != "." }))
      }
    }
  }
  return found
}

/// Lowest first; a module may import what stands before it, and nothing else of ours.
private let order = ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "Archives", "Watching", "Detection", "Images", "Packs",
  "Registry", "Releases", "Pipeline", "Remote", "Checks"]

private let commands: [(name: String, kind: String, group: String)] = lines("Sources/draft/commands").filter { !$0.hasPrefix("#") }.map { line in
  let words = line.split(separator: " ")
  return (String(words[0]), String(words[1]), String(words[2]))
}

@Test func theFilesAreThere() {
  #expect(commands.count >= 15)
  #expect(list("Sources").count > 20)
}

@Test func theArrowRunsOneWay() {
  for (place, module) in order.enumerated() {
    for other in imports(module) {
      guard let target = order.firstIndex(of: other) else { continue }
      #expect(target < place, "\(module) imports \(other)")
    }
  }
}

@Test func everyModuleHasItsPlace() {
  for module in list("Sources") where module != "draft" && !module.hasPrefix("draft-") {
    #expect(order.contains(module), "\(module) is not in the order of the architecture")
  }
}

@Test func noModuleImportsACommand() {
  for module in list("Sources") { for other in imports(module) { #expect(!other.hasPrefix("draft_"), "\(module) imports \(other)") } }
}

@Test func nobodyImportsFoundation() {
  for module in list("Sources") {
    #expect(imports(module).isDisjoint(with: ["Foundation", "FoundationNetworking", "Dispatch"]), "\(module)")
  }
}

@Test func onlyRegistrySpeaksHTTP() {
  for module in list("Sources") where module != "Registry" && module != "Storage" { #expect(!imports(module).contains("CCurl"), "\(module)") }
}

@Test func theListOfCommandsIsTheListOfTargetsAndFiles() {
  let package = text("Package.swift")
  for command in commands {
    switch command.kind {
    case "swift":
      #expect(!list("Sources/draft-\(command.name)").isEmpty, "\(command.name) has no folder")
      #expect(package.contains(".executableTarget(name: \"draft-\(command.name)\""), "\(command.name) is no target")
    case "sh": #expect(list("Sources/draft").contains("draft-\(command.name)"), "\(command.name) is no script")
    default: Issue.record("\(command.name) is neither swift nor sh")
    }
    #expect(list("man").contains("draft-\(command.name).1"), "\(command.name) has no manual page")
    #expect(list("Tests/cli").contains { $0.hasSuffix("-\(command.name).t") }, "\(command.name) has no test")
  }
  let names = Set(commands.map { "draft-\($0.name)" })
  for folder in list("Sources") where folder.hasPrefix("draft-") { #expect(names.contains(folder), "\(folder) is not in the list") }
  for script in list("Sources/draft") where script.hasPrefix("draft-") { #expect(names.contains(script), "\(script) is not in the list") }
}

@Test func aCommandIsAboutAHundredLines() {
  for folder in list("Sources") where folder.hasPrefix("draft-") {
    let count = list("Sources/\(folder)").reduce(0) { $0 + lines("Sources/\(folder)/\($1)").count }
    #expect(count <= 150, "\(folder) has \(count) lines")
  }
}

@Test func thePackageHasNoOutsidePackage() {
  #expect(!text("Package.swift").contains(".package("))
}

@Test func publicDeclarationsAreDescribed() {
  // A word is missing where a public declaration follows neither a comment nor an attribute. Members of a described type that
  // only repeat what its name says (initialisers, conformances) are let be.
  for module in order where !module.hasPrefix("C") || module == "Command" {
    for file in list("Sources/\(module)") where file.hasSuffix(".swift") {
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
