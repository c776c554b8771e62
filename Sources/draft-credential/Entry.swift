import Command
import Glibc
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-credential", summary: "add, list and remove logins for chart repositories",
      operands: Operands(
        "add [NAME] | list [PATTERN] | rm NAME...", first: .words(["add", "list", "rm"]), .text),
      reads: "add: the secret, from standard input or, on a terminal, from a prompt",
      writes: Flow("list: a record with 'credential' for each", ["credential"]),
      options: [
        Option("username", "u", value: "NAME", help: "with add: the user name, or the public half of a token"),
        .output, .quiet
      ],
      examples: [
        "pass show charts/token | draft credential add -u ann",
        "draft credential list 'token-*' -o record | jq -r .credential.user"
      ]
    ).run { call in
      let words = Array(call.arguments.operands.dropFirst())
      let credentials = { try Credentials(home: Home()) }
      guard let verb = call.arguments.operands.first else {
        throw UsageError("draft-credential needs a word: add, list or rm", hint: "try 'draft-credential --help'")
      }
      guard verb == "add" || call.arguments["username"] == nil else {
        throw UsageError("option '--username' is for 'add'", hint: "try 'draft-credential --help'")
      }
      switch (verb, words.count) {
      case ("add", 0...1):
        let added = try credentials().add(words.first, login(call))
        if call.writesRecords { try write(added) } else { try Standard.output("Created \(added.name)\n") }
      case ("add", _):
        // Whatever it was, it is in the history of the shell and was in the list of processes.
        throw UsageError(
          "a secret is not taken from the command line",
          hint: "write it to standard input: 'draft credential add [NAME] --username TOKEN <FILE'")
      case ("list", 0...1):
        for credential in try credentials().all() where words.first.map({ matches(credential, $0) }) ?? true {
          if call.writesRecords {
            try write(credential)
          } else {
            try Standard.output("\(credential.name): \(credential.user)".harmless + "\n")
          }
        }
      case ("rm", 1...):
        try credentials().remove(words)
        for name in words { call.say("Removed '\(name)'") }
      case ("list", _), ("rm", _):
        throw UsageError(
          "wrong number of words after '\(verb)'", hint: "add [NAME] | list [PATTERN] | rm NAME...")
      default: throw UsageError("'\(verb)' is not add, list or rm", hint: "try 'draft-credential --help'")
      }
      return .done
    }
  }

  private static func write(_ credential: Credential) throws {
    var record = Record()
    record.set(credential)
    try RecordWriter().write(record)
  }

  /// A pattern of the shell; one without signs matches what contains it.
  private static func matches(_ credential: Credential, _ pattern: String) -> Bool {
    let isPattern = pattern.utf8.contains { "*?[".utf8.contains($0) }
    return fnmatch(isPattern ? pattern : "*\(pattern)*", credential.name, 0) == 0
  }

  private static func login(_ call: Call) throws -> Login {
    guard let user = call.arguments["username"] else {
      throw UsageError(
        "whose secret is it?", hint: "name the user or the public half of a token: 'draft credential add -u NAME'")
    }
    if isatty(STDIN_FILENO) == 1 {
      guard let typed = getpass("Secret of \(user.harmless): ") else {
        throw SystemError("cannot read from the terminal", errno)
      }
      return Login(user: user, secret: String(cString: typed))
    }
    var bytes: [UInt8] = []
    if !Standard.wasClosed(STDIN_FILENO) {
      let input = OpenFile(dup(STDIN_FILENO))
      try input.pieces(of: 4096, { SystemError("cannot read the secret", $0) }) {
        bytes += $0
        guard bytes.count <= Credentials.limit else {
          throw UsageError("the secret has more than \(Credentials.limit >> 10) KB")
        }
      }
    }
    // What echo adds.
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard let secret = String(validating: bytes, as: UTF8.self) else {
      throw UsageError("the secret is not UTF-8")
    }
    return Login(user: user, secret: secret)
  }
}
