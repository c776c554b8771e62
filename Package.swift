// swift-tools-version:6.2
// The arrow runs one way, downwards in this list; ArchitectureTests holds the imports against it:
//
//   draft-NAME                                  a command: options and about a hundred lines
//   Checks                                      what draft-doctor looks at
//   Remote                                      the way to a server, and the server
//   Pipeline                                    what a line lacks: context, chart, image, pushed
//   Attach                                      what stays with a release: logs, ports, files
//   Releases                                    order, engine, and the verbs: release, status, list, history, delete, redeploy, target
//   Tasks                                       the commands of .draft-tasks.toml, and where they run
//   Podman                                      the engine on this machine
//   Helm                                        the only code that starts helm, and reads its Secrets
//   Cluster                                     the only code that starts kubectl: contexts, pods, workloads, addresses
//   Registry Scaffolding Images Detection Watching    further subjects; one may use those to its right and below
//   HTTP                                        connections, retries, proxies, trust in certificates
//   Charts                                      where a chart is, what its files say, and how it is packed
//   Contexts                                    what is packed for an image, remembered, and divided
//   Archives                                    tar, walks, ignore rules
//   Dockerfiles                                 the grammar, and where a Dockerfile is divided
//   OCI                                         digests, descriptors, manifests, references, layouts, gzip
//   Settings
//   YAML
//   Command
//   Records
//   CArchive CDeflate CYAML CTOML CCrypto CCurl CSystem  system libraries and shims
//
// No command imports a command. Only HTTP speaks HTTP, only Cluster starts kubectl, only Helm starts helm. Nobody imports
// Foundation (FoundationEssentials is allowed).
import PackageDescription

/// libarchive is linked statically where it counts: 2.5 ms of start-up otherwise. Debug builds take the shared library, because
/// only a linker that drops unused sections gets by without what libarchive.a wants of libxml2.
let archive: [LinkerSetting] = [.linkedLibrary("archive", .when(configuration: .debug))]
  + [":libarchive.a", ":libz.a", ":libnettle.a", ":libacl.a", ":libzstd.a", ":liblz4.a", ":libbz2.a", ":liblzma.a"]
    .map { .linkedLibrary($0, .when(configuration: .release)) }
let crypto: [LinkerSetting] = [.linkedLibrary(":libcrypto.a")]

let package = Package(
  name: "draft",
  targets: [
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CTOML", cxxSettings: [.define("TOML_HEADER_ONLY", to: "1"), .define("TOML_EXCEPTIONS", to: "0")]),
    .target(name: "CCrypto", linkerSettings: crypto),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CSystem", cSettings: [.define("_GNU_SOURCE")]),

    .target(name: "Records"),
    .target(name: "Command", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records"]),
    .target(name: "YAML", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command"], linkerSettings: [.linkedLibrary(":libyaml.a")]),
    .target(name: "Settings", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML"]),
    .target(name: "OCI", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings"], linkerSettings: [.linkedLibrary(":libdeflate.a")]),
    .target(name: "Dockerfiles", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI"]),
    .target(name: "HTTP", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles"]),
    .target(name: "Archives", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP"], linkerSettings: archive),
    .target(name: "Contexts", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives"]),
    .target(name: "Charts", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts"]),
    .target(name: "Watching", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts"]),
    .target(name: "Detection", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching"], resources: [.embedInCode("languages.txt")]),
    .target(name: "Images", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection"]),
    .target(name: "Scaffolding", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images"]),
    .target(name: "Registry", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding"]),
    .target(name: "Cluster", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry"]),
    .target(name: "Helm", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster"]),
    .target(name: "Podman", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm"]),
    .target(name: "Tasks", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman"]),
    .target(name: "Releases", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks"]),
    .target(name: "Attach", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases"]),

    .target(name: "Pipeline", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach"]),
    .target(name: "Remote", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline"]),
    .target(name: "Checks", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote"]),

    .executableTarget(name: "draft-detect", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-scaffold", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-watch", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-pack", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-build", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-push", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-release", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-sync", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-tasks", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-logs", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-connect", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-list", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-status", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-history", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-redeploy", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-delete", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-target", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-trust", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-remote", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-serve", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-doctor", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-init", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-home", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-config", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
    .executableTarget(name: "draft-records", dependencies: ["Records", "Command"]),
    .executableTarget(name: "draft-version", dependencies: ["CArchive", "CDeflate", "CYAML", "CTOML", "CCrypto", "CCurl", "CSystem", "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Charts", "Watching", "Detection", "Images", "Scaffolding", "Registry", "Cluster", "Helm", "Podman", "Tasks", "Releases", "Attach", "Pipeline", "Remote", "Checks"]),
  ]
  + [
    "Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "HTTP", "Archives", "Contexts", "Watching", "Detection",
    "Scaffolding", "Images", "Registry", "Cluster", "Helm", "Podman",
    "Releases", "Attach", "Remote",
  ].map {
    // What tests import is named: else a change of it leaves them as they were, and they do not link.
    let more = ["Cluster": ["YAML"], "Helm": ["Cluster"], "Podman": ["Cluster", "Helm", "YAML"], "Releases": ["Cluster", "Helm"], "Attach": ["Cluster", "Podman"]]
    return .testTarget(
      name: "\($0)Tests", dependencies: (($0 == "Command" ? [] : ["Command"]) + more[$0, default: []] + [$0]).map { .byName(name: $0) })
  }
  + [
    .testTarget(name: "ArchitectureTests"),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Records", "Command", "YAML", "Settings", "OCI", "Dockerfiles", "Archives", "Contexts", "Charts", "Detection", "Images", "Scaffolding", "HTTP", "Registry", "Cluster", "Helm", "Podman", "Releases", "Attach", "Remote", "Checks"], path: "Tests/fuzz"),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
