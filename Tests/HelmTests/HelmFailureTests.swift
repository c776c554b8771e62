import Cluster
import Command
import Testing

@testable import Helm

@Test(arguments: [
  ("Error: UPGRADE FAILED: boom", "boom"), ("W1121 01:02:03.000000 1 x.go:1] old\nError: no", "no"),
  ("error: You must be logged in to the server (Unauthorized)", "You must be logged in to the server (Unauthorized)"),
  ("WARNING: Kubernetes configuration file is group-readable\nError: a:\n- b", "a: - b"), ("", "no reason given"),
  ("plain", "plain")
]) func firstMeaningfulLine(errors: String, said: String) { #expect(HelmFailure(errors).said == said) }

private let context = KubeContext(name: "there", cluster: "c", server: "https://10.0.0.1:6443", isIndirect: false)

/// kubectl and helm fail with the same words.
@Test(arguments: [
  "error: You must be logged in to the server (Unauthorized)", "Unable to connect to the server: EOF",
  "namespaces \"team\" not found"
])
func errorsOfTheClusterAreReportedAsSuch(_ text: String) {
  let error = ClusterFailure(text).error(context: context, doing: "x")
  #expect(HelmFailure(text).clusterError(context: context, doing: "x") == .cluster(error))
  #expect(HelmError.cluster(error).message == error.message && HelmError.cluster(error).hint == error.hint)
  #expect(HelmError.cluster(error).exitCode == error.exitCode)
}

@Test func whoFailedIsNamed() {
  #expect(ClusterFailure("error: oh").error(context: context, doing: "x").message == "kubectl cannot x: oh")
  #expect(HelmFailure("Error: oh").clusterError(context: context, doing: "x").message == "helm cannot x: oh")
}
