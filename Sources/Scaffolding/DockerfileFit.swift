import Command
import Detection
import Dockerfiles
import Images
import Records

/// The port a Dockerfile exposes and the user it runs as, as far as the chart must know.
struct DockerfileFacts: Equatable {
  var port: Int?
  /// `ENTRYPOINT` and `CMD`, the JSON form as words; nil when no stage says.
  var start: String?
  /// As spelled: `10001:10001`, `node`; nil when no stage says.
  var user: String?

  init(_ bytes: [UInt8], path: String) throws {
    do throws(DockerfileError) {
      let last = try Dockerfile(String(decoding: bytes, as: UTF8.self)).stages().last
      port = last?.ports.first { $0.transport == "tcp" }?.number
      user = last?.user
      let commands = [last?.entrypoint, last?.command].compactMap { $0 }.map { $0.list?.joined(separator: " ") ?? $0.text }
      start = commands.isEmpty ? nil : commands.joined(separator: " ")
    } catch {
      throw PackError.dockerfile(path: path, reason: error.line.map { "line \($0): \(error.reason)" } ?? error.reason)
    }
  }

  /// The numeric user and group, unless that is root.
  var numericUser: (user: Int, group: Int?)? {
    guard let parts = user?.split(separator: ":"), let first = parts.first, let number = Int(first), number > 0 else { return nil }
    return (number, parts.count > 1 ? Int(parts[1]) : nil)
  }
}

/// Fits the Dockerfile of a pack to an application: the version of the language, the port, the start command. Nothing else in it
/// changes, and each only where the pack says so: the version by an `ARG` of the language's name, the port where `EXPOSE` and the
/// variable `PORT` give the pack's own, the command where the line `# draft: start` stands above `CMD`.
func fitted(_ dockerfile: [UInt8], language: Language?, from old: Int?, to port: Int?) throws -> [UInt8] {
  var edit = LineEdit(dockerfile)
  let instructions = (try? Dockerfile(String(decoding: dockerfile, as: UTF8.self)).instructions) ?? []
  // From the last to the first, so that a command of several lines does not move what is still to come.
  for instruction in instructions.reversed() {
    let lines = (instruction.lines.lowerBound - 1)...(instruction.lines.upperBound - 1)
    switch instruction.name {
    case "EXPOSE":
      if let old, let port { for line in lines { edit.replaceWord("\(old)", by: "\(port)", line: line) } }
    case "ENV":
      if let old, let port { for line in lines { edit.replaceWord("PORT=\(old)", by: "PORT=\(port)", line: line) } }
    case "ARG":
      guard let language, let argument = Detection.versionArgument(of: language.name), instruction.text.hasPrefix("\(argument)=") else { break }
      let standard = String(instruction.text.dropFirst(argument.count + 1))
      guard let version = Detection.imageVersion(for: language, standard: standard), version != standard else { break }
      edit.replaceWord("\(argument)=\(standard)", by: "\(argument)=\(version)", line: lines.lowerBound)
    case "CMD":
      guard let start = language?.start, lines.lowerBound > 0, edit.text(lines.lowerBound - 1).hasPrefix("# draft: start") else { break }
      edit.replace(lines, by: "CMD " + JSON.strings(commandWords(start)).text.replacing("\",\"", with: "\", \""))
    default: break
    }
  }
  return edit.bytes
}

/// A command as a list of words; one that needs a shell goes to one.
func commandWords(_ command: String) -> [String] {
  let needsShell = command.utf8.contains { "\"'`$&|;<>*?(){}~#\\\n=!".utf8.contains($0) }
  return needsShell ? ["sh", "-c", "exec \(command)"] : command.split(separator: " ").map(String.init)
}
