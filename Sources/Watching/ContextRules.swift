import Archives
import Command
import Contexts
import Records
import Settings

/// What of an application's directory comes into neither its image nor its chart: what the ignore file of the Dockerfile leaves out.
public struct ContextRules: Sendable {
  private let ignore: DockerIgnore
  /// What counts whatever the ignore file says, and everything below it: the Dockerfile, the chart, and draft's own files.
  private let always: [[UInt8]]
  private let leavesNothingOut: Bool

  /// Throws ``ArchiveError`` for an ignore file that cannot be used.
  public init(_ app: App, settings: Settings) throws {
    let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8)), name = PathBytes.text(dockerfile)
    var always = ContextRules.files(settings) + ["draft.toml", ".draftignore", ".draft-tasks.toml", "charts", "chart"] + [settings.chart].compactMap(\.self)
    // Behind a link, the file it leads to.
    if let resolved = try? confined("dockerfile", name, in: app.dir) { always.append(resolved) }
    self.always = [dockerfile] + always.map { PathBytes.cleaned(Array($0.utf8)) }
    // A context that somebody else has packed has been left out of already.
    ignore = settings.buildTar == nil ? try ignoreRules(app.dir, dockerfile: name).0 : try DockerIgnore([], path: "")
    leavesNothingOut = ignore.isEmpty
  }

  /// The files these rules are read from, relative to the application's directory.
  public static func files(_ settings: Settings) -> [String] {
    [PathBytes.text(PathBytes.cleaned(Array(settings.dockerfile.utf8))) + ".dockerignore", ".dockerignore"]
  }

  /// Whether a path is left out.
  /// - Parameter path: relative, with slashes.
  public func leavesOut(_ path: [UInt8]) -> Bool {
    if leavesNothingOut || always.contains(where: { path.starts(with: $0) && (path.count == $0.count || path[$0.count] == UInt8(ascii: "/")) }) { return false }
    var ignored = false, matches = DockerIgnore.Matches()
    for end in path.indices.filter({ path[$0] == UInt8(ascii: "/") }) + [path.endIndex] {
      guard let answer = try? ignore.ignores(Array(path[..<end]), in: matches) else { return false }
      (ignored, matches) = answer
    }
    return ignored
  }

  /// Whether a directory is left out with everything there may be in it.
  public func leavesOutAll(under directory: [UInt8]) -> Bool {
    leavesOut(directory) && !ignore.mayHoldExceptions(under: directory) && !always.contains { $0.starts(with: directory + [UInt8(ascii: "/")]) }
  }
}
