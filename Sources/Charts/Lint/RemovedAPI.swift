/// A version of a kind that a release of Kubernetes no longer serves.
/// Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and, before 1.22, the changelogs of 1.16
/// (https://kubernetes.io/blog/2019/07/18/api-deprecations-in-1-16/).
struct RemovedAPI {
  let apiVersion: String
  let kinds: [String]
  /// The minor version of the first Kubernetes 1 without it.
  let minor: UInt64
  let instead: String

  static func find(_ apiVersion: String, _ kind: String) -> RemovedAPI? {
    table[apiVersion]?.first { $0.kinds.contains(kind) }
  }

  private static let table = Dictionary(
    grouping: lines.utf8.split(separator: 0x0A).map { line in
      let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      return RemovedAPI(
        apiVersion: words[0], kinds: words[1].split(separator: ",").map(String.init), minor: UInt64(words[2]) ?? 0,
        instead: words[3])
    }, by: \.apiVersion)

  /// apiVersion, kinds, the first minor version without them, the replacement.
  private static let lines = """
    extensions/v1beta1 Deployment,DaemonSet,ReplicaSet 16 apps/v1
    extensions/v1beta1 NetworkPolicy 16 networking.k8s.io/v1
    extensions/v1beta1 PodSecurityPolicy 16 none
    extensions/v1beta1 Ingress 22 networking.k8s.io/v1
    apps/v1beta1 Deployment,StatefulSet,ReplicaSet,ControllerRevision 16 apps/v1
    apps/v1beta2 Deployment,StatefulSet,DaemonSet,ReplicaSet,ControllerRevision 16 apps/v1
    admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration 22 admissionregistration.k8s.io/v1
    admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration 22 admissionregistration.k8s.io/v1
    admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy 34 admissionregistration.k8s.io/v1
    admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicyBinding 34 admissionregistration.k8s.io/v1
    apiextensions.k8s.io/v1beta1 CustomResourceDefinition 22 apiextensions.k8s.io/v1
    apiregistration.k8s.io/v1beta1 APIService 22 apiregistration.k8s.io/v1
    authentication.k8s.io/v1beta1 TokenReview 22 authentication.k8s.io/v1
    authorization.k8s.io/v1beta1 LocalSubjectAccessReview,SelfSubjectAccessReview 22 authorization.k8s.io/v1
    authorization.k8s.io/v1beta1 SubjectAccessReview,SelfSubjectRulesReview 22 authorization.k8s.io/v1
    certificates.k8s.io/v1beta1 CertificateSigningRequest 22 certificates.k8s.io/v1
    coordination.k8s.io/v1beta1 Lease 22 coordination.k8s.io/v1
    networking.k8s.io/v1beta1 Ingress,IngressClass 22 networking.k8s.io/v1
    rbac.authorization.k8s.io/v1alpha1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 22 rbac.authorization.k8s.io/v1
    rbac.authorization.k8s.io/v1beta1 ClusterRole,ClusterRoleBinding,Role,RoleBinding 22 rbac.authorization.k8s.io/v1
    scheduling.k8s.io/v1beta1 PriorityClass 22 scheduling.k8s.io/v1
    storage.k8s.io/v1beta1 CSIDriver,CSINode,StorageClass,VolumeAttachment 22 storage.k8s.io/v1
    batch/v1beta1 CronJob 25 batch/v1
    batch/v2alpha1 CronJob 21 batch/v1
    discovery.k8s.io/v1beta1 EndpointSlice 25 discovery.k8s.io/v1
    events.k8s.io/v1beta1 Event 25 events.k8s.io/v1
    autoscaling/v2beta1 HorizontalPodAutoscaler 25 autoscaling/v2
    autoscaling/v2beta2 HorizontalPodAutoscaler 26 autoscaling/v2
    policy/v1beta1 PodDisruptionBudget 25 policy/v1
    policy/v1beta1 PodSecurityPolicy 25 none
    node.k8s.io/v1beta1 RuntimeClass 25 node.k8s.io/v1
    flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration 26 flowcontrol.apiserver.k8s.io/v1
    flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration 29 flowcontrol.apiserver.k8s.io/v1
    flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration 32 flowcontrol.apiserver.k8s.io/v1
    storage.k8s.io/v1beta1 CSIStorageCapacity 27 storage.k8s.io/v1
    """
}
