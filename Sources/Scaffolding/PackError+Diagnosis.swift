import Command
import Records
import Settings

extension PackError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noneSuits, .unknown, .missing, .noDockerfile: .noInput
    case .several, .bad, .dockerfile: .badData
    case .outside: .noPermission
    case .occupied: .cannotCreate
    }
  }

  public var message: String {
    switch self {
    case .noneSuits(let language, let known):
      "cannot find a pack for '\(language)': " + (known.isEmpty ? "there are no packs" : "there are \(list(known))")
    case .unknown(let name, _): "cannot find a pack named '\(name)'"
    case .several(let name, let repositories):
      "cannot choose a pack named '\(name)': it is in \(repositories.map { "'\($0)'" }.joined(separator: " and "))"
    case .missing(let path): "cannot find the pack '\(path)'"
    case .noDockerfile(let pack, let directory):
      "cannot find a Dockerfile in '\(directory)', which the pack '\(pack)' leaves to the application"
    case .bad(let pack, let reason): "cannot use the pack '\(pack)': \(reason)"
    case .outside(let path): "cannot write '\(path)': a symbolic link leads out of the application's directory"
    case .occupied(let path): "cannot create the chart '\(path)': it exists, but has no Chart.yaml"
    case .dockerfile(let path, let reason): "cannot read '\(path)': \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .noneSuits:
      "write a Dockerfile, which is enough in any language, or choose a pack with --pack NAME; see draft-pack(5)"
    case .unknown(let name, let known):
      if let near = nearest(to: name, among: known) {
        "did you mean '\(near)'?"
      } else if known.isEmpty {
        "there are no packs, neither beside the program nor in the draft home"
      } else {
        "there are: \(list(known))"
      }
    case .several(let name, let repositories):
      "name the repository too: --pack \(repositories.first ?? "REPOSITORY")/\(name)"
    case .missing: "run draft-detect again"
    case .noDockerfile: "write one, or choose another pack: --pack NAME"
    case .bad: "see draft-pack(5) for the format of a pack"
    case .outside: "remove the link, or scaffold by hand"
    case .occupied: "remove it, or put the chart's Chart.yaml there"
    case .dockerfile: "fix the Dockerfile, or move it away to have one written"
    }
  }
}

private func list(_ names: [String]) -> String { Set(names).sorted().joined(separator: ", ") }
