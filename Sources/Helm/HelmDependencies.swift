import Command
import YAML

/// Fetches what a chart depends on into its charts/, by helm: `helm dependency build`.
/// - Throws: ``HelmError`` if helm is missing or cannot fetch one.
package func buildDependencies(_ directory: String, call: Call) throws {
  call.debug("helm dependency build '\(directory)'")
  let result = try HelmProgram.run(["dependency", "build", "--skip-refresh", directory])
  guard result.succeeded else {
    throw HelmError.dependencies(directory: directory, said: HelmFailure(result.errorText).said)
  }
}

/// The repositories that helm knows, by name: https://helm.sh/docs/helm/helm_repo/
package func helmRepositories() -> [String: String] {
  let home =
    environmentVariable("HELM_CONFIG_HOME") ?? environmentVariable("XDG_CONFIG_HOME").map { $0 + "/helm" }
    ?? (environmentVariable("HOME") ?? "") + "/.config/helm"
  let path = environmentVariable("HELM_REPOSITORY_CONFIG") ?? home + "/repositories.yaml"
  guard let bytes = try? Files.read(path, limit: 1 << 20), let yaml = try? YAML(parsing: bytes, file: path) else {
    return [:]
  }
  var urls: [String: String] = [:]
  for item in yaml["repositories"]?.sequence ?? [] {
    if let name = item["name"]?.text, let url = item["url"]?.text { urls[name] = url }
  }
  return urls
}
