import Podman
import Testing

@testable import Releases

@Test func serviceAccountsOfAManifest() {
  #expect(PullSecret.accounts(in: nil) == ["default"])
  #expect(PullSecret.accounts(in: "kind: Service\n") == ["default"])
  let manifest = """
    kind: Deployment
    spec: {template: {spec: {serviceAccountName: web}}}
    ---
    kind: CronJob
    spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: jobs}}}}}
    ---
    kind: StatefulSet
    spec: {template: {spec: {containers: []}}}
    ---
    kind: Pod
    spec: {serviceAccountName: --evil}
    """
  #expect(PullSecret.accounts(in: manifest) == ["default", "jobs", "web"])
}
