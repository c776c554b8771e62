import Records

/// What happens to each field of workloads with podman 4.3.1, found by trying: `podman play kube` silently ignores what
/// it does not know. Jobs and CronJobs are left out as a whole, with a warning. PodmanTests compares the table with the
/// fields of Kubernetes' API.
///
///     podman   play kube implements it
///     draft    draft implements it, or warns about what it cannot do
///     silent   has no meaning on one machine, or is harmless to omit: why
///     warned   is left out, and the release says so: what happens instead; `unless` a value that has no effect
///
/// `> Type` is the type of the field's value or of each of its items. A head `Type : Other` has the rows of the other
/// and its own.
enum PodFields {
  enum Fate: String { case podman, draft, silent, warned }

  struct Field: Equatable {
    var fate: Fate
    /// The type of the fields below it.
    var type: String?
    var unless: String?
    var words: String
  }

  static let table: [String: [String: Field]] = parsed(text)

  private static let text = """
    DeploymentSpec
      minReadySeconds            silent  the release waits until the ports take connections
      paused                     warned  it is rolled out
      progressDeadlineSeconds    silent  --timeout says how long a release may take
      replicas                   draft
      revisionHistoryLimit       silent  podman keeps no revisions
      selector                   silent  pods are found by draft's own labels
      strategy                   silent  the new pod is made beside the old one, which is then stopped
      template                   draft   > PodTemplateSpec
    ReplicaSetSpec
      minReadySeconds            silent  the release waits until the ports take connections
      replicas                   draft
      selector                   silent  pods are found by draft's own labels
      template                   draft   > PodTemplateSpec
    DaemonSetSpec
      minReadySeconds            silent  the release waits until the ports take connections
      revisionHistoryLimit       silent  podman keeps no revisions
      selector                   silent  pods are found by draft's own labels
      template                   draft   > PodTemplateSpec
      updateStrategy             silent  the new pod is made beside the old one, which is then stopped
    StatefulSetSpec
      minReadySeconds            silent  the release waits until the ports take connections
      ordinals                   warned  the pod is the one numbered 0
      persistentVolumeClaimRetentionPolicy  warned  a volume keeps its content until 'podman volume rm'
      podManagementPolicy        silent  there is one pod
      replicas                   draft
      revisionHistoryLimit       silent  podman keeps no revisions
      selector                   silent  pods are found by draft's own labels
      serviceName                silent  podman has no Services
      template                   draft   > PodTemplateSpec
      updateStrategy             silent  the new pod is made beside the old one, which is then stopped
      volumeClaimTemplates       draft   > PersistentVolumeClaim
    PersistentVolumeClaim
      apiVersion                 silent  of the claim
      kind                       silent  of the claim
      metadata                   draft
      spec                       draft   > PersistentVolumeClaimSpec
      status                     silent  is written by the cluster
    PersistentVolumeClaimSpec
      accessModes                silent  one machine mounts it
      dataSource                 warned  the volume begins empty
      dataSourceRef              warned  the volume begins empty
      resources                  silent  the disk is the limit
      selector                   silent  there is one disk to choose from
      storageClassName           silent  there is one disk to choose from
      volumeAttributesClassName  silent  there is one disk to choose from
      volumeMode                 warned  unless Filesystem: it is a directory
      volumeName                 silent  the volume has the claim's name
    PodTemplateSpec
      metadata                   draft
      spec                       draft   > PodSpec
    PodSpec
      activeDeadlineSeconds      warned  it runs on
      affinity                   silent  there is one machine to run on
      automountServiceAccountToken  silent  there is no API to log in to
      containers                 draft   > Container
      dnsConfig                  podman  > PodDNSConfig
      dnsPolicy                  silent  there is no DNS of a cluster
      enableServiceLinks         silent  there are no Services
      ephemeralContainers        warned  they are not run
      evictionResponders         silent  nothing evicts it
      hostAliases                podman  > HostAlias
      hostIPC                    warned  it has one of its own
      hostNetwork                podman
      hostPID                    warned  it has one of its own
      hostUsers                  warned  unless true: podman maps its users
      hostname                   podman
      hostnameOverride           warned  hostname is used instead
      imagePullSecrets           silent  podman uses the logins of 'podman login'
      initContainers             draft   > InitContainer
      nodeName                   silent  there is one machine to run on
      nodeSelector               silent  there is one machine to run on
      os                         silent  it is this machine's own
      overhead                   silent  nothing accounts for it
      preemptionPolicy           silent  there is nothing to preempt
      priority                   silent  there is nothing to preempt
      priorityClassName          silent  there is nothing to preempt
      readinessGates             silent  there is no controller to set them
      resourceClaims             warned  it gets no such device
      resources                  warned  limits apply to each container
      restartPolicy              draft
      runtimeClassName           warned  podman's own runtime runs it
      schedulerName              silent  there is one machine to run on
      schedulingGates            silent  there is one machine to run on
      schedulingGroup            silent  there is one machine to run on
      securityContext            draft   > PodSecurityContext
      serviceAccount             silent  there is no API to log in to
      serviceAccountName         silent  there is no API to log in to
      setHostnameAsFQDN          warned  it has its short name
      shareProcessNamespace      podman
      subdomain                  silent  there is no DNS of a cluster
      terminationGracePeriodSeconds  draft
      tolerations                silent  there is one machine to run on
      topologySpreadConstraints  silent  there is one machine to run on
      volumes                    draft   > Volume
    Container
      args                       draft
      command                    draft
      env                        draft   > EnvVar
      envFrom                    draft   > EnvFromSource
      image                      draft
      imagePullPolicy            podman
      lifecycle                  draft   > Lifecycle
      livenessProbe              silent  > Probe
      name                       podman
      ports                      draft   > ContainerPort
      readinessProbe             silent  > Probe
      resizePolicy               silent  nothing resizes it
      resources                  podman  > ResourceRequirements
      restartPolicy              warned  the pod's restartPolicy applies
      restartPolicyRules         warned  the pod's restartPolicy applies
      securityContext            podman  > SecurityContext
      startupProbe               silent  > Probe
      stdin                      warned  it has no input
      stdinOnce                  silent  goes with stdin
      terminationMessagePath     silent  'draft logs' shows its output
      terminationMessagePolicy   silent  'draft logs' shows its output
      tty                        podman
      volumeDevices              warned  it gets no such device
      volumeMounts               draft   > VolumeMount
      workingDir                 podman
    InitContainer : Container
      restartPolicy              draft
    Sidecar : Container
      restartPolicy              draft
      startupProbe               draft   > StartupProbe
    Probe
      exec                       warned  the container counts as ready while it runs and its ports take connections
      failureThreshold           silent  goes with the probe
      grpc                       warned  the container counts as ready while it runs and its ports take connections
      httpGet                    silent  the release waits until its ports take connections
      initialDelaySeconds        silent  goes with the probe
      periodSeconds              silent  goes with the probe
      successThreshold           silent  goes with the probe
      tcpSocket                  silent  the release waits until its ports take connections
      terminationGracePeriodSeconds  silent  goes with the probe
      timeoutSeconds             silent  goes with the probe
    StartupProbe
      exec                       draft
      failureThreshold           silent  --timeout says how long a release may take
      grpc                       draft
      httpGet                    draft
      initialDelaySeconds        silent  the probe starts at once
      periodSeconds              silent  the probe starts at once
      successThreshold           silent  is always 1
      tcpSocket                  draft
      terminationGracePeriodSeconds  silent  goes with the probe
      timeoutSeconds             silent  --timeout says how long a release may take
    Lifecycle
      postStart                  warned  it is not run
      preStop                    warned  it is not run
      stopSignal                 warned  it gets the image's stop signal
    SecurityContext
      allowPrivilegeEscalation   podman
      appArmorProfile            warned  podman's own applies
      capabilities               podman
      privileged                 podman
      procMount                  warned  unless Default: /proc is masked
      readOnlyRootFilesystem     podman
      runAsGroup                 podman
      runAsNonRoot               silent  is a check, which the cluster makes
      runAsUser                  podman
      seLinuxOptions             warned  podman's own label applies
      seccompProfile             draft   > SeccompProfile
      windowsOptions             silent  this is not Windows
    PodSecurityContext
      appArmorProfile            warned  podman's own applies
      fsGroup                    silent  a volume belongs to the container's user
      fsGroupChangePolicy        silent  goes with fsGroup
      runAsGroup                 podman
      runAsNonRoot               silent  is a check, which the cluster makes
      runAsUser                  podman
      seLinuxChangePolicy        warned  podman's own label applies
      seLinuxOptions             warned  podman's own label applies
      seccompProfile             draft   > SeccompProfile
      supplementalGroups         podman
      supplementalGroupsPolicy   silent  podman has one way
      sysctls                    warned  they have this machine's values
      windowsOptions             silent  this is not Windows
    SeccompProfile
      localhostProfile           warned  podman's own applies
      type                       warned  unless RuntimeDefault: podman's own applies
    EnvVar
      name                       podman
      value                      draft
      valueFrom                  draft   > EnvVarSource
    EnvVarSource
      configMapKeyRef            draft
      fieldRef                   draft
      fileKeyRef                 warned  the variable is left out
      resourceFieldRef           podman
      secretKeyRef               draft
    EnvFromSource
      configMapRef               draft
      prefix                     draft
      secretRef                  draft
    ContainerPort
      containerPort              podman
      hostIP                     silent  a port is open only on 127.0.0.1
      hostPort                   silent  'override-ports' of draft.toml chooses it
      name                       draft
      protocol                   podman
    ResourceRequirements
      claims                     warned  it gets no such device
      limits                     podman  > ResourceList
      requests                   podman  > ResourceList
    ResourceList
      cpu                        podman
      ephemeral-storage          silent  the disk is the limit
      memory                     podman
      *                          warned  it gets no such device
    PodDNSConfig
      nameservers                podman
      options                    podman
      searches                   podman
    HostAlias
      hostnames                  podman
      ip                         podman
    VolumeMount
      bindMountOptions           warned  it is mounted without them
      mountPath                  podman
      mountPropagation           podman
      name                       podman
      readOnly                   podman
      recursiveReadOnly          warned  unless Disabled: what is mounted below may be written to
      subPath                    draft
      subPathExpr                draft
    Volume
      awsElasticBlockStore       warned  it is an empty directory
      azureDisk                  warned  it is an empty directory
      azureFile                  warned  it is an empty directory
      cephfs                     warned  it is an empty directory
      cinder                     warned  it is an empty directory
      configMap                  draft   > ConfigMapVolumeSource
      csi                        warned  it is an empty directory
      downwardAPI                draft   > DownwardAPIVolumeSource
      emptyDir                   podman  > EmptyDirVolumeSource
      ephemeral                  warned  it is an empty directory
      fc                         warned  it is an empty directory
      flexVolume                 warned  it is an empty directory
      flocker                    warned  it is an empty directory
      gcePersistentDisk          warned  it is an empty directory
      gitRepo                    warned  it is an empty directory
      glusterfs                  warned  it is an empty directory
      hostPath                   podman  > HostPathVolumeSource
      image                      warned  it is an empty directory
      iscsi                      warned  it is an empty directory
      name                       draft
      nfs                        warned  it is an empty directory
      persistentVolumeClaim      draft   > PersistentVolumeClaimVolumeSource
      photonPersistentDisk       warned  it is an empty directory
      portworxVolume             warned  it is an empty directory
      projected                  draft   > ProjectedVolumeSource
      quobyte                    warned  it is an empty directory
      rbd                        warned  it is an empty directory
      scaleIO                    warned  it is an empty directory
      secret                     draft   > SecretVolumeSource
      storageos                  warned  it is an empty directory
      vsphereVolume              warned  it is an empty directory
    ConfigMapVolumeSource
      defaultMode                draft
      defaultUser                warned  its files are yours
      items                      draft
      name                       draft
      optional                   draft
    SecretVolumeSource
      defaultMode                draft
      defaultUser                warned  its files are yours
      items                      draft
      optional                   draft
      secretName                 draft
    ProjectedVolumeSource
      defaultMode                draft
      defaultUser                warned  its files are yours
      sources                    draft   > VolumeProjection
    VolumeProjection
      clusterTrustBundle         warned  it is not among the files
      configMap                  draft
      downwardAPI                draft
      podCertificate             warned  it is not among the files
      secret                     draft
      serviceAccountToken        warned  it is not among the files
    DownwardAPIVolumeSource
      defaultMode                draft
      defaultUser                warned  its files are yours
      items                      draft
    EmptyDirVolumeSource
      medium                     warned  it is on the disk
      mode                       warned  unless 0777: it belongs to the container's user
      sizeLimit                  silent  the disk is the limit
    HostPathVolumeSource
      path                       podman
      type                       podman
    PersistentVolumeClaimVolumeSource
      claimName                  draft
      readOnly                   draft
    """

  static func parsed(_ text: String) -> [String: [String: Field]] {
    var table: [String: [String: Field]] = [:], type = ""
    for line in text.lines {
      let parts = line.split(separator: " ")
      guard line.hasPrefix("  ") else {
        type = String(parts[0])
        table[type] = parts.count > 2 ? table[String(parts[2])] : [:]
        continue
      }
      var field = Field(fate: Fate(rawValue: String(parts[1])) ?? .warned, type: nil, unless: nil, words: "")
      var words = parts.dropFirst(2)
      if words.first == ">" {
        words.removeFirst()
        field.type = words.popFirst().map(String.init)
      }
      if words.first == "unless" {
        words.removeFirst()
        field.unless = words.popFirst().map { String($0.dropLast()) }
      }
      field.words = words.joined(separator: " ")
      table[type]?[String(parts[0])] = field
    }
    return table
  }

  /// Fields that an object sets and podman does not support: the path of each, and what happens instead.
  static func left(out object: JSON) -> [(path: String, words: String)] {
    let kind = object["kind"]?.string ?? ""
    var found: [(path: String, words: String)] = []
    if let spec = object["spec"] { look(at: spec, kind == "Pod" ? "PodSpec" : kind + "Spec", path: "spec", &found) }
    return found
  }

  private static func look(at value: JSON, _ type: String, path: String, _ found: inout [(path: String, words: String)])
  {
    if let items = value.array {
      for (index, item) in items.enumerated() {
        let isSidecar = type == "InitContainer" && item["restartPolicy"]?.string == "Always"
        look(at: item, isSidecar ? "Sidecar" : type, path: "\(path)[\(index)]", &found)
      }
      return
    }
    guard let fields = table[type], let members = value.object else { return }
    for member in members where !isNothing(member.value) {
      let path = "\(path).\(member.name)"
      guard let field = fields[member.name] ?? fields["*"] else {
        found.append((path, "Kubernetes has no such field"))
        continue
      }
      if field.fate == .warned {
        if (member.value.string ?? member.value.text) != field.unless { found.append((path, field.words)) }
      } else if let type = field.type {
        look(at: member.value, type, path: path, &found)
      }
    }
  }

  /// Whether the value has no effect.
  private static func isNothing(_ value: JSON) -> Bool {
    value == .null || value == .bool(false) || value.string == "" || value.array?.isEmpty == true
      || value.object?.isEmpty == true
  }
}
