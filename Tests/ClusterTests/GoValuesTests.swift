import Testing

@testable import Cluster

private let deployment =
  #"cannot patch "dep" with kind Deployment: Deployment.apps "dep" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"a2"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable"#
private let service =
  #"cannot patch "svc" with kind Service: Service "svc" is invalid: spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset"#
private let job =
  #"cannot patch "m" with kind Job: Job.batch "m" is invalid: spec.template: Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{CreationTimestamp:time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), DeletionTimestamp:<nil>, Labels:map[string]string{"x":"}: \" EOF"}, Seconds:(*int64)(0xc005315550)}, Spec:core.PodSpec{Paused:false}}: field is immutable"#
private let newer =
  #"Job.batch "m" is invalid: spec.template: Invalid value: {"metadata":{"labels":{"x":"y"}}}: field is immutable"#
private let claim = """
  PersistentVolumeClaim "d" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests for bound claims
    core.PersistentVolumeClaimSpec{
    \t... // 2 identical fields
    \tResources:        {Requests: {s"storage": {i: {...}, s: "1Gi", Format: "BinarySI"}}},
  - \tStorageClassName: &"a2",
  + \tStorageClassName: &"a1",
    }

  """
private let pod =
  "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image` or "
  + "`spec.tolerations` (only additions to existing tolerations)\n  core.PodSpec{\n  \tVolumes: {{Name: \"t\", "
  + "Secret: &{DefaultMode: &420}}},\n  }\n"

@Test(arguments: [
  (
    deployment,
    #"cannot patch "dep" with kind Deployment: Deployment.apps "dep" is invalid: spec.selector: field is immutable"#
  ),
  (
    service,
    #"cannot patch "svc" with kind Service: Service "svc" is invalid: spec.clusterIPs[0]: primary clusterIP can not be unset"#
  ),
  (job, #"cannot patch "m" with kind Job: Job.batch "m" is invalid: spec.template: field is immutable"#),
  (newer, #"Job.batch "m" is invalid: spec.template: field is immutable"#),
  (
    claim,
    "PersistentVolumeClaim \"d\" is invalid: spec: Forbidden: spec is immutable after creation except "
      + "resources.requests for bound claims\n"
  ),
  (
    pod,
    "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image` "
      + "or `spec.tolerations` (only additions to existing tolerations)\n"
  ),
  ("cannot make &v1.Pod{ObjectMeta:v1.ObjectMeta{Name:\"web\"}}: no", "cannot make …: no"),
  ("cannot make &{Name:web Ports:[{8080 TCP}]}: no", "cannot make …: no"),
  ("cannot make {TypeMeta:{Kind: APIVersion:} Name:web}: no", "cannot make …: no"),
  ("cut short: core.PodTemplateSpec{ObjectMeta:v1.Ob … ", "cut short: …"),
  (#"spec.x: Invalid value: []interface {}{map[string]interface {}{"a":1}}: no"#, "spec.x: no"),
  ("spec: Invalid value: []core.Container(nil)", "spec: invalid value"),
  // Not values of Go.
  (#"spec.x: Invalid value: 99999: must be less"#, #"spec.x: Invalid value: 99999: must be less"#),
  (
    #"spec.containers[0].image: Required value, a(b), {a, b}, template: web/templates/x.yaml:3:4: at <.Values.a>: {{ .Values.A }}"#,
    #"spec.containers[0].image: Required value, a(b), {a, b}, template: web/templates/x.yaml:3:4: at <.Values.a>: {{ .Values.A }}"#
  ),
  (#"webhook said {"allowed":false}, *not* [a, b] & so on"#, #"webhook said {"allowed":false}, *not* [a, b] & so on"#)
])
func goValues(_ text: String, _ left: String) { #expect(withoutGoValues(text) == left) }

private func fields(_ text: String) -> [String] {
  FixedField.all(in: withoutGoValues(text)).map { "\($0.kind) \($0.name) \($0.resource) \($0.field)" }
}

@Test(arguments: [
  (
    "Error: UPGRADE FAILED: \(service) && \(deployment) && \(job)",
    [
      "Service svc service/svc spec.clusterIPs[0]", "Deployment dep deployment/dep spec.selector",
      "Job m job/m spec.template"
    ]
  ),
  (newer, ["Job m job/m spec.template"]), (claim, ["PersistentVolumeClaim d persistentvolumeclaim/d spec"]),
  (pod, ["Pod p pod/p spec"]),
  (
    #"RoleBinding.rbac.authorization.k8s.io "r" is invalid: roleRef: Invalid value: rbac.RoleRef{Kind:"Role", Name:"a2"}: cannot change roleRef"#,
    ["RoleBinding r rolebinding.rbac.authorization.k8s.io/r roleRef"]
  ),
  (
    #"StatefulSet.apps "s" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas' and 'template' are forbidden"#,
    ["StatefulSet s statefulset/s spec"]
  ),
  (
    #"Secret "sec" is invalid: data: Forbidden: field is immutable when `immutable` is set"#,
    ["Secret sec secret/sec data"]
  ),
  (
    #"Ingress "i" is invalid: [spec.a: Invalid value: "x, y": field is immutable, spec.b[0].c: Invalid value: 3: field is immutable]"#,
    ["Ingress i ingress/i spec.a", "Ingress i ingress/i spec.b[0].c"]
  ),
  ("The Deployment \"bad\" is invalid: \n* spec.template.spec.containers[0].image: Required value", []),
  (#"Deployment.apps "; rm" is invalid: spec.selector: field is immutable"#, []), ("is immutable", []),
  ("\" is invalid: field is immutable", [])
])
func fixedFields(_ text: String, _ wanted: [String]) { #expect(fields(text) == wanted) }

@Test func adviceAboutFields() {
  let job = FixedField.all(in: newer), claims = FixedField.all(in: claim),
    set = FixedField.all(in: #"StatefulSet.apps "s" is invalid: spec: Forbidden: updates to it"#)
  #expect(FixedField.hint(job, namespace: "n").hasPrefix("'kubectl delete job/m --namespace n' and release again"))
  #expect(!FixedField.hint(job + claims, namespace: "n").contains("kubectl delete"))
  #expect(FixedField.hint(claims, namespace: "n").contains("deleted with it"))
  #expect(FixedField.hint(set, namespace: "n").contains("--cascade=orphan"))
}
