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
      case ("add", 1...2): return try add(words, call)
      case ("list", 0): return try list(call)
      case ("rm", 1...): return try remove(words, call)
      case ("update", _): return try update(words, call)
      case ("index", 1): return try index(words[0], call)
      case ("push", 2...): return try push(words, call)
      case ("copy", 2...): return try copy(words, call)
      default: throw UsageError("wrong number of words after '\(verb)'", hint: usage)
      }
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

  private static func add(_ words: [String], _ call: Call) throws -> ExitCode {
    let options = call.arguments
    let login = try options["credential"].map { try Credentials(home: Home()).login($0) }
    let order = RepositoryOrder(
      name: words.count == 2 ? words[0] : nil, url: words[words.count - 1], login: login,
      authority: options["ca-file"], certificate: options["cert-file"], key: options["key-file"],
      replacing: options.has("force-update"))
    let (repository, isNew) = try addRepository(order, call: call)
    call.say(
      isNew
        ? "Added '\(repository.name)': \(repository.charts ?? 0) charts"
        : "Nothing to add: '\(repository.name)' is there already")
    if call.writesRecords { try write(repository) } else { try Standard.output(repository.name + "\n") }
    return .done
  }

  private static func list(_ call: Call) throws -> ExitCode {
    let all = try listRepositories()
    if call.writesRecords {
      for repository in all { try write(repository) }
    } else {
      try Standard.output(table(["NAME", "URL"], all.map { [$0.name, $0.url] }))
    }
    return .done
  }

  private static func remove(_ words: [String], _ call: Call) throws -> ExitCode {
    for repository in try removeRepositories(words) {
      call.say("Removed '\(repository.name)'")
      if call.writesRecords { try write(repository) }
    }
    return .done
  }

  private static func update(_ names: [String], _ call: Call) throws -> ExitCode {
    var code = ExitCode.done
    try updateRepositories(names, call: call) { repository, error in
      if error != nil {
        code = .failed
      } else {
        call.say("Updated '\(repository.name)': \(repository.charts ?? 0) charts")
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

  private static func index(_ directory: String, _ call: Call) throws -> ExitCode {
    let made = try indexRepository(
      directory, url: call.arguments["url"], merging: call.arguments["merge"], call: call)
    call.say(
      made.kept
        ? "Nothing to write: '\(made.path)' is up to date"
        : "Wrote '\(made.path)': \(made.versions) versions of \(made.charts) charts")
    if !call.writesRecords { try Standard.output(made.path.harmless + "\n") }
    return .done
  }

  private static func push(_ words: [String], _ call: Call) throws -> ExitCode {
    let done = try pushCharts(
      Array(words.dropLast()), to: words[words.count - 1], keyring: call.arguments["keyring"], home: Home(), call: call)
    for (chart, publish) in done {
      let place = publish.url ?? ""
      call.say(
        (publish.existing == true ? "Nothing to push: '\(place)' is there" : "Uploaded to '\(place)'")
          + (publish.signer.map { ", signed by \($0)" } ?? ""))
      guard call.writesRecords else {
        try Standard.output(place.harmless + "\n")
        continue
      }
      var record = Record()
      record.set(chart)
      record.set(publish)
      try RecordWriter().write(record)
    }
    return .done
  }

  private static func copy(_ words: [String], _ call: Call) throws -> ExitCode {
    var code = ExitCode.done
    let order = try CopyOrder(target: words[words.count - 1], keyring: call.arguments["keyring"], home: Home())
    for reference in words.dropLast() {
      var record = Record()
      record.set(Fetch(reference: reference))
      do {
        let done = try copyChart(reference, by: order, call: call)
        record.set(done.chart)
        record.set(done.fetch)
        if let publish = done.publish { record.set(publish) }
        call.say(
          (done.isKept ? "Nothing to copy: '\(done.place)' is there" : "Copied to '\(done.place)'")
            + (done.fetch.signer.map { ", signed by \($0)" } ?? ", not signed"))
        if !call.writesRecords { try Standard.output(done.place.harmless + "\n") }
      } catch let error as any Diagnosis {
        code = .failed
        record.set(failed(error, call))
      }
      if call.writesRecords { try RecordWriter().write(record) }
    }
    return code
  }
}
