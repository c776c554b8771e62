import Command
import Records
import Settings

/// The objects that `draft init --server` creates in a cluster.
///
/// The pod only waits: `kubectl exec` starts draft-serve in it. buildah runs as an unprivileged user, in a user
/// namespace of its own, with chroot isolation. For that, newuidmap and newgidmap need two capabilities and the right
/// to gain them, and no seccomp or AppArmor profile may forbid unshare and mount. The service account has the cluster
/// role `edit` in the listed namespaces and no rights elsewhere.
public struct ServerPlan: Sendable {
  var namespace: String
  var image: String
  var releaseTo: [String]
  var registry: String?
  var plainHTTP: [String]
  var makesNamespace = true

  /// From the options of `draft init`. Throws for values that are not valid names.
  /// - Parameters:
  ///   - namespace: nil for the default.
  ///   - image: nil if an installed server tells it, or none is installed.
  public init(namespace: String?, image: String?, releaseTo: [String], registry: String?, plainHTTP: [String]) throws {
    self.namespace = namespace ?? Server.defaultNamespace
    self.image = image ?? ""
    self.releaseTo = releaseTo
    self.registry = registry
    self.plainHTTP = plainHTTP
    for host in plainHTTP where !ServerPlan.isHost(host) {
      throw UsageError("'\(host)' is not the host of a registry", hint: "use HOST or HOST:PORT")
    }
    for name in [self.namespace] + releaseTo where !Name.isNamespace(name) {
      throw UsageError("'\(name)' is not a name Kubernetes takes", hint: "use lower-case letters, digits and '-'")
    }
  }

  /// The text becomes part of a TOML file.
  private static func isHost(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-.:[]".utf8.contains($0)
      }
  }

  /// With the existing server's settings where no others are given.
  func updating(_ server: Server) -> ServerPlan {
    var plan = self
    plan.registry = registry ?? server.registry
    if plainHTTP.isEmpty { plan.plainHTTP = server.plainHTTP }
    if image.isEmpty { plan.image = server.image }
    return plan
  }

  /// A `List` for kubectl.
  var manifests: JSON {
    let registries = plainHTTP.isEmpty ? [] : [registriesObject]
    return .members([
      "apiVersion": .string("v1"), "kind": .string("List"),
      "items": .array(
        (makesNamespace ? [namespaceObject] : []) + [account, role] + releaseTo.map(binding) + registries + [deployment]
      )
    ])
  }

  private func object(_ kind: String, _ version: String, in namespace: String?, _ more: KeyValuePairs<String, JSON?>)
    -> JSON
  {
    var object: JSON = .members([
      "apiVersion": .string(version), "kind": .string(kind),
      "metadata": .members([
        "name": .string(kind == "Namespace" ? self.namespace : Server.name), "namespace": namespace.map(JSON.string),
        "labels": labels
      ])
    ])
    for (name, value) in more { object[name] = value }
    return object
  }

  private var labels: JSON {
    .members(["app.kubernetes.io/name": .string(Server.name), "app.kubernetes.io/managed-by": .string("draft")])
  }
  private var namespaceObject: JSON { object("Namespace", "v1", in: nil, [:]) }
  private var account: JSON { object("ServiceAccount", "v1", in: namespace, [:]) }

  /// For users of the server: the rights that kubectl needs to exec into the pod. It is bound to no user here.
  private var role: JSON {
    func rule(_ group: String, _ resource: String, _ verbs: String...) -> JSON {
      .members(["apiGroups": .strings([group]), "resources": .strings([resource]), "verbs": .strings(verbs)])
    }
    return object(
      "Role", "rbac.authorization.k8s.io/v1", in: namespace,
      [
        "rules": .array([
          rule("apps", "deployments", "get"), rule("", "pods", "get", "list"), rule("", "pods/exec", "create")
        ])
      ])
  }

  /// Tells buildah which registries have no TLS; draft-push reads a variable.
  private var registriesObject: JSON {
    let text = plainHTTP.map { "[[registry]]\nlocation = \"\($0)\"\ninsecure = true\n" }.joined(separator: "\n")
    return object("ConfigMap", "v1", in: namespace, ["data": .members(["plain-http.conf": .string(text)])])
  }

  private func binding(_ target: String) -> JSON {
    object(
      "RoleBinding", "rbac.authorization.k8s.io/v1", in: target,
      [
        "roleRef": .members([
          "apiGroup": .string("rbac.authorization.k8s.io"), "kind": .string("ClusterRole"), "name": .string("edit")
        ]),
        "subjects": .array([
          .members(["kind": .string("ServiceAccount"), "name": .string(Server.name), "namespace": .string(namespace)])
        ])
      ])
  }

  private var deployment: JSON {
    let selector: JSON = .members(["app.kubernetes.io/name": .string(Server.name)])
    let home = "/var/lib/draft"
    var variables = [("DRAFT_HOME", home)]
    if let registry { variables.append(("DRAFT_REGISTRY", registry)) }
    if !plainHTTP.isEmpty { variables.append(("DRAFT_PLAIN_HTTP", plainHTTP.joined(separator: ","))) }
    var mounts: [JSON] = [
      .members(["name": .string("home"), "mountPath": .string(home)]),
      .members(["name": .string("logins"), "mountPath": .string(home + "/.docker"), "readOnly": .bool(true)])
    ]
    var volumes: [JSON] = [
      .members(["name": .string("home"), "emptyDir": .object([])]),
      .members([
        "name": .string("logins"),
        "secret": .members([
          "secretName": .string("draftd-logins"), "optional": .bool(true),
          "items": .array([.members(["key": .string(".dockerconfigjson"), "path": .string("config.json")])])
        ])
      ])
    ]
    if !plainHTTP.isEmpty {
      mounts.append(
        .members([
          "name": .string("registries"), "mountPath": .string("/etc/containers/registries.conf.d/plain-http.conf"),
          "subPath": .string("plain-http.conf")
        ]))
      volumes.append(.members(["name": .string("registries"), "configMap": .members(["name": .string(Server.name)])]))
    }
    let container: JSON = .members([
      "name": .string(Server.name), "image": .string(image), "command": .strings(["catatonit", "sleep", "infinity"]),
      // End the work, including helm's, as if its client went away, instead of with process 1.
      "lifecycle": .members([
        "preStop": .members([
          "exec": .members([
            "command": .strings(["sh", "-c", "pkill -x draft-serve; while pgrep -x draft-serve; do sleep 0.1; done"])
          ])
        ])
      ]),
      "env": .array(variables.map { .members(["name": .string($0.0), "value": .string($0.1)]) }),
      "volumeMounts": .array(mounts),
      "securityContext": .members([
        "allowPrivilegeEscalation": .bool(true), "privileged": .bool(false),
        "capabilities": .members(["drop": .strings(["ALL"]), "add": .strings(["SETUID", "SETGID"])]),
        "seccompProfile": .members(["type": .string("Unconfined")])
      ]),
      "readinessProbe": .members([
        "exec": .members(["command": .strings(["draft", "version"])]), "periodSeconds": .integer(10),
        "timeoutSeconds": .integer(10)
      ]),
      "resources": .members(["requests": .members(["cpu": .string("100m"), "memory": .string("256Mi")])])
    ])
    let pod: JSON = .members([
      "serviceAccountName": .string(Server.name),
      "securityContext": .members([
        "runAsUser": .integer(1000), "runAsGroup": .integer(1000), "runAsNonRoot": .bool(true),
        "fsGroup": .integer(1000)
      ]),
      "containers": .array([container]),
      "volumes": .array(volumes)
    ])
    return object(
      "Deployment", "apps/v1", in: namespace,
      [
        "spec": .members([
          "replicas": .integer(1), "strategy": .members(["type": .string("Recreate")]),
          "selector": .members(["matchLabels": selector]),
          "template": .members([
            "metadata": .members([
              "labels": labels,
              "annotations": .members([
                "container.apparmor.security.beta.kubernetes.io/\(Server.name)": .string("unconfined")
              ])
            ]), "spec": pod
          ])
        ])
      ])
  }
}

/// The options of `draft init` for the server.
public let serverOptions = [
  Option("server", help: "install the server of draft remote in the cluster"),
  Option("upgrade", help: "with --server: upgrade the installed server"),
  Option("uninstall", help: "with --server: remove the server"),
  Option("image", value: "IMAGE", help: "with --server: the image of the server, built from draft's Dockerfile"),
  Option(
    "server-namespace", value: Option.Value("NAME", .namespace),
    help: "with --server: the namespace of the server (default: draft)"),
  Option(
    "release-to", value: Option.Value("NAMESPACE", .namespace), repeats: true,
    help: "with --server: allow it to release to this namespace with its own rights"),
  Option("registry", value: "HOST[/PATH]", help: "with --server: the default registry of the server"),
  Option("plain-http", value: "HOST", repeats: true, help: "with --server: a registry that it uses without TLS")
]
