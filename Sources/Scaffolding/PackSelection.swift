import Command
import Detection
import Records
import Settings

/// The language of an application and the pack for it.
public struct PackSelection: Sendable {
  /// nil if the pack was chosen by name, because nothing was detected then; or if there is only a Dockerfile.
  public var language: Language?
  /// nil if no pack suits and none is needed, because the application has its own Dockerfile and chart.
  public var pack: PackChoice?

  /// The pack for applications with a Dockerfile, in any language.
  static let generic = "generic"

  /// Detects the language and finds the pack for it. Only the most likely language counts: one that is less likely but
  /// has a pack would lead to the wrong scaffold. Prints each step.
  /// - Parameter name: the name of a pack, which is then used without detection.
  /// - Throws: ``PackError`` and ``DetectionError``.
  public init(for app: App, named name: String?, settings: Settings, home: Home, call: Call) throws {
    let repositories = PackSelection.repositories(home, call)
    if let name {
      pack = try repositories.pack(named: name)
      return
    }
    do { language = try PackSelection.detect(app, call) } catch let error as DetectionError {
      guard try AppFiles(app, settings: settings).dockerfile != nil else { throw error }
    }
    pack = try PackSelection.pack(for: language, of: app, settings, repositories)
    if let language, pack == nil || pack?.name == PackSelection.generic {
      call.say("There is no pack for \(language.name), but none is needed: there is a Dockerfile")
    }
  }

  /// Finds the pack for a known language.
  public init(for app: App, language: Language, settings: Settings, home: Home, call: Call) throws {
    self.language = language
    pack = try PackSelection.pack(for: language, of: app, settings, PackSelection.repositories(home, call))
  }

  private static func repositories(_ home: Home, _ call: Call) -> PackRepositories {
    let repositories = PackRepositories(home: home)
    for repository in repositories.all { call.debug("packs of '\(repository.name)' in '\(repository.packs)'") }
    return repositories
  }

  private static func detect(_ app: App, _ call: Call) throws -> Language {
    let candidates = try Detection(of: app.dir).candidates, first = candidates[0]
    let certainty = formatted(first.certainty, digits: 6)
    call.say("Draft detected the primary language as \(first.name) with \(certainty)% certainty.")
    for candidate in candidates { for reason in candidate.evidence { call.debug("\(candidate.name): \(reason)") } }
    return first
  }

  private static func pack(
    for language: Language?, of app: App, _ settings: Settings, _ repositories: PackRepositories
  ) throws -> PackChoice? {
    if let language, let found = try repositories.pack(for: Detection.packs(for: language.name)) { return found }
    let there = try AppFiles(app, settings: settings)
    if there.dockerfile == nil, let language {
      throw PackError.noneSuits(language: language.name, known: repositories.complete)
    }
    return there.needNoPack ? nil : try repositories.pack(named: generic)
  }
}
