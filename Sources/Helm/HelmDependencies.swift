import Command

/// Fetches what a chart depends on into its charts/, by helm: `helm dependency build`.
/// - Throws: ``HelmError`` if helm is missing or cannot fetch one.
package func buildDependencies(_ directory: String, call: Call) throws {
  call.debug("helm dependency build '\(directory)'")
  let result = try HelmProgram.run(["dependency", "build", "--skip-refresh", directory])
  guard result.succeeded else {
    throw HelmError.dependencies(directory: directory, said: HelmFailure(result.errorText).said)
  }
}
