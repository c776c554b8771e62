import Command

/// docker can build the head of a divided Dockerfile too.
extension DockerBuilder: HeadBuilder {
  var program: String { "docker" }
  /// The variables that select the daemon.
  var variables: [String] { ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HOME"] }

  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)? {
    let words =
      try inspect(name, "{{.ID}}{{with .Config}}{{if .OnBuild}} triggers{{end}}{{end}}")?.split {
        $0 == " " || $0 == "\n"
      } ?? []
    return words.first.map { (String($0), words.count > 1) }
  }

  /// BuildKit does not put the base images it pulls into the store, so we could not see when one has changed.
  func fetch(_ name: String, log: BuildLog) throws { try log.run(["docker", "pull", "--quiet", name]) }

  /// Only the daemon can read its list.
  func list() throws -> String? { nil }
}
