import CSystem
import Glibc
import Records

/// Another author's program as a stage of the pipe: `draft each NAME [DIRECTORY...] -- COMMAND...`.
public struct Plugin: Sendable {
  /// The member that the stage adds: `scan`.
  public let member: String
  /// The operands that start lines.
  public let directories: [String]
  /// The program and its arguments; run without a shell.
  let command: [String]

  /// `draft-scan`, which signs the messages.
  public var name: String { "draft-\(member)" }

  /// Throws ``UsageError``.
  public init(_ arguments: Arguments) throws(UsageError) {
    let hint = "as in 'draft each lines -- wc -l'; try 'draft-each --help'"
    guard let leading = arguments.leading, arguments.operands.count > leading, arguments.operands[leading] != "" else {
      throw UsageError("there is no command after '--'", hint: hint)
    }
    guard leading > 0 else { throw UsageError("there is no name before '--'", hint: hint) }
    member = arguments.operands[0]
    directories = Array(arguments.operands[1..<leading])
    command = Array(arguments.operands[leading...])
    guard Plugin.isName(member) else {
      let hint = "a name is a lower-case letter, then letters, digits and hyphens"
      throw UsageError("'\(member)' cannot be the name of a plugin", hint: hint)
    }
    guard !Plugin.taken.contains(member) else {
      let hint = "choose another name; draft-records(5) lists the names in use"
      throw UsageError("'\(member)' is one of draft's own members", hint: hint)
    }
  }

  /// The rule of draft(1) for the name of a command.
  public static func isName(_ text: String) -> Bool {
    let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
  }

  /// Our own members, and the names reserved by draft-records(5).
  static let taken = Set(
    ["draft", "diff", "order", "origin", "patch", "proposal", "pushed", "refresh", "triggers", "upgrade"]
      + Members.all.map { $0.name })
}

/// Runs a plugin's program for one record and sets the member to the JSON value it prints; if it prints nothing, the
/// record stays as it is.
///
/// The program gets the record on standard input and its facts as variables, see ``Plugin/variables(_:)``. Its standard
/// error is passed on, except the last line if it fails: that becomes the message of the ``PluginError``.
public func each(_ record: inout Record, run plugin: Plugin, call: Call) throws {
  var variables = try Plugin.variables(record)
  variables[Plugin.marker] = plugin.member
  let memory = csystem_memory_file()
  guard memory >= 0 else { throw SystemError("cannot make a file in memory", errno) }
  let line = OpenFile(memory)
  try writeAll(record.bytes + [0x0A], to: line.descriptor)
  lseek(line.descriptor, 0, SEEK_SET)

  let words = LastWords { call.relay($0) }
  let result = try Child.run(
    plugin.command, inputFile: line.descriptor, output: .capture, errors: .lines { words.heard($0) },
    environment: variables)
  guard result.succeeded else {
    let (message, hint) = words.last(signed: [plugin.name, plugin.member, plugin.program])
    throw PluginError.failed(program: plugin.program, status: result.status, message: message, hint: hint)
  }
  words.pass()
  guard !result.output.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { return }
  do { record.set(plugin.member, to: try JSON(parsing: result.output)) } catch {
    throw PluginError.notJSON(program: plugin.program, reason: error.reason)
  }
}

extension Plugin {
  /// The variable that tells a program that it is run for a line, and for which member: one file may be both the stage
  /// and the program.
  static let marker = "DRAFT_EACH"

  /// The program's name without its directory.
  var program: String { command[0].split(separator: "/").last.map(String.init) ?? command[0] }

  /// The variables for the program: the facts of the record; nil unsets one that the record does not have.
  /// draft-each(1) has the same list.
  static func variables(_ record: Record) throws -> [String: String?] {
    let app = try record.required(App.self), release = try record.member(Release.self)
    let image = try record.member(Image.self)
    let variables: [String: String?] = [
      "DRAFT_APP_NAME": app.name, "DRAFT_APP_DIR": app.dir.isEmpty ? nil : app.dir,
      "DRAFT_APP_ENVIRONMENT": app.environment, "DRAFT_APP_NAMESPACE": app.namespace,
      "DRAFT_APP_KUBE_CONTEXT": release?.context ?? app.context,
      "DRAFT_APP_LANGUAGE": try record.member(Language.self)?.name,
      "DRAFT_APP_TARBALL": try record.member(Context.self)?.payload.path,
      "DRAFT_APP_CHART": try record.member(Chart.self)?.payload.path,
      "DRAFT_APP_IMAGE": try record.member(Push.self)?.reference ?? image.map { "\($0.repository):\($0.tag)" },
      "DRAFT_APP_DIGEST": image?.digest, "DRAFT_APP_REVISION": release.map { String($0.revision) },
      "DRAFT_APP_CHANGED": release.map { String($0.changed) }, "DRAFT_APP_URL": release?.urls.first,
      // A draft command that the plugin starts is not a stage of our 'draft up'.
      "DRAFT_UP_LOCK": nil
    ]
    // The value would be cut off at the NUL.
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) where value?.utf8.contains(0) == true {
      throw PluginError.notText(variable: name)
    }
    return variables
  }
}

/// Passes on a program's lines, two lines late: if it fails, its last line becomes the failure's message and is not
/// printed twice. If that line is indented, it is the hint, as in our own messages.
private final class LastWords: @unchecked Sendable {
  private var held: [String] = []
  private let relay: (String) -> Void

  init(relay: @escaping (String) -> Void) { self.relay = relay }

  func heard(_ line: String) {
    let text = line.lines.joined()
    held.append(text)
    if held.count > 2 { relay(held.removeFirst()) }
  }

  func pass() {
    for line in held { relay(line) }
    held = []
  }

  /// - Parameter names: prefixes to strip from the message, which is signed already.
  func last(signed names: [String]) -> (message: String?, hint: String?) {
    while held.last?.allSatisfy(\.isWhitespace) == true { held.removeLast() }
    var hint: String?
    if held.count > 1, let line = held.last, line.hasPrefix("  ") {
      hint = String(line.drop { $0 == " " })
      held.removeLast()
    }
    guard var message = held.popLast() else { return (nil, nil) }
    pass()
    message = String(message.drop(while: \.isWhitespace))
    for name in names where message.hasPrefix(name + ": ") { message = String(message.dropFirst(name.count + 2)) }
    return (message, hint)
  }
}
