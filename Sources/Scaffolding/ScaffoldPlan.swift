import Charts
import Command
import Detection
import Glibc
import Records
import Settings

/// What an application is missing, worked out before anything is written. Existing files are never changed.
struct ScaffoldPlan {
  struct Item {
    /// Relative to the application's directory.
    var path: String
    var bytes: [UInt8]
    var mode: mode_t = 0o644
  }

  /// The chart's files, relative to ``chart``; the chart is created as a whole or not at all.
  private(set) var chartFiles: [Item] = []
  private(set) var chart: String?
  /// The other files, in writing order; draft.toml last, because it declares that there is something to deploy.
  private(set) var files: [Item] = []
  private(set) var kept: [String] = []
  /// Remarks for the user about the choices made.
  private(set) var remarks: [String] = []

  /// The port and the start command that the application will have, each with its origin.
  private(set) var port = "none found"
  private(set) var start = "none found"

  let app: App
  /// The detected language, if the pack suits it; `languageName` in any case.
  private let language: Language?
  let languageName: String?

  init(_ app: App, pack: Pack?, language: Language?, settings: Settings, namespace: String?) throws {
    self.app = app
    // A pack for another language was chosen deliberately: what was detected does not apply to it.
    let suits = language.map { language in
      pack.map { $0.isGeneric || Detection.packs(for: language.name).contains($0.choice.name.lowercased()) } ?? true
    }
    self.language = suits == true ? language : nil
    if suits == false { (port, start) = ("left to the pack", "left to the pack") }
    languageName = language?.name
    let there = try AppFiles(app, settings: settings)
    let own = try there.dockerfile.map { try DockerfileFacts(Files.read("\(app.dir)/\($0)", limit: 1 << 20), path: $0) }
    if let pack, pack.isGeneric, own == nil { throw PackError.noDockerfile(pack: pack.choice.name, directory: app.dir) }
    describe(own)
    if let pack { try add(pack, there, own) }
    if let chart = there.chart { kept.append("\(chart)/") }
    if let dockerfile = there.dockerfile { kept.append(dockerfile) }

    if let dockerfile = there.dockerfile { addIgnoreFile(for: dockerfile) }
    add(Item(path: ".draftignore", bytes: Array("*.swp\n*.tmp\n*.temp\n.git*\n".utf8)))
    add(Item(path: ".draft-tasks.toml", bytes: []))
    // A chart in charts/ is found without a setting.
    let chart = there.chart.flatMap { $0.hasPrefix("charts/") ? nil : $0 } ?? settings.chart
    add(
      Item(
        path: "draft.toml",
        bytes: draftTOML(app, namespace: namespace, dockerfile: there.dockerfile ?? there.newDockerfile, chart: chart)))
  }

  private mutating func add(_ pack: Pack, _ there: AppFiles, _ own: DockerfileFacts?) throws {
    let facts = try pack.file("Dockerfile").map {
      try DockerfileFacts($0.bytes, path: "\(pack.choice.path)/Dockerfile")
    }
    let standard = facts.map(\.port) ?? pack.file("charts/values.yaml").flatMap { containerPort(ofValues: $0.bytes) }
    let port = own?.port ?? language?.port ?? standard
    if own?.port == nil, language?.port == nil, there.chart == nil, let standard {
      self.port += " (the chart says \(standard))"
    }
    if own == nil, language?.start == nil, let start = facts?.start {
      self.start += " (the Dockerfile says '\(start)')"
    }
    if there.chart == nil {
      chart = there.newChart
      for file in pack.files where file.path.hasPrefix("charts/") {
        var item = Item(path: String(file.path.dropFirst("charts/".count)), bytes: file.bytes, mode: file.mode)
        if item.path == "Chart.yaml" {
          guard let bytes = named(item.bytes, app.name) else {
            throw PackError.bad(pack: pack.choice.name, reason: "its charts/Chart.yaml gives no name")
          }
          item.bytes = bytes
        }
        if item.path == "values.yaml" {
          item.bytes = fitted(values: item.bytes, from: standard, to: port, own: own.map { ImageUser($0.numericUser) })
        }
        chartFiles.append(item)
      }
      if let name = serviceName(pack) {
        remarks.append(
          "The Service and the Deployment of '\(app.name)' are called '\(name)': their names must begin with a letter")
      }
      if let own, own.numericUser == nil {
        remarks.append("The chart lets the container run as root, because the Dockerfile sets no other user by number")
      }
    }

    let manifests = language.map { Detection.manifests(of: $0.name) } ?? []
    let hasManifest = manifests.contains { AppFiles.exists("\(app.dir)/\($0)") }
    for file in pack.files where !file.path.hasPrefix("charts/") {
      switch file.path {
      case "Dockerfile": break
      case "tasks.toml": add(Item(path: ".draft-tasks.toml", bytes: file.bytes, mode: file.mode))
      case "draft.toml": break
      // The rest belongs to the pack's Dockerfile; its manifest is only for an application that has none of any kind.
      default:
        if own == nil, !(hasManifest && manifests.contains(file.path)) {
          add(Item(path: file.path, bytes: file.bytes, mode: file.mode))
        }
      }
    }
    // The Dockerfile comes last of these: if it exists, so do the files it needs.
    if own == nil, let file = pack.file("Dockerfile") {
      let text = sectioned(file.bytes) { Detection.hasBuildScript(app.dir) }
      add(
        Item(
          path: there.newDockerfile, bytes: try fitted(text, language: language, from: standard, to: port),
          mode: file.mode))
    }
  }

  /// The name of the chart's objects, if it differs from the application's, as the helper template of draft's own packs
  /// makes it.
  private func serviceName(_ pack: Pack) -> String? {
    guard let first = app.name.utf8.first, (0x30...0x39).contains(first),
      let helpers = pack.file("charts/templates/_helpers.tpl"),
      String(decoding: helpers.bytes, as: UTF8.self).contains("\"app-%s\"")
    else { return nil }
    return "app-\(app.name)"
  }

  private mutating func describe(_ own: DockerfileFacts?) {
    if let port = own?.port {
      self.port = "\(port) (EXPOSE in the Dockerfile)"
    } else if let port = language?.port {
      self.port = "\(port)"
    }
    if let start = own?.start {
      self.start = "'\(start)' (from the Dockerfile)"
    } else if own == nil, let start = language?.start {
      self.start = "'\(start)'"
    }
  }

  /// Next to an application's own Dockerfile, keeps draft's files out of the image; everything else may be part of it.
  private mutating func addIgnoreFile(for dockerfile: String) {
    guard !AppFiles.exists("\(app.dir)/\(dockerfile).dockerignore") else { return }
    let lines =
      ["# Files of draft that the image does not need.", "draft.toml", ".draft*"] + (chart.map { ["\($0)/"] } ?? [])
    add(Item(path: ".dockerignore", bytes: Array((lines.joined(separator: "\n") + "\n").utf8)))
  }

  /// Plans a file, unless the application or the plan already has it.
  private mutating func add(_ item: Item) {
    if files.contains(where: { $0.path == item.path }) || kept.contains(item.path) { return }
    if AppFiles.exists("\(app.dir)/\(item.path)") { kept.append(item.path) } else { files.append(item) }
  }

  /// The paths of all planned files, the chart's first.
  var paths: [String] { chartFiles.map { "\(chart ?? "charts")/\($0.path)" } + files.map(\.path) }
}
