import Command
import Detection
import Records
import Settings

/// The language of an application and the pack for it.
public struct PackSelection: Sendable {
  /// Nil when the pack was chosen by name: then nothing was looked at.
  public var language: Language?
  /// Nil when no pack suits and none is needed, since the application has its Dockerfile and chart.
  public var pack: PackChoice?

  /// Detects the language and finds the pack for it: the first of the likely languages that has one. Tells each step.
  /// - Parameter name: a pack chosen by name, no questions asked.
  /// Throws ``PackError`` and ``DetectionError``.
  public init(for app: App, named name: String?, settings: Settings, home: Home, call: Call) throws {
    let repositories = PackRepositories(home: home)
    for repository in repositories.all { call.debug("packs of '\(repository.name)' in '\(repository.packs)'") }
    if let name {
      pack = try repositories.pack(named: name)
      return
    }
    let candidates = try Detection(of: app.dir).candidates
    for (index, candidate) in candidates.enumerated() {
      let which = index == 0 ? "the primary language as \(candidate.name)" : candidate.name
      call.say("Draft detected \(which) with \(formatted(candidate.certainty, digits: 6))% certainty.")
      for reason in candidate.evidence { call.debug("\(candidate.name): \(reason)") }
      if let found = try repositories.pack(for: Detection.packs(for: candidate.name)) {
        (language, pack) = (candidate, found)
        return
      }
      let more = index + 1 < candidates.count ? ". Trying to find the next likely language match..." : ""
      call.say("Could not find a pack for \(candidate.name)\(more)")
    }
    guard try AppFiles(app, settings: settings).needNoPack else { throw PackError.noneSuits(languages: candidates.map(\.name)) }
    language = candidates[0]
  }
}
