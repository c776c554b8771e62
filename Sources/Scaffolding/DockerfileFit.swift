import Command
import Detection
import Dockerfiles
import Images
import Records

/// The facts of a Dockerfile that the chart depends on: port, start command, user.
struct DockerfileFacts: Equatable {
  var port: Int?
  /// `ENTRYPOINT` and `CMD`, with the JSON form as words; nil if neither is set.
  var start: String?
  /// As spelled: `10001:10001`, `node`; nil if it is not set.
  var user: String?

  init(_ bytes: [UInt8], path: String) throws {
    do throws(DockerfileError) {
      let last = try Dockerfile(String(decoding: bytes, as: UTF8.self)).stages().last
      port = last?.ports.first { $0.transport == "tcp" }?.number
      user = last?.user
      let commands = [last?.entrypoint, last?.command].compactMap { $0 }.map {
        $0.list?.joined(separator: " ") ?? $0.text
      }
      start = commands.isEmpty ? nil : commands.joined(separator: " ")
    } catch {
      throw PackError.dockerfile(path: path, reason: error.line.map { "line \($0): \(error.reason)" } ?? error.reason)
    }
  }

  /// The numeric user and group, unless the user is root.
  var numericUser: (user: Int, group: Int?)? {
    guard let parts = user?.split(separator: ":"), let first = parts.first, let number = Int(first), number > 0 else {
      return nil
    }
    return (number, parts.count > 1 ? Int(parts[1]) : nil)
  }
}

/// Adapts a pack's Dockerfile to an application: the language version, the port and the start command. Each only where
/// the pack marks it, and nothing else: the version in an `ARG` named for the language, the port where `EXPOSE` and the
/// variable `PORT` have the pack's own, the command where the line `# draft: start` is above `CMD`.
func fitted(_ dockerfile: [UInt8], language: Language?, from old: Int?, to port: Int?) throws -> [UInt8] {
  var edit = LineEdit(dockerfile)
  let instructions = (try? Dockerfile(String(decoding: dockerfile, as: UTF8.self)).instructions) ?? []
  // From last to first, so that replacing a command of several lines does not move the lines still to do.
  for instruction in instructions.reversed() {
    let lines = (instruction.lines.lowerBound - 1)...(instruction.lines.upperBound - 1)
    switch instruction.name {
    case "EXPOSE":
      if let old, let port { for line in lines { edit.replaceWord("\(old)", by: "\(port)", line: line) } }
    case "ENV":
      if let old, let port { for line in lines { edit.replaceWord("PORT=\(old)", by: "PORT=\(port)", line: line) } }
    case "ARG":
      guard let language, let argument = Detection.versionArgument(of: language.name),
        instruction.text.hasPrefix("\(argument)=")
      else { break }
      let standard = String(instruction.text.dropFirst(argument.count + 1))
      guard let version = Detection.imageVersion(for: language, standard: standard), version != standard else { break }
      edit.replaceWord("\(argument)=\(standard)", by: "\(argument)=\(version)", line: lines.lowerBound)
    case "CMD":
      guard let start = language?.start, lines.lowerBound > 0,
        edit.text(lines.lowerBound - 1).hasPrefix("# draft: start")
      else { break }
      edit.replace(lines, by: "CMD " + JSON.strings(commandWords(start)).text.replacing("\",\"", with: "\", \""))
    default: break
    }
  }
  return edit.bytes
}

/// Splits a command into words; one that needs a shell is run by one.
func commandWords(_ command: String) -> [String] {
  let needsShell = command.utf8.contains { "\"'`$&|;<>*?(){}~#\\\n=!".utf8.contains($0) }
  return needsShell ? ["sh", "-c", "exec \(command)"] : command.split(separator: " ").map(String.init)
}
