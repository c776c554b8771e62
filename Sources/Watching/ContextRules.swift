import Archives
import Command
import Contexts
import Records
import Settings

/// The paths of an application that go neither into its image nor into its chart, by the Dockerfile's ignore file.
public struct ContextRules: Sendable {
  private let ignore: DockerIgnore
  /// Paths that always count, with everything below them: the Dockerfile, the chart, and draft's own files.
  private let always: [[UInt8]]
  private let leavesNothingOut: Bool

  /// Throws ``ArchiveError`` if the ignore file is not valid.
  public init(_ app: App, settings: Settings) throws {
    let dockerfile = PathBytes.cleaned(Array(settings.dockerfile.utf8)), name = PathBytes.text(dockerfile)
    var always =
      ContextRules.files(settings) + ["draft.toml", ".draftignore", ".draft-tasks.toml", "charts", "chart"]
      + [settings.chart].compactMap(\.self)
    // If the Dockerfile is a link, its target too.
    if let resolved = try? confined("dockerfile", name, in: app.dir) { always.append(resolved) }
    self.always = [dockerfile] + always.map { PathBytes.cleaned(Array($0.utf8)) }
    // A context packed by another tool has been filtered already.
    ignore = settings.buildTar == nil ? try ignoreRules(app.dir, dockerfile: name).0 : try DockerIgnore([], path: "")
    leavesNothingOut = ignore.isEmpty
  }

  /// The files that the rules are read from, relative to the application's directory.
  public static func files(_ settings: Settings) -> [String] {
    [PathBytes.text(PathBytes.cleaned(Array(settings.dockerfile.utf8))) + ".dockerignore", ".dockerignore"]
  }

  /// Whether a path is ignored.
  /// - Parameter path: relative, with slashes.
  public func leavesOut(_ path: [UInt8]) -> Bool {
    if leavesNothingOut
      || always.contains(where: {
        path.starts(with: $0) && (path.count == $0.count || path[$0.count] == UInt8(ascii: "/"))
      })
    {
      return false
    }
    var ignored = false, matches = DockerIgnore.Matches()
    for end in path.indices.filter({ path[$0] == UInt8(ascii: "/") }) + [path.endIndex] {
      guard let answer = try? ignore.ignores(Array(path[..<end]), in: matches) else { return false }
      (ignored, matches) = answer
    }
    return ignored
  }

  /// Whether a directory is ignored with everything that may be in it.
  public func leavesOutAll(under directory: [UInt8]) -> Bool {
    leavesOut(directory) && !ignore.mayHoldExceptions(under: directory)
      && !always.contains { $0.starts(with: directory + [UInt8(ascii: "/")]) }
  }
}
