import Records
import Testing
import YAML

@testable import Podman

/// Compares the table of fields with Kubernetes' API.
struct PodFieldsTests {
  /// The properties of the API's types in Kubernetes 1.37, from its official client.
  private static let api = """
    ConfigMapVolumeSource defaultMode defaultUser items name optional
    Container args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe
      resizePolicy resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce
      terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir
    ContainerPort containerPort hostIP hostPort name protocol
    DaemonSetSpec minReadySeconds revisionHistoryLimit selector template updateStrategy
    DeploymentSpec minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit selector strategy
      template
    DownwardAPIVolumeSource defaultMode defaultUser items
    EmptyDirVolumeSource medium mode sizeLimit
    EnvFromSource configMapRef prefix secretRef
    EnvVar name value valueFrom
    EnvVarSource configMapKeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef
    HostAlias hostnames ip
    HostPathVolumeSource path type
    Lifecycle postStart preStop stopSignal
    PersistentVolumeClaim apiVersion kind metadata spec status
    PersistentVolumeClaimSpec accessModes dataSource dataSourceRef resources selector storageClassName
      volumeAttributesClassName volumeMode volumeName
    PersistentVolumeClaimVolumeSource claimName readOnly
    PodDNSConfig nameservers options searches
    PodSecurityContext appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy
      seLinuxOptions seccompProfile supplementalGroups supplementalGroupsPolicy sysctls windowsOptions
    PodSpec activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy
      enableServiceLinks ephemeralContainers evictionResponders hostAliases hostIPC hostNetwork hostPID hostUsers
      hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os overhead preemptionPolicy
      priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName
      schedulingGates schedulingGroup securityContext serviceAccount serviceAccountName setHostnameAsFQDN
      shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes
    PodTemplateSpec metadata spec
    Probe exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold tcpSocket
      terminationGracePeriodSeconds timeoutSeconds
    ProjectedVolumeSource defaultMode defaultUser sources
    ReplicaSetSpec minReadySeconds replicas selector template
    ResourceRequirements claims limits requests
    SeccompProfile localhostProfile type
    SecretVolumeSource defaultMode defaultUser items optional secretName
    SecurityContext allowPrivilegeEscalation appArmorProfile capabilities privileged procMount readOnlyRootFilesystem
      runAsGroup runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions
    StatefulSetSpec minReadySeconds ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy replicas
      revisionHistoryLimit selector serviceName template updateStrategy volumeClaimTemplates
    Volume awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc
      flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name nfs persistentVolumeClaim
      photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume
    VolumeMount bindMountOptions mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr
    VolumeProjection clusterTrustBundle configMap downwardAPI podCertificate secret serviceAccountToken
    """

  @Test func everyFieldOfTheAPIIsInTheTable() throws {
    var fields: [String: [String]] = [:], type = ""
    for line in PodFieldsTests.api.split(separator: "\n") {
      var words = line.split(separator: " ").map(String.init)
      if !line.hasPrefix(" ") { type = words.removeFirst() }
      fields[type, default: []] += words
    }
    #expect(fields["PodSpec"]?.count == 43)
    for (type, names) in fields { #expect(PodFields.table[type]?.keys.sorted() == names.sorted(), "\(type)") }
    for type in ["InitContainer", "Sidecar"] {
      #expect(PodFields.table[type]?.keys.sorted() == fields["Container"]?.sorted())
    }
    #expect(PodFields.table["StartupProbe"]?.keys.sorted() == fields["Probe"]?.sorted())
  }

  @Test func everyRowIsComplete() {
    for (type, fields) in PodFields.table {
      for (name, field) in fields {
        #expect(field.type.map { PodFields.table[$0] != nil } ?? true, "\(type).\(name)")
        if field.fate == .warned || (field.fate == .silent && field.type == nil) {
          #expect(!field.words.isEmpty, "\(type).\(name)")
        }
      }
    }
  }

  private func left(_ yaml: String) throws -> [String] {
    try json(yaml: Array(yaml.utf8)).flatMap { PodFields.left(out: $0) }.map { "\($0.path): \($0.words)" }
  }

  @Test func unsupportedFieldsAreReportedWithTheirPath() throws {
    let found = try left(
      """
      kind: Deployment
      spec:
        paused: true
        template:
          spec:
            runtimeClassName: gvisor
            hostUsers: true
            hostIPC: false
            securityContext: {sysctls: [{name: a, value: b}], seccompProfile: {type: RuntimeDefault}, fsGroup: 1}
            nodeSelector: {a: b}
            initContainers:
            - {name: i, restartPolicy: Always, startupProbe: {exec: {command: [a]}}}
            containers:
            - {name: a}
            - name: b
              lifecycle: {preStop: {exec: {command: [a]}}}
              livenessProbe: {exec: {command: [a]}}
              readinessProbe: {tcpSocket: {port: 1}}
              resources: {limits: {memory: 1Gi, nvidia.com/gpu: 1}}
              nonsense: 1
            volumes: [{name: v, nfs: {server: a, path: /}}, {name: w, emptyDir: {medium: Memory}}, {name: x, emptyDir: {}}]
      """)
    #expect(
      found == [
        "spec.paused: it is rolled out",
        "spec.template.spec.runtimeClassName: podman's own runtime runs it",
        "spec.template.spec.securityContext.sysctls: they have this machine's values",
        "spec.template.spec.containers[1].lifecycle.preStop: it is not run",
        "spec.template.spec.containers[1].livenessProbe.exec: the container counts as ready while it runs and its "
          + "ports take connections",
        "spec.template.spec.containers[1].resources.limits.nvidia.com/gpu: it gets no such device",
        "spec.template.spec.containers[1].nonsense: Kubernetes has no such field",
        "spec.template.spec.volumes[0].nfs: it is an empty directory",
        "spec.template.spec.volumes[1].emptyDir.medium: it is on the disk"
      ])
  }

  /// The cases of Kubernetes' own test of its package `expansion`, and more.
  @Test(arguments: [
    ("$(VAR_A)", "A"), ("___$(VAR_B)___", "___B___"), ("$(VAR_A)-$(VAR_B)", "A-B"), ("$$(VAR_A)", "$(VAR_A)"),
    ("$$$(VAR_A)", "$A"),
    ("$$$$(VAR_A)", "$$(VAR_A)"), ("$(NONE)", "$(NONE)"), ("$(EMPTY)x", "x"), ("$(VAR_A", "$(VAR_A"),
    ("$VAR_A", "$VAR_A"), ("a$", "a$"), ("$$", "$"),
    ("$()", "$()"), ("$(VAR_REF)", "$(VAR_A)"), ("$(VAR_A)$(VAR_A", "A$(VAR_A"),
    ("foo$(VAR_A$(VAR_B)", "foo$(VAR_A$(VAR_B)"), ("\\$(VAR_A)", "\\A"), ("日$(VAR_A)本", "日A本"),
    ("$a$$(b)$(VAR_A)", "$a$(b)A"), ("$?$(VAR_A)", "$?A")
  ])
  func referencesAreKubernetes(_ text: String, _ want: String) {
    let values = ["VAR_A": "A", "VAR_B": "B", "VAR_REF": "$(VAR_A)", "EMPTY": ""]
    #expect(References.expanded(text) { values[$0] } == want)
  }
}
