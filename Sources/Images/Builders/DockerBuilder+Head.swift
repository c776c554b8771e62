import Command

/// docker builds the head of a divided Dockerfile as well.
extension DockerBuilder: HeadBuilder {
  var program: String { "docker" }
  /// Those that decide which daemon is meant.
  var variables: [String] { ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HOME"] }

  func base(_ name: String) throws -> (id: String, hasTriggers: Bool)? {
    let words = try inspect(name, "{{.ID}}{{with .Config}}{{if .OnBuild}} triggers{{end}}{{end}}")?.split { $0 == " " || $0 == "\n" } ?? []
    return words.first.map { (String($0), words.count > 1) }
  }

  /// BuildKit keeps the base images it fetches to itself, and nobody could tell when one has become another.
  func fetch(_ name: String, log: BuildLog) throws { try log.run(["docker", "pull", "--quiet", name]) }

  /// Only the daemon may look at it.
  func list() throws -> String? { nil }
}
