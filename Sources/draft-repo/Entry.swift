import Command
import Records
import Repositories
import Settings

@main struct Entry {
  private static let verbs = ["add", "list", "rm", "update", "index", "push", "copy"]
  private static let usage =
    "add [NAME] URL | list | rm NAME|URL... | update [NAME...] | index DIRECTORY | push FILE... REPOSITORY | "
    + "copy REFERENCE... TO"

  private static let optionsOf = [
    (["add"], ["credential", "ca-file", "cert-file", "key-file", "force-update"]), (["index"], ["url", "merge"]),
    (["push", "copy"], ["keyring"])
  ]

  static func main() {
    Command(
      name: "draft-repo", summary: "add, list, remove and update the repositories of helm; index, push and copy charts",
      operands: Operands(usage, first: .words(verbs), .text, .directory),
      reads: "the files of helm: repositories.yaml and its cache of indexes",
      writes: Flow(
        "a record with 'repository' for each; push and copy: records with 'chart', 'fetch' and 'publish'",
        ["repository", "chart", "fetch", "publish"]),
      options: [
        Option("credential", "c", value: "NAME", help: "with add: log in with what 'draft credential add' has kept"),
        Option("ca-file", value: "FILE", help: "with add: the certificate of the authority to trust"),
        Option("cert-file", value: "FILE", help: "with add: the certificate to show"),
        Option("key-file", value: "FILE", help: "with add: its key"),
        Option("force-update", help: "with add: replace a repository of that name"),
        Option("url", value: "URL", help: "with index: where the archives will be (default: beside the index)"),
        Option("merge", value: "FILE", help: "with index: also list what this index has"),
        Option(
          "keyring", value: "FILE", help: "with push and copy: exported keys to verify with (default: your own keys)"),
        .output, .quiet
      ],
      examples: [
        "draft repo list -o record | jq -r .repository.url",
        "draft repo add https://argoproj.github.io/argo-helm && draft search workflows"
      ]
    ).run { call in
      let words = Array(call.arguments.operands.dropFirst())
      guard let verb = call.arguments.operands.first, verbs.contains(verb) else {
        throw wrong(verb: call.arguments.operands.first)
      }
      for (of, options) in optionsOf where !of.contains(verb) {
        for option in options where call.arguments.has(option) {
          let words = of.map { "'\($0)'" }.joined(separator: " and ")
          throw UsageError("option '--\(option)' is for \(words)", hint: "try 'draft-repo --help'")
        }
      }
      switch (verb, words.count) {
      case ("add", 1...2): try add(words, call)
      case ("list", 0): try list(call)
      case ("rm", 1...): try remove(words, call)
      case ("update", _): return try update(words, call)
      case ("index", 1): try index(words[0], call)
      case ("push", 2...): try push(words, call)
      case ("copy", 2...): return try copy(words, call)
      default: throw UsageError("wrong number of words after '\(verb)'", hint: usage)
      }
      return .done
    }
  }

  private static func wrong(verb: String?) -> UsageError {
    let list = "add, list, rm, update, index, push or copy", hint = "try 'draft-repo --help'"
    guard let verb else { return UsageError("draft-repo needs a word: \(list)", hint: hint) }
    let near = nearest(to: verb, among: verbs).map { "did you mean '\($0)'?" }
    return UsageError("'\(verb)' is not \(list)", hint: near ?? hint)
  }

  private static func write(_ repository: Repository, _ failure: Failure? = nil) throws {
    var record = Record()
    record.set(repository)
    if let failure { record.set(failure) }
    try RecordWriter().write(record)
  }

  private static func add(_ words: [String], _ call: Call) throws {
    let options = call.arguments
    let login = try options["credential"].map { try Credentials(home: Home()).login($0) }
    let order = RepositoryOrder(
      name: words.count == 2 ? words[0] : nil, url: words[words.count - 1], login: login,
      authority: options["ca-file"], certificate: options["cert-file"], key: options["key-file"],
      replacing: options.has("force-update"))
    let (repository, isNew) = try addRepository(order, call: call)
    let name = repository.name, charts = repository.charts ?? 0
    call.say(isNew ? "Added '\(name)': \(charts) charts" : "Nothing to add: '\(name)' is there already")
    if call.writesRecords { try write(repository) } else { try Standard.output(name + "\n") }
  }

  private static func list(_ call: Call) throws {
    let all = try listRepositories()
    guard call.writesRecords else {
      return try Standard.output(table(["NAME", "URL"], all.map { [$0.name, $0.url] }))
    }
    for repository in all { try write(repository) }
  }

  private static func remove(_ words: [String], _ call: Call) throws {
    for repository in try removeRepositories(words) {
      call.say("Removed '\(repository.name)'")
      if call.writesRecords { try write(repository) }
    }
  }

  private static func update(_ names: [String], _ call: Call) throws -> ExitCode {
    var code = ExitCode.done
    try updateRepositories(names, call: call) { repository, error in
      if error == nil {
        call.say("Updated '\(repository.name)': \(repository.charts ?? 0) charts")
      } else {
        code = .failed
      }
      let failure = error.map { failed($0, call) }
      if call.writesRecords { try write(repository, failure) }
    }
    return code
  }

  private static func failed(_ error: any Diagnosis, _ call: Call) -> Failure {
    call.report(error)
    return Failure(by: call.name, code: error.exitCode, message: error.message, hint: error.hint)
  }

  private static func index(_ directory: String, _ call: Call) throws {
    let options = call.arguments
    let made = try indexRepository(directory, url: options["url"], merging: options["merge"], call: call)
    let words = "\(made.versions) versions of \(made.charts) charts"
    call.say(made.kept ? "Nothing to write: '\(made.path)' is up to date" : "Wrote '\(made.path)': \(words)")
    if !call.writesRecords { try Standard.output(made.path.harmless + "\n") }
  }

  private static func push(_ words: [String], _ call: Call) throws {
    let to = words[words.count - 1], keyring = call.arguments["keyring"]
    for done in try pushCharts(words.dropLast(), to: to, keyring: keyring, home: Home(), call: call) {
      try tell(done, Record(), call)
    }
  }

  private static func copy(_ words: [String], _ call: Call) throws -> ExitCode {
    var code = ExitCode.done
    let order = try CopyOrder(target: words[words.count - 1], keyring: call.arguments["keyring"], home: Home())
    for reference in words.dropLast() {
      var record = Record()
      record.set(Fetch(reference: reference))
      do { try tell(copyChart(reference, by: order, call: call), record, call) } catch let error as any Diagnosis {
        code = .failed
        record.set(failed(error, call))
        if call.writesRecords { try RecordWriter().write(record) }
      }
    }
    return code
  }

  private static func tell(_ done: CopiedChart, _ record: Record, _ call: Call) throws {
    call.say(done.words)
    guard call.writesRecords else { return try Standard.output(done.place.harmless + "\n") }
    var record = record
    done.set(in: &record)
    try RecordWriter().write(record)
  }
}
